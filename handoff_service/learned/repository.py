"""All SQL about learned models, and about the conversations that they learn from."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, undefer

from handoff_service.models import Handoff, LearnedModel, Message, Turn

_ACTIVE = select(LearnedModel.version, LearnedModel.sha256).where(LearnedModel.active)  # at each turn


def all_versions(session: Session) -> Sequence[LearnedModel]:
    """Without their payloads; newest first."""
    return session.scalars(select(LearnedModel).order_by(LearnedModel.version.desc())).all()


def find(session: Session, version: int) -> LearnedModel | None:
    return session.get(LearnedModel, version)


def active(session: Session) -> tuple[int, str] | None:
    """Version and content's hash of the model in force."""
    row = session.execute(_ACTIVE).one_or_none()
    return (row.version, row.sha256) if row else None


def payload(session: Session, version: int) -> bytes:
    return (
        session.scalars(
            select(LearnedModel).where(LearnedModel.version == version).options(undefer(LearnedModel.payload))
        )
        .one()
        .payload
    )


def newest_version(session: Session) -> int:
    return session.scalar(select(func.max(LearnedModel.version))) or 0


def deactivate_all(session: Session) -> None:
    session.execute(update(LearnedModel).where(LearnedModel.active).values(active=False))


def spoken(
    session: Session, conversation_id: str, *, after_seq: int, until: dt.datetime, at_most: int
) -> list[Message]:
    """What customer and bot said, oldest first: the newest `at_most` up to `until`."""
    newest = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author.in_(("customer", "bot")),
            Message.seq > after_seq,
            Message.sent_at <= until,
        )
        .order_by(Message.sent_at.desc(), Message.seq.desc())
        .limit(at_most)
    ).all()
    return list(newest[::-1])


def up_to(session: Session, turn: Turn, *, after_seq: int, at_most: int) -> list[Message]:
    """The same up to the customer's words of this turn, which come last."""
    own = session.scalars(select(Message).where(Message.seq == turn.seq)).one()
    messages = spoken(session, own.conversation_id, after_seq=after_seq, until=own.sent_at, at_most=at_most)
    return [one for one in messages if (one.sent_at, one.seq) <= (own.sent_at, own.seq)]


def judged(session: Session) -> Sequence[Handoff]:
    """The handoffs that carry a mark, by conversation and time."""
    return session.scalars(
        select(Handoff)
        .where(Handoff.mark.is_not(None))
        .order_by(Handoff.conversation_id, Handoff.requested_at, Handoff.id)
    ).all()


def ended_before(session: Session, handoff: Handoff) -> dt.datetime | None:
    """When the stretch with a person before this one ended, if there was one."""
    return session.scalar(
        select(func.max(Handoff.ended_at)).where(
            Handoff.conversation_id == handoff.conversation_id,
            Handoff.requested_at < handoff.requested_at,
        )
    )


def turns_of(session: Session, conversation_id: str) -> Sequence[Turn]:
    return session.scalars(select(Turn).where(Turn.conversation_id == conversation_id)).all()
