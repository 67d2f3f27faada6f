"""Customers: the people behind the channels' identities."""
