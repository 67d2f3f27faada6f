"""Decides when a conversation goes to a person, to whom, and keeps it safe on the way."""
