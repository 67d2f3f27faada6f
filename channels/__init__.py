"""Rasa connectors that lose nothing: what is acknowledged is on disk, what was said can be replayed."""
