"""The audit: who did what, for supervisors to read."""
