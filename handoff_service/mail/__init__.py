"""Mails that tell an absent customer of an answer, and the links in them that lead back."""
