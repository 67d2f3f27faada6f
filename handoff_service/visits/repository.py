"""SQL about what a customer has got."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handoff_service.models import Conversation, Handoff, LostAnswer, Message


def told(session: Session, sender_id: str, message_ids: Sequence[str]) -> list[tuple[Message, Conversation]]:
    """Those of the messages that were for this customer, in order."""
    found = session.execute(
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.id.in_(message_ids),
            Conversation.sender_id == sender_id,
            Message.author.in_(("agent", "system")),
            Message.private.is_(False),
        )
        .order_by(Message.seq)
    )
    return [(message, conversation) for message, conversation in found]


def asked_before(session: Session, idempotency_key: str) -> bool:
    query = select(Handoff.id).where(Handoff.idempotency_key == idempotency_key)
    return session.scalar(query) is not None


def keep_lost(session: Session, key: str, reason: str, at: dt.datetime) -> None:
    """Told again it is the same."""
    session.merge(LostAnswer(key=key, reason=reason, at=at))


def take_lost(session: Session, key: str) -> str | None:
    query = delete(LostAnswer).where(LostAnswer.key == key).returning(LostAnswer.reason)
    return session.scalar(query)


def forget_lost(session: Session, before: dt.datetime) -> None:
    session.execute(delete(LostAnswer).where(LostAnswer.at < before))
