"""What plugs into the Rasa server: policy, tokenizer, event broker, tracker store, lock store, mends."""
