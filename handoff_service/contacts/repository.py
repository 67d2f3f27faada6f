"""All SQL about contacts."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handoff_service.conversations.messages import customer_key
from handoff_service.models import Conversation, Message


def left_key(sender_id: str, client_id: str) -> str:
    """What makes a message that was left the same message when it is sent again."""
    return customer_key(sender_id, f"left:{client_id}")


def left_since(session: Session, sender_id: str, moment: dt.datetime) -> int:
    """How many messages the sender has left since then."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Message)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(
                Conversation.sender_id == sender_id,
                Message.sent_at >= moment,
                Message.key.startswith(left_key(sender_id, ""), autoescape=True),
            )
        )
        or 0
    )
