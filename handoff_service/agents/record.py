"""What each change of an agent leaves: a duty entry, an audit entry and a stream event."""

from typing import Any

from handoff_service.agents.schemas import AgentOut
from handoff_service.models import Agent, DutyEntry
from handoff_service.unit import Unit


def record(unit: Unit, agent: Agent, action: str, **details: Any) -> None:
    record_duty(unit, agent)
    unit.audit(action, agent_id=agent.id, **details)
    unit.publish("agent.updated", {"agent": AgentOut.of(agent).model_dump(mode="json")})


def record_duty(unit: Unit, agent: Agent) -> None:
    """Keep what the agent is to the desk from now on; backtests look it up."""
    unit.session.add(
        DutyEntry(
            number=unit.next_number("duty"),
            agent_id=agent.id,
            at=unit.now,
            role=agent.role,
            skills=agent.skills,
            capacity=agent.capacity,
            presence=agent.presence,
            active=agent.active,
        )
    )
