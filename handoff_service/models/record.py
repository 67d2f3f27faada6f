"""What is kept for looking back and for looking on: audit, duty, stream, versions of the rules."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, text
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


class DutyEntry(Base):
    """What an agent was to the desk from `at` on, until their next entry; entries are only added.

    The last entry equals the agent's row. `found`: how recording began; what was before it nobody knows.
    """

    __tablename__ = "duty"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    at: Mapped[dt.datetime] = mapped_column(index=True)
    role: Mapped[str]
    skills: Mapped[list[str]]
    capacity: Mapped[int]
    presence: Mapped[str]
    active: Mapped[bool]
    found: Mapped[bool] = mapped_column(default=False)


class StreamEvent(Base):
    """A numbered event of the agents' stream; who may see it is decided when it is read."""

    __tablename__ = "stream_events"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    conversation_id: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(index=True)


class RuleVersion(Base):
    """A rule set that decides or has decided, by number; one for each text."""

    __tablename__ = "rule_versions"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str]  # an actor as in the audit, or "shipped", "file"
    note: Mapped[str | None]


class RuleActivation(Base):
    """A version was put in force; the one with the highest number is."""

    __tablename__ = "rule_activations"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(ForeignKey("rule_versions.version"))
    at: Mapped[dt.datetime]
    by: Mapped[str]  # as `created_by`
    note: Mapped[str | None]


class RuleDraft(Base):
    """The rules that supervisors are working on; there is one or none."""

    __tablename__ = "rule_drafts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]  # another one at each change
    base_version: Mapped[int] = mapped_column(ForeignKey("rule_versions.version"))  # what it sets out from
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None]
    updated_at: Mapped[dt.datetime]
    updated_by: Mapped[str]


class LearnedModel(Base):
    """A model that scores turns, by number; at most one is in force."""

    __tablename__ = "learned_models"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payload: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # see learned/storing.py
    sha256: Mapped[str]
    source: Mapped[str]  # "marks", or the name of a file
    dialogues: Mapped[int]  # that it was trained on
    figures: Mapped[dict[str, Any]]  # cross-validated; see learned/service.py
    active: Mapped[bool]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str]  # an actor as in the audit

    __table_args__ = (
        Index(
            "uq_learned_models_active",
            "active",
            unique=True,
            sqlite_where=text("active"),
            postgresql_where=text("active"),
        ),
    )
