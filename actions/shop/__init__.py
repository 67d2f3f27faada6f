"""The shop's orders: one port, and what stands behind it."""
