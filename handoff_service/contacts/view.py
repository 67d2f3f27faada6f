"""What the desk is shown of a contact before somebody opens it."""

import datetime as dt
from math import inf
from typing import Any

from handoff_service.contacts.validation import masked_email, masked_phone
from handoff_service.models import Contact, Conversation
from handoff_service.settings import Settings


def hint(contact: Contact | None) -> dict[str, Any] | None:
    """The API's ContactHint; None where the customer has left nothing."""
    if contact is None or not (contact.email or contact.phone):
        return None
    return {
        "name": contact.name,
        "email": masked_email(contact.email) if contact.email else None,
        "phone": masked_phone(contact.phone) if contact.phone else None,
    }


def reach(channel: str, contact: Contact | None, settings: Settings) -> dict[str, Any]:
    """The API's Reach."""
    return {
        "connected": contact.connected if contact else None,
        "window": contact.window if contact else None,
        "mail": channel in settings.message_channels and mailable(contact, settings),
    }


def most_now(contact: Contact | None, now: dt.datetime) -> float:
    """How many messages the channel is known to let be said now; infinity where it does not count them."""
    window = contact.window if contact else None
    for left in (window, *window.get("later", ())) if window else ():
        if left["until"] is None or dt.datetime.fromisoformat(left["until"]) > now:
            return inf if left["messages"] is None else left["messages"]
    return 0


def mailable(contact: Contact | None, settings: Settings) -> bool:
    """Whether mail goes out at all, and the customer has an address that no server has refused."""
    return (
        settings.smtp_url is not None
        and contact is not None
        and contact.email is not None
        and contact.email != contact.refused
    )


def may_leave(conversation: Conversation | None) -> bool:
    """Whether the customer can leave a message now; who has a colleague to talk with just writes to
    them, and who is blocked cannot."""
    if conversation is None:
        return True
    with_colleague = conversation.owner == "agent" and conversation.kind != "message"
    return not with_colleague and conversation.block_id is None
