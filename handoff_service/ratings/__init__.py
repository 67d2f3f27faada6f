"""Satisfaction: asked once after a human stretch, answered by a click or by words."""
