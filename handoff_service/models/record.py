"""What is kept for looking back and for looking on: audit, stream, versions of the rules."""

import datetime as dt
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff_service.models.base import Base, new_id


class AuditEntry(Base):
    """Who did what to which conversation, and what came of it."""

    __tablename__ = "audit"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    actor: Mapped[str]  # "agent:<id>", "assistant", "customer" or "service"
    action: Mapped[str]  # e.g. "conversation.claim"
    conversation_id: Mapped[str | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    correlation_id: Mapped[str | None]


class StreamEvent(Base):
    """A numbered event of the agents' stream; who may see it is decided when it is read."""

    __tablename__ = "stream_events"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    conversation_id: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(index=True)


class RuleVersion(Base):
    """Every rule set that ever decided, by number."""

    __tablename__ = "rule_versions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
