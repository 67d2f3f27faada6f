"""A learned score beside the rules: how probably a turn should be handed over, from the dialogue so far."""
