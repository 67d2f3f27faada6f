"""How a customer can be reached when they are away, and the mails that tell them of answers."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from handoff_service.models.base import Base, new_id


class Contact(Base):
    """What a customer has left of themselves on one channel, and whether they are there. Never in logs,
    audit or lists: there it is masked."""

    __tablename__ = "contacts"

    sender_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]  # E.164
    refused: Mapped[str | None]  # the address that a mail server has refused for good
    connected: Mapped[bool | None]  # whether they have the chat open; None: the channel does not tell
    window: Mapped[dict[str, Any] | None]  # {messages, until} that may still be said; None: nobody counts
    seen_at: Mapped[dt.datetime | None]  # last sign of them
    mailed_at: Mapped[dt.datetime | None]  # not again until they have been back since
    updated_at: Mapped[dt.datetime]


class Mail(Base):
    """One mail that tells of one or more unread answers; its id is also that of the link in it."""

    __tablename__ = "mails"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[str] = mapped_column(index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    message_ids: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="waiting")  # waiting | sending | sent | dropped | failed
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    link_used_at: Mapped[dt.datetime | None]  # for the first time

    __table_args__ = (Index("ix_mails_state_due", "state", "due_at"),)
