"""What the desk keeps ready for its agents: words to answer with, categories to close with."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from handoff_service.models.base import Base, new_id


class CannedAnswer(Base):
    """Words to insert into an answer. `owner_id` is the agent whose own it is; None: everybody's."""

    __tablename__ = "canned_answers"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    category: Mapped[str]  # "" for none
    title: Mapped[str]
    shortcut: Mapped[str | None]  # folded: found whichever case is typed
    texts: Mapped[dict[str, Any]]  # by language: zh, en or both
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    updated_by: Mapped[str]  # an actor as in the audit

    __table_args__ = (
        Index(
            "uq_canned_answers_own_shortcut",
            "owner_id",
            "shortcut",
            unique=True,
            sqlite_where=text("owner_id IS NOT NULL AND shortcut IS NOT NULL"),
            postgresql_where=text("owner_id IS NOT NULL AND shortcut IS NOT NULL"),
        ),
        Index(
            "uq_canned_answers_shared_shortcut",
            "shortcut",
            unique=True,
            sqlite_where=text("owner_id IS NULL AND shortcut IS NOT NULL"),
            postgresql_where=text("owner_id IS NULL AND shortcut IS NOT NULL"),
        ),
    )


class ChannelTemplates(Base):
    """The templates that a network has approved for one account: what its connector told last."""

    __tablename__ = "channel_templates"

    channel: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    items: Mapped[list[Any]]  # {name, language, body} each
    updated_at: Mapped[dt.datetime]


class ClosingCategory(Base):
    """What a conversation was about, in a tree. One that was used is deactivated, never removed."""

    __tablename__ = "closing_categories"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("closing_categories.id"))
    position: Mapped[int]  # among those with the same parent
    names: Mapped[dict[str, Any]]  # by language
    topics: Mapped[list[str]]  # whose closing form begins with it
    active: Mapped[bool]
