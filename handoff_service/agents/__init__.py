"""Agents: who may log in, what they can do, whether they are there."""
