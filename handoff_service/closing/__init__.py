"""What a human stretch was about, as the agent who ends it says: a tree of categories kept by supervisors."""
