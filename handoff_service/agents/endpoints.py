"""`/me` and `/colleagues` for everybody who is signed in, `/agents` for supervisors."""

from fastapi import APIRouter

from handoff_service.agents import repository, service
from handoff_service.agents.schemas import AgentChange, AgentIn, AgentOut, ColleagueOut, PresenceIn
from handoff_service.auth.dependencies import (
    CorrelationId,
    InContext,
    SignedIn,
    Supervising,
    WithPasswords,
)
from handoff_service.errors import NotAuthenticated, NotFound
from handoff_service.paging import Cursor, Limit, decode_cursor, encode_cursor
from handoff_service.schemas import Page

router = APIRouter(tags=["agents"])


@router.get("/me")
def me(who: SignedIn, context: InContext) -> AgentOut:
    with context.database.reading() as session:
        agent = repository.get(session, who.id)
        if agent is None:
            raise NotAuthenticated()
        return AgentOut.of(agent)


@router.put("/me/presence")
def set_presence(
    given: PresenceIn, who: SignedIn, context: InContext, correlation_id: CorrelationId
) -> AgentOut:
    """Coming online assigns waiting conversations at once.

    Who goes away or offline may say what becomes of their open conversations: `keep`, `requeue`, or
    `{"give_to": agent_id}` (409, and nothing changes, when the colleague cannot take them all). Offline
    without a word, they go back to the queue after some minutes. What is put off stays with you.
    """
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return AgentOut.of(service.set_presence(unit, who.id, given.status, given.conversations))


@router.post("/me/activity", status_code=204)
def say_active(who: SignedIn, context: InContext, correlation_id: CorrelationId) -> None:
    """Say that you are at the desk, once a minute at most, where you read and do nothing else that the
    service would notice. Who was set to away for silence is online again by it."""
    with context.work(f"agent:{who.id}", correlation_id):
        pass


@router.get("/colleagues")
def list_colleagues(who: SignedIn, context: InContext) -> list[ColleagueOut]:
    """The other active agents, by name: whom, and for which skill, a conversation can be passed on."""
    with context.database.reading() as session:
        return service.colleagues(session, who.id)


@router.get("/agents")
def list_agents(
    _who: Supervising, context: InContext, cursor: Cursor = None, limit: Limit = 50
) -> Page[AgentOut]:
    """By name."""
    place = decode_cursor(cursor, str, str)
    with context.database.reading() as session:
        found = repository.page(session, (str(place[0]), str(place[1])) if place else None, limit + 1)
        more = len(found) > limit
        agents = found[:limit]
        return Page(
            items=[AgentOut.of(agent) for agent in agents],
            next_cursor=encode_cursor(agents[-1].name, agents[-1].id) if more else None,
        )


@router.post("/agents", status_code=201)
def create_agent(
    given: AgentIn,
    who: Supervising,
    context: InContext,
    passwords: WithPasswords,
    correlation_id: CorrelationId,
) -> AgentOut:
    """Without a password, `POST /agents/{id}/invitation` gives the link with which they set it."""
    password_hash = passwords.hash(given.password) if given.password is not None else None
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return AgentOut.of(service.create(unit, given, password_hash, by=who))


@router.get("/agents/{agent_id}")
def get_agent(agent_id: str, _who: Supervising, context: InContext) -> AgentOut:
    with context.database.reading() as session:
        agent = repository.get(session, agent_id)
        if agent is None:
            raise NotFound("No such agent.")
        return AgentOut.of(agent)


@router.patch("/agents/{agent_id}")
def change_agent(
    agent_id: str,
    given: AgentChange,
    who: Supervising,
    context: InContext,
    passwords: WithPasswords,
    correlation_id: CorrelationId,
) -> AgentOut:
    """Only what is given changes. A new password ends the agent's sessions."""
    password_hash = passwords.hash(given.password) if given.password is not None else None
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return AgentOut.of(service.change(unit, agent_id, given, password_hash, by=who))
