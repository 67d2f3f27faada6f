"""The wall: how the desk stands at this moment, for supervisors."""
