"""Ingest: Rasa's events, shipped in order, become messages and the picture of what Rasa believes."""
