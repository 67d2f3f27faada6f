"""Agents who answer, customers who write, and the channel identities that lead to a customer."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from handoff_service.models.base import Base, new_id


class Agent(Base):
    """Somebody who may log in. `skills` hold languages too (`zh`, `en`)."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(default="agent")  # agent | supervisor | admin
    skills: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int] = mapped_column(default=5)
    presence: Mapped[str] = mapped_column(default="offline")  # online | away | offline
    idle_since: Mapped[dt.datetime]
    team_id: Mapped[str | None]  # an agent is in one team or in none
    presence_since: Mapped[dt.datetime | None]  # unknown until it changes for the first time
    active_at: Mapped[dt.datetime | None]  # did something, or said that they are at the desk
    line_at: Mapped[dt.datetime | None]  # a stream of theirs was open then; None: they had none since online
    idled_at: Mapped[dt.datetime | None]  # set to away for being silent or gone; doing something ends it
    left_at: Mapped[dt.datetime | None]  # went offline without saying what becomes of their conversations
    lapses: Mapped[int] = mapped_column(default=0)  # running; an answer sets it to 0
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def invited(self) -> bool:
        """They have not set a password yet."""
        return not self.password_hash


class Invitation(Base):
    """A one-time link with which somebody sets their password. Only the hash of its secret is kept."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]  # used, or replaced by a later one


class Team(Base):
    """A named group of agents. `skills` say which conversations in the queue are its own; languages too."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    skills: Mapped[list[str]] = mapped_column(default=list)
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))  # one of its members
    created_at: Mapped[dt.datetime]


class Customer(Base):
    """A person behind one or more channel identities."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    named_by_site: Mapped[bool] = mapped_column(default=False, server_default=false())  # and may be again
    tier: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str | None]  # what a new conversation begins in, until they write in another
    identities: Mapped[list["Identity"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class Identity(Base):
    """Which `sender_id` of which channel belongs to which customer."""

    __tablename__ = "identities"

    sender_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)


class LoginAttempt(Base):
    """A log-in that failed or is under way. `subject` is the (hashed) e-mail or the address it came from."""

    __tablename__ = "login_attempts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_login_attempts_subject_at", "subject", "at"),)


THE_DESKS_HOURS = 1
"""There is one calendar, in one row."""


class StoredHours(Base):
    """The business hours that supervisors keep; without a row those of the settings hold."""

    __tablename__ = "business_hours"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    hours: Mapped[dict[str, Any]]  # as `hours.schemas.Hours`
