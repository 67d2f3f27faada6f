"""The customer's side of a conversation, as a channel asks and tells: where it stands, typing, receipts."""
