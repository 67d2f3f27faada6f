"""Explanations: why a conversation was handed over, or why not yet, in a sentence of Chinese or English."""
