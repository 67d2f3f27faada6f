"""Handoffs: a person is wanted; opened from a turn, by a caller, or late through ingest."""
