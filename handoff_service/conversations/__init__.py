"""Conversations: who owns them, what was said in them, and how they are shown."""
