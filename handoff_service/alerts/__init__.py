"""Alerts: rules that want supervisors told of a conversation, whether it is handed over or not."""
