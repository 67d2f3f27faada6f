"""What the desk holds on to about a customer beyond their words: blocks, and how satisfied they were."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from handoff_service.models.base import Base, new_id


class Block(Base):
    """A customer, or one sender id of a visitor nobody knows, who is not served for a while.

    At most one stands for each (the partial indexes say so). `told`: the sender ids that have heard of it.
    """

    __tablename__ = "blocks"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    sender_id: Mapped[str | None]  # instead of a customer
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[dt.datetime | None]
    blocked_by: Mapped[str]  # an actor as in the audit
    blocked_at: Mapped[dt.datetime]
    told: Mapped[list[str]] = mapped_column(default=list)
    ended_at: Mapped[dt.datetime | None]  # lifted, replaced, or its time was over

    __table_args__ = (
        Index(
            "uq_blocks_standing_customer",
            "customer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_blocks_standing_sender",
            "sender_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class Rating(Base):
    """The question how satisfied the customer is with a human stretch, and the answer once it is there."""

    __tablename__ = "ratings"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id"), unique=True)  # asked once
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    sender_id: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    asked_at: Mapped[dt.datetime]
    score: Mapped[int | None]  # 1 to 5
    comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    closed_at: Mapped[dt.datetime | None]  # not open any more, without an answer
