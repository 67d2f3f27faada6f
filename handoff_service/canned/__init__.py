"""Canned answers: words that agents keep ready, their own and those that all share."""
