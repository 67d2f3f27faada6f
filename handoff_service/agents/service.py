"""What may happen to an agent: each change is a row, a duty entry, an audit entry and a stream event in one
unit."""

from typing import Any

from sqlalchemy.orm import Session

from handoff_service.agents import repository
from handoff_service.agents.activity import become
from handoff_service.agents.record import record
from handoff_service.agents.schemas import (
    AgentChange,
    AgentIn,
    ColleagueOut,
    GiveTo,
    Parting,
    Presence,
)
from handoff_service.auth.dependencies import Principal
from handoff_service.auth.service import normal_email
from handoff_service.conversations.ownership import requeue, transfer
from handoff_service.conversations.repository import loads
from handoff_service.errors import Conflict, Forbidden, NotFound
from handoff_service.handoffs.service import tell_of_transfer
from handoff_service.models import Agent, Conversation
from handoff_service.routing_service import assign_waiting
from handoff_service.unit import Unit


class EmailTaken(Conflict):
    title = "Somebody already logs in with this e-mail"


def colleagues(session: Session, agent_id: str) -> list[ColleagueOut]:
    load_of = loads(session)
    return [
        ColleagueOut.of(agent, load=load_of.get(agent.id, 0))
        for agent in repository.colleagues_of(session, agent_id)
    ]


def create(unit: Unit, given: AgentIn, password_hash: str | None, *, by: Principal | None = None) -> Agent:
    """`by` is None for the operator at the command line, who may make anybody. Without `password_hash` the
    agent cannot log in before an invitation is accepted."""
    if by is not None and by.role != "admin" and given.role != "agent":
        raise Forbidden("Only an admin makes supervisors and admins.")
    email = normal_email(given.email)
    if repository.by_email(unit.session, email) is not None:
        raise EmailTaken()
    agent = Agent(
        email=email,
        name=given.name,
        password_hash=password_hash or "",
        role=given.role,
        skills=given.skills,
        capacity=given.capacity,
        presence="offline",
        idle_since=unit.now,
        lapses=0,
        active=True,
    )
    unit.session.add(agent)
    unit.session.flush()
    record(unit, agent, "agent.create", role=agent.role, skills=agent.skills, capacity=agent.capacity)
    return agent


def set_presence(
    unit: Unit, agent_id: str, presence: Presence, conversations: Parting | None = None
) -> Agent:
    """Coming online is a fresh start: lapses are forgotten, and waiting customers are assigned at once.

    `conversations`: what becomes of the open ones of an agent who leaves. Without it, who went offline has
    until `requeue_after` to be back.
    """
    agent = _get(unit, agent_id)
    if agent.presence != presence or agent.idled_at is not None:
        before = agent.presence
        become(unit, agent, presence)
        if presence == "online":
            agent.lapses = 0
        agent.left_at = unit.now if presence == "offline" else None
        record(unit, agent, "agent.presence", before=before, presence=presence)
    if conversations is not None:
        agent.left_at = None
        _part(unit, agent, conversations)
    if presence == "online" or conversations is not None:
        assign_waiting(unit)
    return agent


def leave_to_others(unit: Unit, agent: Agent) -> None:
    """The agent went offline and is not back in time: what they held open goes back to the queue, and
    messages that nobody has answered to where others can pick them up."""
    agent.left_at = None
    _requeue_open(unit, agent, "agent_offline")


def _part(unit: Unit, agent: Agent, conversations: Parting | None) -> None:
    if conversations == "requeue":
        _requeue_open(unit, agent, "agent_left")
    elif isinstance(conversations, GiveTo):
        colleague = _get(unit, conversations.give_to)
        for conversation in _open_ones(unit, agent):
            transfer(unit, conversation, colleague)
            tell_of_transfer(unit, conversation)


def _requeue_open(unit: Unit, agent: Agent, reason: str) -> None:
    for conversation in _open_ones(unit, agent):
        requeue(unit, conversation, reason=reason)


def _open_ones(unit: Unit, agent: Agent) -> list[Conversation]:
    """What is put off is left out: it wakes at its time, with the agent or for the queue. So are messages
    that were left and are answered: nobody waits for anything."""
    held = [each for each in repository.held_by(unit.session, agent.id) if each.status == "open"]
    return [each for each in held if each.kind == "live" or each.due_at is not None]


def lapsed(unit: Unit, agent_id: str) -> None:
    """The agent let a customer wait too long; after some times running they are away."""
    agent = _get(unit, agent_id)
    agent.lapses += 1
    if agent.lapses >= unit.settings.lapses_until_away and agent.presence == "online":
        become(unit, agent, "away")
        record(unit, agent, "agent.away", reason="lapses", lapses=agent.lapses)


def change(
    unit: Unit, agent_id: str, given: AgentChange, password_hash: str | None, *, by: Principal
) -> Agent:
    """Apply what is given. Who is deactivated leaves their conversations to the others at once, unless it is
    said that they are kept (until the customer waits too long, or they wake) or given to a colleague.

    `password_hash` is that of `given.password`, made outside of the transaction.
    """
    agent = _get(unit, agent_id)
    allow(by, agent, given)
    changed: dict[str, Any] = {}
    for field in ("name", "skills", "capacity", "role", "active"):
        value = getattr(given, field)
        if value is not None and value != getattr(agent, field):
            setattr(agent, field, value)
            changed[field] = value
    if password_hash is not None:
        agent.password_hash = password_hash
        changed["new_password"] = True
    gone = "active" in changed and not agent.active
    if gone:
        become(unit, agent, "offline")
        agent.left_at = None
    if changed:
        record(unit, agent, "agent.change", **changed)
    if gone and given.conversations not in (None, "requeue"):
        _part(unit, agent, given.conversations)
    elif gone:
        for conversation in repository.held_by(unit.session, agent.id):
            requeue(unit, conversation, reason="agent_deactivated")
    if gone or changed.keys() & {"skills", "capacity"}:
        assign_waiting(unit)
    return agent


def allow(by: Principal, agent: Agent, given: AgentChange) -> None:
    """Supervisors manage agents and themselves; nobody can lock themselves out or promote themselves."""
    if by.role != "admin":
        if agent.role != "agent" and agent.id != by.id:
            raise Forbidden("Only an admin changes supervisors and admins.")
        if given.role is not None and given.role != agent.role:
            raise Forbidden("Only an admin changes roles.")
    if agent.id == by.id:
        if given.active is False:
            raise Conflict("You cannot deactivate yourself.")
        if given.role is not None and given.role != agent.role:
            raise Conflict("You cannot change your own role.")


def set_password(unit: Unit, agent: Agent, password_hash: str) -> None:
    """Ends the agent's sessions."""
    agent.password_hash = password_hash
    record(unit, agent, "agent.change", new_password=True)


def _get(unit: Unit, agent_id: str) -> Agent:
    agent = repository.get(unit.session, agent_id)
    if agent is None:
        raise NotFound("No such agent.")
    return agent
