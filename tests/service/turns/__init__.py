"""Mirrors handoff_service."""
