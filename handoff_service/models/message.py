"""What was said, what is still to be told to Rasa, and what Rasa is known to believe."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from handoff_service.models.base import Base, new_id


class Message(Base):
    """A word of the customer, the bot, an agent or the system. `key` makes ingest idempotent.

    A private one is for the desk alone: it is never put into the outbox.
    """

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int] = mapped_column(unique=True)  # the service's commit order; never changes
    key: Mapped[str] = mapped_column(unique=True)
    author: Mapped[str]  # customer | bot | agent | system
    author_id: Mapped[str | None]
    author_name: Mapped[str | None]
    private: Mapped[bool] = mapped_column(default=False, server_default=false())  # an agent's note
    text: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    sent_at: Mapped[dt.datetime]
    # agent and system words: pending|sending|sent|delivered|read|failed; the bot's: failed alone is told
    delivery: Mapped[str | None]
    failure: Mapped[str | None]
    mail: Mapped[str | None]  # an agent's unread words, by mail: sent|retrying|failed|refused
    client_id: Mapped[str | None]
    recall: Mapped[str | None]  # its author takes it back: pending | done | failed; a customer's is done
    recalled_at: Mapped[dt.datetime | None]  # asked for
    original: Mapped[str | None] = mapped_column(Text)  # before the customer edited it
    template: Mapped[dict[str, Any] | None]  # {name, language, variables}: what `text` was filled in from
    reaction: Mapped[str | None]  # the customer's, to words of ours or the bot's: an emoji

    __table_args__ = (
        UniqueConstraint("conversation_id", "author_id", "client_id"),
        Index("ix_messages_conversation_order", "conversation_id", "sent_at", "seq"),
    )


class LostAnswer(Base):
    """A bot's answer that a channel could not bring to the customer, told of before Rasa's event came."""

    __tablename__ = "lost_answers"

    key: Mapped[str] = mapped_column(primary_key=True)  # the message's, once it comes
    reason: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(index=True)


class Attachment(Base):
    """A file that somebody uploaded; its bytes are in the storage, under this id."""

    __tablename__ = "attachments"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[str]  # whose conversation it belongs to
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"))
    uploader: Mapped[str]  # customer | agent:<id>
    client_id: Mapped[str | None]
    name: Mapped[str]
    type: Mapped[str]  # as sniffed
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    state: Mapped[str]  # arriving | stored | withdrawn (with its message: for the desk alone) | removing
    expires_at: Mapped[dt.datetime | None] = mapped_column(index=True)  # None: a message shows it
    created_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("sender_id", "uploader", "client_id"),)


class OutboxEntry(Base):
    """Something the service has to tell Rasa; `number` is the order within a conversation's sender."""

    __tablename__ = "outbox"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sender_id: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    epoch: Mapped[int]
    kind: Mapped[str]  # pause | resume | say | answer
    message_id: Mapped[str | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(
        default="waiting"
    )  # waiting | sending | unknown | done | dropped | failed
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[dt.datetime]

    __table_args__ = (
        Index("ix_outbox_open", "state", "due_at"),
        Index("ix_outbox_sender", "sender_id", "number"),
    )


class TrackerState(Base):
    """What ingest last showed of Rasa's tracker: the projection that the owner is compared with."""

    __tablename__ = "trackers"

    sender_id: Mapped[str] = mapped_column(primary_key=True)
    paused: Mapped[bool] = mapped_column(default=False)
    unanswered: Mapped[list[Any]] = mapped_column(
        default=list
    )  # written to the bot while Rasa was still paused
    updated_at: Mapped[dt.datetime]


class DeadLetter(Base):
    """An event that could not be understood. It is kept for people to look at and holds nobody back."""

    __tablename__ = "dead_letters"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[str | None]
    event: Mapped[str] = mapped_column(Text)
    reason: Mapped[str]
    created_at: Mapped[dt.datetime]
