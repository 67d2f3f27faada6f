"""What time alone does to a conversation in an agent's hands, and since when each time runs.

Said as SQL: the earliest of thousands is one quick look after each commit, and only what is due is read.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Mapped, Session

from handoff_service.models import Conversation
from handoff_service.settings import Settings

type _Moment = ColumnElement[dt.datetime] | Mapped[dt.datetime | None]


@dataclass(frozen=True, slots=True)
class Deadline:
    """It is over `after` the moment `since`, for the conversations that it `concerns`."""

    concerns: ColumnElement[bool]
    since: _Moment
    after: dt.timedelta = dt.timedelta(0)

    def over(self, session: Session, now: dt.datetime) -> Sequence[Conversation]:
        """The conversations for which it is over."""
        return session.scalars(
            select(Conversation).where(_HELD, self.concerns, self.since <= now - self.after)
        ).all()


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`wake`: put off until then. `answer`: the customer waits, and the conversation is taken from the agent.
    `ask`: the customer is silent, and is asked whether they are still there. `leave`: they are taken as gone,
    counted from the question, however late it came, so that there is always time to answer it; where asking
    would cost a scarce message, `leave_unasked`.
    """

    wake: Deadline
    answer: Deadline
    ask: Deadline
    leave: Deadline
    leave_unasked: Deadline

    def first(self, session: Session) -> dt.datetime | None:
        """The earliest end of any; None where no time runs."""
        each = (self.wake, self.answer, self.ask, self.leave, self.leave_unasked)
        row = session.execute(
            select(*(func.min(case((one.concerns, one.since))) for one in each)).where(_HELD)
        ).one()
        ends = (since + one.after for one, since in zip(each, row, strict=True) if since is not None)
        return min(ends, default=None)


def deadlines(settings: Settings) -> Deadlines:
    scarce = Conversation.channel.in_(settings.scarce_channels)
    return Deadlines(
        wake=Deadline(Conversation.snoozed_until.is_not(None), Conversation.snoozed_until),
        answer=Deadline(_ANSWER_OWED, Conversation.waiting_since, settings.reply_within),
        ask=Deadline(and_(_SILENT, ~scarce, ~_ASKED), _SAID, settings.idle_after),
        leave=Deadline(and_(_SILENT, ~scarce, _ASKED), Conversation.reminded_at, settings.left_after),
        leave_unasked=Deadline(and_(_SILENT, scarce), _SAID, settings.idle_after + settings.left_after),
    )


def _later(one: _Moment, other: _Moment) -> ColumnElement[dt.datetime]:
    return case((or_(one.is_(None), other > one), other), else_=one)


_HELD = and_(Conversation.owner == "agent", Conversation.status != "resolved")
# Somebody may wait at this moment: not where it is put off, nor for a message that was left.
_LIVE = and_(Conversation.status == "open", Conversation.kind == "live")
_ANSWER_OWED = and_(_LIVE, Conversation.waiting_since.is_not(None))
_SILENT = and_(_LIVE, Conversation.waiting_since.is_(None))
_SAID = _later(_later(Conversation.customer_wrote_at, Conversation.agent_wrote_at), Conversation.assigned_at)
_ASKED = func.coalesce(Conversation.reminded_at > _SAID, False)
