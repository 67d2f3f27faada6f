"""The scripts behind the Makefile: what they decide, and how they start and end processes."""
