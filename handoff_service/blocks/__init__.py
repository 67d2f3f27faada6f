"""Customers who are not served for a while: their words are kept, nobody answers, they are told so once."""
