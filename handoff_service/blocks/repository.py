"""All SQL about blocks."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from handoff_service.models import Block, Conversation, Identity


def standing(session: Session, sender_id: str, now: dt.datetime) -> Block | None:
    """The block against this sender id, or against the customer it leads to."""
    customer = select(Identity.customer_id).where(Identity.sender_id == sender_id)
    return session.scalars(
        select(Block)
        .where(
            Block.ended_at.is_(None),
            or_(Block.until.is_(None), Block.until > now),
            or_(Block.sender_id == sender_id, Block.customer_id.in_(customer)),
        )
        .order_by(Block.customer_id.is_(None), Block.id)
        .limit(1)
    ).first()


def not_ended(session: Session, *, customer_id: str | None, sender_ids: Sequence[str]) -> Sequence[Block]:
    """Those of the customer and of the sender ids by themselves, also when their time is just over."""
    customer_ids = [] if customer_id is None else [customer_id]
    mine = or_(Block.sender_id.in_(list(sender_ids)), Block.customer_id.in_(customer_ids))
    return session.scalars(select(Block).where(Block.ended_at.is_(None), mine)).all()


def conversations_under(session: Session, block_id: str) -> Sequence[Conversation]:
    return session.scalars(select(Conversation).where(Conversation.block_id == block_id)).all()


def over(session: Session, now: dt.datetime) -> Sequence[Block]:
    """Not ended although their time is over."""
    return session.scalars(select(Block).where(Block.ended_at.is_(None), Block.until <= now)).all()


def next_end(session: Session) -> dt.datetime | None:
    return session.scalar(select(func.min(Block.until)).where(Block.ended_at.is_(None)))
