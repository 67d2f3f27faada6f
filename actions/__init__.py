"""The action server: what Rasa asks of code during a turn."""
