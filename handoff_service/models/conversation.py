"""A conversation, the handoffs it went through, and the turns that were assessed."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from handoff_service.models.base import Base, new_id
from handoff_service.models.contact import Contact


class Conversation(Base):
    """One episode of one `sender_id`. At most one is not resolved (the partial index says so)."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    previous_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")

    kind: Mapped[str] = mapped_column(
        default="live", server_default="live"
    )  # live | message: one that was left
    due_at: Mapped[dt.datetime | None]  # when what was left, and is not answered yet, is owed an answer
    status: Mapped[str] = mapped_column(default="open")  # open | snoozed | resolved
    owner: Mapped[str] = mapped_column(default="bot")  # bot | queue | agent
    epoch: Mapped[int] = mapped_column(default=1)
    control: Mapped[str] = mapped_column(default="confirmed")  # confirmed | pending: Rasa does not know yet
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"), index=True)
    last_agent_id: Mapped[str | None]
    handoff_id: Mapped[str | None]  # the handoff now under way

    team_id: Mapped[str | None]  # passed on to this team; its members come first
    topic: Mapped[str | None]  # what the last handoff was about; see conversations/topics.py
    priority: Mapped[int] = mapped_column(default=1)
    skills_required: Mapped[list[str]] = mapped_column(default=list)
    skills_preferred: Mapped[list[str]] = mapped_column(default=list)
    skills_strict: Mapped[list[str]] = mapped_column(default=list)  # never relaxed

    queued_at: Mapped[dt.datetime | None]
    assigned_at: Mapped[dt.datetime | None]  # or woken: since then the agent has it before them
    snoozed_until: Mapped[dt.datetime | None]
    reminded_at: Mapped[dt.datetime | None]  # told that they wait, or asked whether they are still there
    customer_wrote_at: Mapped[dt.datetime | None]
    agent_wrote_at: Mapped[dt.datetime | None]
    waiting_since: Mapped[dt.datetime | None]  # first customer message the agent has not answered
    returned_seq: Mapped[int] = mapped_column(default=0)  # turns after it are evidence for the rules
    unread: Mapped[int] = mapped_column(default=0)
    read_message_id: Mapped[str | None]  # the customer's last message, as the channel named it, that was read
    block_id: Mapped[str | None] = mapped_column(index=True)  # the block that stands against its sender
    rating_id: Mapped[str | None]  # the question of satisfaction that its sender may answer now
    rating: Mapped[int | None]  # the last score that the customer gave for it

    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime] = mapped_column(index=True)
    resolved_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    resolved_by: Mapped[str | None]  # an actor as in the audit

    # Read along with the row: each change of a conversation is shown with how its customer can be reached.
    contact: Mapped[Contact | None] = relationship(
        primaryjoin=lambda: foreign(Conversation.sender_id) == Contact.sender_id, viewonly=True, lazy="joined"
    )

    __table_args__ = (
        Index(
            "uq_conversations_live_sender",
            "sender_id",
            unique=True,
            sqlite_where=text("status != 'resolved'"),
            postgresql_where=text("status != 'resolved'"),
        ),
        Index("ix_conversations_owner_status", "owner", "status"),
        Index("ix_conversations_kind_status", "kind", "status"),
    )


class Handoff(Base):
    """One stretch from the request for a person to the return or the resolving."""

    __tablename__ = "handoffs"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    source: Mapped[str]  # turn | ingest | api | agent | desk
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    rule: Mapped[str | None]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    rules_version: Mapped[int]
    relaxed: Mapped[list[str]] = mapped_column(default=list)  # requirements given up to find somebody
    told: Mapped[bool] = mapped_column(default=False)  # the customer has heard of it
    notice: Mapped[str | None]  # what the rule wants said, before the words on where it stands
    requested_at: Mapped[dt.datetime] = mapped_column(index=True)
    first_assigned_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None]  # solved | unsolved | follow_up, or how it ended by itself
    category_id: Mapped[str | None]  # what it was about, as the agent said who ended it
    note: Mapped[str | None]
    agent_id: Mapped[str | None]  # who held it last
    passed_on_by: Mapped[list[str] | None]  # agents who transferred it, the last of them last
    mark: Mapped[str | None]  # needed | not_needed | too_late: how an agent judges it, looking back
    marked_by: Mapped[str | None]
    marked_at: Mapped[dt.datetime | None]


class Lapse(Base):
    """An agent let a conversation go unanswered for too long."""

    __tablename__ = "lapses"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id"), index=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[dt.datetime]


class Turn(Base):
    """A customer message as it was assessed, with all that is needed to explain and repeat the decision."""

    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[str]
    message_id: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]  # the message's seq at the time: evidence counts after `returned_seq`
    sent_at: Mapped[dt.datetime]
    owner: Mapped[str]  # who owned the conversation when the customer wrote; nobody: it was for none of them
    signals: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # running values, customer, agents online
    decision: Mapped[str]  # stay | handoff | silent | noted
    rule: Mapped[str | None]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    rules_version: Mapped[int]
    answer: Mapped[dict[str, Any]]  # the response, repeated word for word when asked again
    created_at: Mapped[dt.datetime]

    __table_args__ = (
        UniqueConstraint("sender_id", "message_id"),
        Index("ix_turns_conversation_seq", "conversation_id", "seq"),
    )


class Alert(Base):
    """A rule wanted supervisors told of a turn."""

    __tablename__ = "alerts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"))
    seq: Mapped[int]  # the turn's: a rule alerts once after `returned_seq`
    rule: Mapped[str]
    rules_version: Mapped[int]
    text: Mapped[dict[str, Any]]  # by language
    at: Mapped[dt.datetime] = mapped_column(index=True)
    acknowledged_by: Mapped[str | None]  # an agent's id
    acknowledged_at: Mapped[dt.datetime | None]

    __table_args__ = (Index("ix_alerts_conversation_seq", "conversation_id", "seq"),)
