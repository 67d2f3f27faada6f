"""What time alone changes: silent agents, silent customers, what was put off, requirements that fall away,
blocks and questions whose time is over.

All deadlines are in the database, so they survive a restart. The worker sleeps until the earliest of them
and is woken by every commit.
"""

import asyncio
import datetime as dt

import structlog
from sqlalchemy.orm import Session

from handoff_service import routing_service
from handoff_service.agents import activity, line
from handoff_service.agents import repository as agents_repository
from handoff_service.agents import service as agents
from handoff_service.blocks import repository as blocks_repository
from handoff_service.blocks import service as blocks
from handoff_service.context import Context
from handoff_service.conversations import messages, ownership
from handoff_service.conversations.deadlines import deadlines
from handoff_service.models import Conversation
from handoff_service.ratings import repository as ratings_repository
from handoff_service.ratings import service as ratings
from handoff_service.settings import Settings
from handoff_service.unit import Unit
from handoff_service.waking import Waker

log = structlog.get_logger(__name__)

RETRY = 1.0
"""Seconds until a failed run is tried again, e.g. when the database was away."""
AT_LEAST = 0.1
"""Seconds between two looks for the next deadline: none of them is missed by more, and each commit asks."""


def run_due(unit: Unit) -> None:
    """Carry out everything that is due at `unit.now`."""
    held = deadlines(unit.settings)
    for conversation in held.wake.over(unit.session, unit.now):
        ownership.wake(unit, conversation)
    for conversation in held.answer.over(unit.session, unit.now):
        _lapse(unit, conversation)
    for gone in (held.leave, held.leave_unasked):
        for conversation in gone.over(unit.session, unit.now):
            ownership.resolve(unit, conversation, outcome="customer_left", note=None)
            messages.system_says(unit, conversation, "left_idle_resolved", perishable=False)
    for conversation in held.ask.over(unit.session, unit.now):
        _ask_whether_there(unit, conversation)
    for agent in agents_repository.silent(unit.session, unit.now - unit.settings.auto_away_after):
        activity.idle(unit, agent, "silence")
    for agent in agents_repository.lost(unit.session, unit.now - unit.settings.line_lost_after):
        activity.idle(unit, agent, "line_lost")
    for agent in agents_repository.gone(unit.session, unit.now - unit.settings.requeue_after):
        agents.leave_to_others(unit, agent)
    blocks.end_what_is_over(unit)
    ratings.close_old(unit)
    routing_service.assign_waiting(unit)


def next_due(session: Session, settings: Settings, now: dt.datetime) -> dt.datetime | None:
    """When `run_due` may next have something to do; not before `now` is past what it just did."""
    moments = (
        deadlines(settings).first(session),
        _after(agents_repository.first_silent(session), settings.auto_away_after),
        _after(agents_repository.first_lost(session), settings.line_lost_after),
        _after(agents_repository.first_gone(session), settings.requeue_after),
        blocks_repository.next_end(session),
        _after(ratings_repository.first_asked(session), settings.rating_open_for),
        routing_service.next_moment(session, settings, now),
    )
    return min((moment for moment in moments if moment is not None), default=None)


def _after(moment: dt.datetime | None, duration: dt.timedelta) -> dt.datetime | None:
    return moment + duration if moment is not None else None


def _ask_whether_there(unit: Unit, conversation: Conversation) -> None:
    conversation.reminded_at = unit.now
    messages.system_says(unit, conversation, "still_there")


def _lapse(unit: Unit, conversation: Conversation) -> None:
    """The agent let the customer wait too long: back to the queue; twice running, and they are away."""
    agent_id = conversation.assignee_id
    ownership.requeue(unit, conversation, reason="no_reply", lapsed=True)
    if agent_id is not None:
        agents.lapsed(unit, agent_id)


class TimerWorker:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._waker = Waker(AT_LEAST)
        self._starting = True
        # Everything counts as due at the start: deadlines may have passed while nobody was running.
        self._deadline: dt.datetime | None = dt.datetime.min.replace(tzinfo=dt.UTC)

    def wake(self) -> None:
        """A deadline may have moved. Safe from any thread."""
        self._waker.wake()

    async def run(self) -> None:
        """Serve until cancelled."""
        self._waker.bind()
        while True:
            try:
                seconds = await asyncio.to_thread(self.step)
            except Exception:
                log.exception("timers_failed")
                seconds = RETRY
            await self._waker.wait(seconds)

    def step(self) -> float | None:
        """Do what is due; the seconds until something may be due again, None when only a commit can tell.

        What is due is told by the deadline of the step before, not by looking again: once a requirement
        has fallen away, the next moment that routing names is already the one after it.
        """
        now = self._context.clock()
        if self._deadline is not None and self._deadline <= now:
            with self._context.work() as unit:
                if self._starting:
                    line.give_time(unit)
                run_due(unit)
            self._starting = False
        with self._context.database.reading() as session:
            self._deadline = next_due(session, self._context.settings, now)
        if self._deadline is None:
            return None
        return max(0.01, (self._deadline - self._context.clock()).total_seconds())
