"""Everything the service tells Rasa: one ordered outbox per conversation, one client, one worker."""
