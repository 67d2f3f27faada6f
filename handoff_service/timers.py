"""What time alone changes: silent agents, silent customers, what was put off, requirements that fall away,
blocks and questions whose time is over.

All deadlines are in the database, so they survive a restart. The worker sleeps until the earliest of them
and is woken by every commit.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator

import structlog
from sqlalchemy.orm import Session

from handoff_service import routing_service
from handoff_service.agents import activity, line
from handoff_service.agents import repository as agents_repository
from handoff_service.agents import service as agents
from handoff_service.blocks import repository as blocks_repository
from handoff_service.blocks import service as blocks
from handoff_service.context import Context
from handoff_service.conversations import messages, ownership, repository
from handoff_service.models import Agent, Conversation
from handoff_service.ratings import repository as ratings_repository
from handoff_service.ratings import service as ratings
from handoff_service.settings import Settings
from handoff_service.unit import Unit
from handoff_service.waking import Waker

log = structlog.get_logger(__name__)

RETRY = 1.0
"""Seconds until a failed run is tried again, e.g. when the database was away."""


def run_due(unit: Unit) -> None:
    """Carry out everything that is due at `unit.now`."""
    for conversation in repository.held_by_agents(unit.session):
        if _due(conversation.snoozed_until, unit.now):
            ownership.wake(unit, conversation)
        elif _due(ownership.answer_due_at(conversation, unit.settings), unit.now):
            _lapse(unit, conversation)
        elif _due(_leaves_at(conversation, unit.settings), unit.now):
            ownership.resolve(unit, conversation, outcome="customer_left", note=None)
            messages.system_says(unit, conversation, "left_idle_resolved", perishable=False)
        elif _due(_idle_at(conversation, unit.settings), unit.now):
            _ask_whether_there(unit, conversation)
    for agent in agents_repository.online(unit.session):
        if _due(activity.silent_until(agent, unit.settings), unit.now):
            activity.idle(unit, agent, "silence")
        elif _due(line.lost_at(agent, unit.settings), unit.now):
            activity.idle(unit, agent, "line_lost")
    for agent in agents_repository.gone(unit.session):
        if _due(_given_up_at(agent, unit.settings), unit.now):
            agents.leave_to_others(unit, agent)
    blocks.end_what_is_over(unit)
    ratings.close_old(unit)
    routing_service.assign_waiting(unit)


def next_due(session: Session, settings: Settings, now: dt.datetime) -> dt.datetime | None:
    """When `run_due` may next have something to do; not before `now` is past what it just did."""
    return min(_moments(session, settings, now), default=None)


def _moments(session: Session, settings: Settings, now: dt.datetime) -> Iterator[dt.datetime]:
    for conversation in repository.held_by_agents(session):
        for moment in (
            conversation.snoozed_until,
            ownership.answer_due_at(conversation, settings),
            _idle_at(conversation, settings),
            _leaves_at(conversation, settings),
        ):
            if moment is not None:
                yield moment
    for agent in agents_repository.online(session):
        for moment in (activity.silent_until(agent, settings), line.lost_at(agent, settings)):
            if moment is not None:
                yield moment
    for agent in agents_repository.gone(session):
        if (moment := _given_up_at(agent, settings)) is not None:
            yield moment
    block_ends = blocks_repository.next_end(session)
    if block_ends is not None:
        yield block_ends
    asked = ratings_repository.first_asked(session)
    if asked is not None:
        yield asked + settings.rating_open_for
    relaxed = routing_service.next_moment(session, settings, now)
    if relaxed is not None:
        yield relaxed


def _is_live(conversation: Conversation) -> bool:
    """Whether somebody waits at this moment: not where it is put off, nor for a message that was left."""
    return conversation.status == "open" and conversation.kind == "live"


def _silent_since(conversation: Conversation) -> dt.datetime | None:
    """Since when nobody has said anything; None while the customer waits for an answer or it is put off."""
    if conversation.waiting_since is not None or not _is_live(conversation):
        return None
    said = (conversation.customer_wrote_at, conversation.agent_wrote_at, conversation.assigned_at)
    return max((moment for moment in said if moment is not None), default=None)


def _asked_at(conversation: Conversation, since: dt.datetime) -> dt.datetime | None:
    """When the customer, silent `since` then, was asked whether they are still there."""
    asked = conversation.reminded_at
    return asked if asked is not None and asked > since else None


def _idle_at(conversation: Conversation, settings: Settings) -> dt.datetime | None:
    since = _silent_since(conversation)
    if since is None or _asked_at(conversation, since) or conversation.channel in settings.scarce_channels:
        return None
    return since + settings.idle_after


def _leaves_at(conversation: Conversation, settings: Settings) -> dt.datetime | None:
    """Counted from the question, however late it came, so that there is always time to answer it."""
    since = _silent_since(conversation)
    if since is None:
        return None
    if conversation.channel in settings.scarce_channels:
        return since + settings.idle_after + settings.left_after
    asked = _asked_at(conversation, since)
    return asked + settings.left_after if asked else None


def _given_up_at(agent: Agent, settings: Settings) -> dt.datetime | None:
    """When the conversations of an agent who went offline without a word are no longer kept for them."""
    return agent.left_at + settings.requeue_after if agent.left_at else None


def _due(moment: dt.datetime | None, now: dt.datetime) -> bool:
    return moment is not None and moment <= now


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
        self._waker = Waker()
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
