"""What the service itself says to customers, in Chinese and English."""
