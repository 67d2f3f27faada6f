"""Rules as data: what hands a conversation over, in YAML that is validated before it is used."""
