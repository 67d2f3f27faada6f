"""All SQL about customers."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handoff_service.models import Conversation, Customer, Identity


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
