"""Who does something is there; who does nothing for long is away, until they do something again."""

import datetime as dt

from handoff_service.agents import repository
from handoff_service.agents.record import record
from handoff_service.models import Agent
from handoff_service.routing_service import assign_waiting
from handoff_service.unit import Unit

NOTED_EVERY = dt.timedelta(minutes=1)
"""Silence is counted in minutes: writing down more often would cost writes and tell nothing."""


def acted(unit: Unit) -> None:
    """The actor of this unit has done something. Who was away for silence alone is back by that."""
    kind, _, agent_id = unit.actor.partition(":")
    agent = repository.get(unit.session, agent_id) if kind == "agent" else None
    if agent is None or agent.presence == "offline":
        return
    if agent.active_at is None or unit.now - agent.active_at >= NOTED_EVERY:
        agent.active_at = unit.now
    if agent.idled_at is not None:
        become(unit, agent, "online")
        record(unit, agent, "agent.back", silent_since=None)
        assign_waiting(unit)


def become(unit: Unit, agent: Agent, presence: str, *, idle: bool = False) -> None:
    """The bare change of presence and what goes with it in the row."""
    agent.presence = presence
    agent.presence_since = unit.now
    agent.idled_at = unit.now if idle else None
    if presence == "online":
        agent.idle_since = agent.active_at = unit.now
        if agent.line_at is not None and agent.line_at + unit.settings.line_lost_after <= unit.now:
            agent.line_at = None  # whoever comes online without a stream is not missed for having none


def idle(unit: Unit, agent: Agent, reason: str) -> None:
    """Nothing was heard of them for long (`silence`), or their desk is closed (`line_lost`). What they hold
    stays, as with everybody who is away."""
    become(unit, agent, "away", idle=True)
    record(unit, agent, "agent.away", reason=reason)
