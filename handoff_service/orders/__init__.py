"""A customer's orders, as the shop's back end tells them: for the agent's eyes, never on a turn's path."""
