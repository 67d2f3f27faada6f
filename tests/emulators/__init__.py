"""Providers' services as their documentation describes them: small real servers for tests of connectors."""
