"""`POST /conversations/{id}/typing`: of the moment, on the stream alone."""

import httpx
import pytest
from sqlalchemy import func, select

from handoff_service.context import Context
from handoff_service.models import StreamEvent
from tests.service.callers import API, AgentCaller, Agents, Clock
from tests.service.desk import Desk
from tests.service.live import PATIENCE, Stream, listening


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


@pytest.fixture
def held(context: Context, lin: AgentCaller) -> str:
    desk = Desk(context)
    desk.asks("s")
    return desk.conversation("s").id


def types(live_url: str, caller: AgentCaller, conversation_id: str) -> int:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        url = f"{live_url}{API}/conversations/{conversation_id}/typing"
        return client.post(url, headers=caller.headers).status_code


def marker(context: Context, stream: Stream) -> list[str | None]:
    """What has come until an event published now."""
    with context.work() as unit:
        unit.publish("rules.updated", {"version": 1})
    kinds: list[str | None] = []
    while not kinds or kinds[-1] != "rules.updated":
        kinds.append(stream.event().event)
    return kinds[:-1]


def test_others_who_see_the_conversation_are_told_who_types(
    live_url: str, lin: AgentCaller, vera: AgentCaller, held: str
) -> None:
    with listening(live_url, vera.headers) as stream:
        stream.frame()
        assert types(live_url, lin, held) == 204
        event = stream.event()

    assert (event.id, event.event) == (None, "conversation.typing"), "nothing to resume from"
    assert event.data == {"conversation_id": held, "agent": {"id": lin.id, "name": "Lin"}}


def test_it_is_told_once_in_three_seconds_and_kept_nowhere(
    live_url: str, lin: AgentCaller, vera: AgentCaller, held: str, context: Context, clock: Clock
) -> None:
    def kept() -> int:
        with context.database.reading() as session:
            return session.scalar(select(func.count()).select_from(StreamEvent)) or 0

    before = kept()
    with listening(live_url, vera.headers) as stream:
        stream.frame()
        assert [types(live_url, lin, held) for _ in range(3)] == [204] * 3
        clock.advance(seconds=3)
        types(live_url, lin, held)
        assert kept() == before
        assert marker(context, stream) == ["conversation.typing"] * 2


def test_the_writer_and_those_who_do_not_see_it_are_told_nothing(
    live_url: str, lin: AgentCaller, vera: AgentCaller, held: str, as_agent: Agents, context: Context
) -> None:
    sam = as_agent("sam", presence="away")
    with listening(live_url, lin.headers) as own, listening(live_url, sam.headers) as other:
        own.frame(), other.frame()
        types(live_url, lin, held)
        with context.work("agent:x") as unit:
            unit.publish("agent.updated", {"agent": {"id": lin.id}})
            unit.publish("agent.updated", {"agent": {"id": sam.id}})
        assert own.event().event == "agent.updated"
        assert other.event().event == "agent.updated"


def test_only_who_holds_it_types_in_it(lin: AgentCaller, vera: AgentCaller, held: str) -> None:
    assert vera.post(f"/conversations/{held}/typing").status_code == 409
    assert lin.post("/conversations/nothing/typing").status_code == 404
