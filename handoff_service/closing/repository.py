"""All SQL about closing categories."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff_service.models import ClosingCategory, Handoff, Turn

TURNS_LOOKED_AT = 20  # what was talked about before that is not what the conversation is about


def get(session: Session, category_id: str) -> ClosingCategory | None:
    return session.get(ClosingCategory, category_id)


def everything(session: Session) -> Sequence[ClosingCategory]:
    return session.scalars(select(ClosingCategory)).all()


def used(session: Session) -> set[str]:
    """The ids of those that a conversation has been closed with."""
    query = select(Handoff.category_id).where(Handoff.category_id.is_not(None)).distinct()
    return {category_id for category_id in session.scalars(query) if category_id}


def topics_talked_about(session: Session, conversation_id: str) -> list[str]:
    """The topics of the conversation's turns, newest first, as they were assessed."""
    query = (
        select(Turn.signals)
        .where(Turn.conversation_id == conversation_id)
        .order_by(Turn.seq.desc())
        .limit(TURNS_LOOKED_AT)
    )
    topics = (signals.get("topic") for signals in session.scalars(query))
    return [topic for topic in topics if isinstance(topic, str)]
