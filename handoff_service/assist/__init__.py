"""Help for the agent: what a conversation is about, and answers to suggest. Nothing is said here."""
