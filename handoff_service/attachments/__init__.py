"""Attachments: files that customers and agents send each other, stored outside the database."""
