"""One-time links with which people set their password: when they are new, and when they have forgotten it."""
