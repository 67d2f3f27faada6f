"""Messages that a network has approved beforehand: what may still be sent when nothing else may."""
