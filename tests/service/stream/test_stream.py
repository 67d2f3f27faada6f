"""`GET /stream` on a real server: what arrives, in which order, and how it is resumed."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.models import StreamEvent
from handoff_service.settings import Settings
from handoff_service.stream import serving
from handoff_service.stream.hub import Pace
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.live import PATIENCE, listening, wait_until


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


def publish(context: Context, *versions: int) -> None:
    """Events that a supervisor sees."""
    for version in versions:
        with context.work() as unit:
            unit.publish("rules.updated", {"version": version})


def newest(context: Context) -> int:
    with context.database.reading() as session:
        return session.scalar(select(func.max(StreamEvent.number))) or 0


def test_a_stream_begins_with_the_number_to_resume_from(
    live_url: str, vera: AgentCaller, context: Context
) -> None:
    with listening(live_url, vera.headers) as stream:
        first = stream.frame()

        assert (first.id, first.event) == (newest(context), None)
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["cache-control"] == "no-store"


def test_events_arrive_numbered_and_in_the_order_of_their_commits(
    live_url: str, vera: AgentCaller, context: Context
) -> None:
    with listening(live_url, vera.headers) as stream:
        start = stream.frame().id
        publish(context, *range(1, 31))
        events = [stream.event() for _ in range(30)]

    assert start is not None
    assert [event.id for event in events] == list(range(start + 1, start + 31))
    assert [event.data["version"] for event in events] == list(range(1, 31))
    assert {event.event for event in events} == {"rules.updated"}


def test_who_resumes_misses_nothing_and_gets_nothing_twice(
    live_url: str, vera: AgentCaller, context: Context
) -> None:
    with listening(live_url, vera.headers) as stream:
        stream.frame()
        publish(context, 1)
        last = stream.event().id
    publish(context, 2, 3)

    with listening(live_url, vera.headers, after=last) as stream:
        missed = [stream.event().data["version"] for _ in range(2)]
        publish(context, 4)
        missed.append(stream.event().data["version"])

    assert missed == [2, 3, 4]


def test_a_page_may_also_resume_by_the_query(live_url: str, vera: AgentCaller, context: Context) -> None:
    last = newest(context)
    publish(context, 1)

    with (
        httpx.Client(trust_env=False) as client,
        client.stream("GET", f"{live_url}/api/v1/stream?after={last}", headers=vera.headers) as response,
    ):
        lines = response.iter_lines()
        assert next(line for line in lines if line.startswith("data:")).startswith('data: {"version":1')


@pytest.mark.parametrize("unknown", ["4711", "nonsense", "-1", "9" * 30, "", "٣"])
def test_an_unknown_number_asks_for_a_new_snapshot(
    live_url: str, vera: AgentCaller, context: Context, unknown: str
) -> None:
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False) as client,
        client.stream(
            "GET", f"{live_url}/api/v1/stream", params={"after": unknown}, headers=vera.headers
        ) as response,
    ):
        lines = response.iter_lines()
        assert [next(lines) for _ in range(4)] == [
            "retry: 1000",
            f"id: {newest(context)}",
            "event: reset",
            "data: {}",
        ]


class TestForgetting:
    def test_events_are_kept_for_a_day(
        self, live_app: FastAPI, vera: AgentCaller, context: Context, clock: Clock
    ) -> None:
        publish(context, 1)
        clock.advance(hours=23)
        publish(context, 2)
        last = newest(context)
        clock.advance(hours=2)

        live_app.state.stream.forget_old()

        with context.database.reading() as session:
            assert session.scalars(select(StreamEvent.number)).all() == [last]

    def test_a_number_that_is_too_old_asks_for_a_new_snapshot(
        self, live_url: str, live_app: FastAPI, as_agent: Agents, context: Context, clock: Clock
    ) -> None:
        publish(context, 1, 2)
        last = newest(context)
        clock.advance(hours=25)
        live_app.state.stream.forget_old()
        vera = as_agent("vera", role="supervisor", presence="offline")

        with listening(live_url, vera.headers, after=last - 1) as stream:
            assert stream.frame().event == "reset"
        with listening(live_url, vera.headers, after=last) as stream:
            assert stream.frame().event is None

    def test_forgetting_everything_does_not_start_the_numbers_anew(
        self, live_url: str, live_app: FastAPI, vera: AgentCaller, context: Context, clock: Clock
    ) -> None:
        publish(context, 1)
        last = newest(context)
        clock.advance(hours=9, minutes=59)
        with context.database.transaction() as session:
            session.query(StreamEvent).delete()

        with listening(live_url, vera.headers) as stream:
            assert stream.frame().id == last

    def test_far_too_much_to_replay_asks_for_a_new_snapshot(
        self, live_url: str, vera: AgentCaller, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(serving, "MAX_REPLAY", 3)
        last = newest(context)
        publish(context, 1, 2, 3, 4)

        with listening(live_url, vera.headers, after=last) as stream:
            assert stream.frame().event == "reset"
        with listening(live_url, vera.headers, after=last + 1) as stream:
            assert stream.event().data["version"] == 2


class TestPace:
    @pytest.fixture(autouse=True)
    def _quick(self, live_app: FastAPI) -> Iterator[None]:
        live_app.state.stream.pace = Pace(poll=0.05, heartbeat=0.05, recheck=0.05)
        return

    def test_a_silent_stream_shows_that_it_lives_and_where_it_is(
        self, live_url: str, as_agent: Agents, context: Context
    ) -> None:
        lin = as_agent("lin")
        with listening(live_url, lin.headers) as stream:
            publish(context, 1)  # not for agents, yet it moves the number
            last = newest(context)
            frame = stream.frame()
            while not (frame.comments and frame.id == last):
                frame = stream.frame()

        assert frame.comments == ["still here"]
        assert frame.event is None

    def test_what_another_replica_wrote_is_found(
        self, live_url: str, vera: AgentCaller, settings: Settings
    ) -> None:
        other = Database(settings.database)
        try:
            with listening(live_url, vera.headers) as stream:
                stream.frame()
                publish(Context(settings, other), 7)
                assert stream.event().data["version"] == 7
        finally:
            other.close()

    def test_a_stream_ends_with_its_token(self, live_url: str, as_agent: Agents, clock: Clock) -> None:
        lin = as_agent("lin")
        with listening(live_url, lin.headers) as stream:
            stream.frame()
            clock.advance(hours=10)
            stream.rest()  # comes to an end


def test_a_stream_ends_when_its_agent_is_deactivated(
    live_url: str, as_agent: Agents, vera: AgentCaller
) -> None:
    lin = as_agent("lin")
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        assert vera.patch(f"/agents/{lin.id}", json={"active": False}).status_code == 200

        assert [frame.data["agent"]["active"] for frame in stream.rest()] == [False]


def test_a_stream_ends_when_its_agents_role_changes(
    live_url: str, as_agent: Agents, context: Context
) -> None:
    ada, lin = as_agent("ada", role="admin"), as_agent("lin")
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        ada.patch(f"/agents/{lin.id}", json={"role": "supervisor"})
        stream.rest()

    with listening(live_url, lin.headers) as stream:
        stream.frame()
        publish(context, 1)
        assert stream.event().event == "rules.updated"


def test_a_stream_needs_a_log_in(live_url: str) -> None:
    with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
        answer = client.get(f"{live_url}/api/v1/stream")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_who_has_left_is_forgotten(live_url: str, live_app: FastAPI, vera: AgentCaller) -> None:
    with listening(live_url, vera.headers) as stream:
        stream.frame()
        assert len(live_app.state.stream._listeners) == 1

    wait_until(lambda: not live_app.state.stream._listeners)


def test_an_event_that_is_rolled_back_was_never_there(
    live_url: str, vera: AgentCaller, context: Context
) -> None:
    with listening(live_url, vera.headers) as stream:
        start = stream.frame().id
        with pytest.raises(RuntimeError), context.work() as unit:
            unit.publish("rules.updated", {"version": 1})
            raise RuntimeError
        publish(context, 2)
        event = stream.event()

    assert start is not None
    assert (event.id, event.data["version"]) == (start + 1, 2)
