"""All SQL about customers."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from handoff_service.models import Agent, ClosingCategory, Conversation, Customer, Handoff, Identity


def get(session: Session, customer_id: str) -> Customer | None:
    return session.get(Customer, customer_id)


def taken_by_others(session: Session, sender_ids: Iterable[str], customer_id: str) -> Sequence[str]:
    """Those of the sender ids that lead to another customer."""
    return session.scalars(
        select(Identity.sender_id)
        .where(Identity.sender_id.in_(list(sender_ids)), Identity.customer_id != customer_id)
        .order_by(Identity.sender_id)
    ).all()


def live_conversations(
    session: Session, sender_ids: Iterable[str], customer_id: str
) -> Sequence[Conversation]:
    """Not resolved, and of one of the senders or shown as this customer's."""
    return session.scalars(
        select(Conversation).where(
            Conversation.status != "resolved",
            or_(Conversation.sender_id.in_(list(sender_ids)), Conversation.customer_id == customer_id),
        )
    ).all()


def holds_one(session: Session, agent_id: str, sender_ids: Sequence[str]) -> bool:
    """Whether the agent has a conversation of one of these senders now."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Conversation.owner == "agent",
                    Conversation.assignee_id == agent_id,
                    Conversation.sender_id.in_(list(sender_ids)),
                )
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Episode:
    """A conversation looked back on; outcome, category and agent are those of its last handoff."""

    id: str
    channel: str
    status: str
    owner: str
    assignee_id: str | None
    team_id: str | None  # of the agent who holds it
    created_at: dt.datetime
    resolved_at: dt.datetime | None
    rating: int | None
    outcome: str | None
    category: dict[str, str] | None  # its names, by language
    agent: str | None


def history(session: Session, sender_ids: Sequence[str], but: str, limit: int) -> list[Episode]:
    """All of these senders' conversations but one, newest first."""
    last = (
        select(Handoff.id)
        .where(Handoff.conversation_id == Conversation.id)
        .order_by(Handoff.requested_at.desc(), Handoff.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    holder = aliased(Agent)
    rows = session.execute(
        select(
            Conversation.id,
            Conversation.channel,
            Conversation.status,
            Conversation.owner,
            Conversation.assignee_id,
            holder.team_id,
            Conversation.created_at,
            Conversation.resolved_at,
            Conversation.rating,
            Handoff.outcome,
            ClosingCategory.names.label("category"),
            Agent.name.label("agent"),
        )
        .outerjoin(holder, holder.id == Conversation.assignee_id)
        .outerjoin(Handoff, Handoff.id == last)
        .outerjoin(Agent, Agent.id == Handoff.agent_id)
        .outerjoin(ClosingCategory, ClosingCategory.id == Handoff.category_id)
        .where(Conversation.sender_id.in_(list(sender_ids)), Conversation.id != but)
        .order_by(Conversation.created_at.desc(), Conversation.id.desc())
        .limit(limit)
    )
    return [Episode(**row._mapping) for row in rows]
