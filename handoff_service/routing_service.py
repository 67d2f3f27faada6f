"""The shell around `routing/`: loads who waits and who could help, and carries out what is decided.

Called in the very transaction that changed something (a handoff, a freed agent, somebody online) and by
the timer when time itself changes the outcome; never on a polling period.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from handoff_service.conversations import ownership, repository
from handoff_service.decision.priority import Priority
from handoff_service.models import Agent, Conversation
from handoff_service.routing import queue
from handoff_service.routing.assign import assign
from handoff_service.routing.model import AgentState, Policy, Waiting, is_membership, membership
from handoff_service.settings import Settings
from handoff_service.unit import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue, from 1; `wait_seconds` is None when nobody online could serve."""

    position: int
    wait_seconds: int | None


def assign_waiting(unit: Unit, *, quietly: str | None = None) -> dict[str, Agent]:
    """Give waiting conversations to agents; returns who got which (by conversation id).

    Each customer is told who has joined, except in the conversation `quietly`, whose caller tells it.
    """
    unit.session.flush()
    if not repository.anybody_free(unit.session):
        return {}
    given: dict[str, Agent] = {}
    for assignment in assign(
        _waiting(unit.session, unit.settings), _states(unit.session), _policy(unit.settings), unit.now
    ):
        conversation = unit.session.get_one(Conversation, assignment.conversation_id)
        agent = unit.session.get_one(Agent, assignment.agent_id)
        ownership.assign(
            unit,
            conversation,
            agent,
            relaxed=[_told(skill) for skill in assignment.relaxed],
            explanation=_explained(assignment.explanation),
        )
        given[conversation.id] = agent
        if conversation.id != quietly:
            ownership.announce(unit, conversation, agent, "assigned_from_queue")
    return given


def places(session: Session, settings: Settings, now: dt.datetime, of: Collection[str]) -> dict[str, Place]:
    """The place in the queue of each conversation of those ids that waits."""
    found = queue.places(
        _waiting(session, settings), _states(session), _policy(settings), now, settings.mean_handling, of
    )
    return {
        conversation_id: Place(position, None if wait is None else int(wait.total_seconds()))
        for conversation_id, (position, wait) in found.items()
    }


def next_moment(session: Session, settings: Settings, now: dt.datetime) -> dt.datetime | None:
    """When time alone may next change who is assigned."""
    if not repository.anybody_free(session):
        return None
    return queue.next_change(_waiting(session, settings), _states(session), _policy(settings), now)


def _told(skill: str) -> str:
    """The word for what fell away."""
    return "team" if is_membership(skill) else skill


def _explained(explanation: Mapping[str, object]) -> dict[str, object]:
    lacking = explanation["lacking"]
    assert isinstance(lacking, dict)  # as `assign` documents it
    return {**explanation, "lacking": {_told(skill): why for skill, why in lacking.items()}}


def _policy(settings: Settings) -> Policy:
    return Policy(relax_after=settings.relax_after, age_step=settings.age_step)


def _waiting(session: Session, settings: Settings) -> list[Waiting]:
    lapsed = repository.lapsed_agents(session)
    return [
        Waiting(
            conversation_id=c.id,
            queued_at=c.queued_at,
            priority=Priority(c.priority),
            required=(*((membership(c.team_id),) if c.team_id else ()), *c.skills_required),
            preferred=tuple(c.skills_preferred),
            strict=frozenset(c.skills_strict),
            language=c.language,
            last_agent_id=c.last_agent_id,
            lapsed_agent_ids=frozenset(lapsed.get(c.handoff_id or "", ())),
            passed_on_by=tuple(c.passed_on_by or ()),
        )
        for c in repository.queued(session, settings.outside_channels)
    ]


def _states(session: Session) -> list[AgentState]:
    loads = repository.loads(session)
    return [
        AgentState(
            id=agent.id,
            skills=frozenset([*agent.skills, *([membership(agent.team_id)] if agent.team_id else [])]),
            capacity=agent.capacity,
            load=loads.get(agent.id, 0),
            online=agent.presence == "online",
            idle_since=agent.idle_since,
        )
        for agent in repository.candidates(session)
    ]
