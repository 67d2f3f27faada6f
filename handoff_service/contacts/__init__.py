"""How customers can be reached when they are away, and the messages that they leave."""
