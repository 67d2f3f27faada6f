"""All SQL about mails."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from handoff_service.models import Conversation, Mail, Message

OPEN = ("waiting", "sending")
_UNREAD = ("pending", "sending", "sent", "delivered")


def open_mail(session: Session, sender_id: str) -> Mail | None:
    """The mail that is still to go out to the sender."""
    return session.scalar(select(Mail).where(Mail.sender_id == sender_id, Mail.state.in_(OPEN)).limit(1))


def unread(session: Session, sender_id: str) -> Sequence[Message]:
    """An agent's words that the customer has neither read nor been mailed and that were not taken back, in
    order."""
    return session.scalars(
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.sender_id == sender_id,
            Message.author == "agent",
            Message.private.is_(False),
            Message.delivery.in_(_UNREAD),
            or_(Message.mail.is_(None), Message.mail == "retrying"),
            or_(Message.recall.is_(None), Message.recall == "failed"),
        )
        .order_by(Message.sent_at, Message.seq)
    ).all()


def wrote_last(session: Session, sender_id: str) -> dt.datetime | None:
    """When the customer wrote last, in any of their conversations."""
    return session.scalars(
        select(Conversation.customer_wrote_at)
        .where(Conversation.sender_id == sender_id, Conversation.customer_wrote_at.is_not(None))
        .order_by(Conversation.customer_wrote_at.desc())
        .limit(1)
    ).first()


def claim(session: Session, now: dt.datetime, lease_until: dt.datetime) -> Mail | None:
    """Take the mail that has been due the longest, or whose sender was lost on the way; None when there is
    none. Nobody else gets it before the lease ends."""
    due = _due_before(now)
    mail_id = session.scalar(select(Mail.id).where(due).order_by(Mail.due_at, Mail.id).limit(1))
    if mail_id is None:
        return None
    taken = session.scalar(
        update(Mail)
        .where(Mail.id == mail_id, due)
        .values(state="sending", lease_until=lease_until, attempts=Mail.attempts + 1)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return session.get(Mail, taken, populate_existing=True) if taken is not None else None


def next_due(session: Session) -> dt.datetime | None:
    moments = [
        session.scalar(select(func.min(Mail.due_at)).where(Mail.state == "waiting")),
        session.scalar(select(func.min(Mail.lease_until)).where(Mail.state == "sending")),
    ]
    return min((_aware(moment) for moment in moments if moment is not None), default=None)


def _due_before(now: dt.datetime) -> ColumnElement[bool]:
    return or_(
        and_(Mail.state == "waiting", Mail.due_at <= now),
        and_(Mail.state == "sending", Mail.lease_until <= now),
    )


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
