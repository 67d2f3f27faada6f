"""SQL about what a customer has got."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff_service.models import Conversation, Handoff, Message


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
