"""Turns: what a customer's message shows, and what is decided from it before the bot answers."""
