"""Whose desk is closed in every tab is away after two minutes, and back with the next thing they do."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from handoff_service.app import create_app
from handoff_service.auth.passwords import Passwords
from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.models import Agent
from handoff_service.settings import Settings
from handoff_service.stream.hub import Pace
from handoff_service.timers import TimerWorker
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.desk import Desk
from tests.service.live import listening, running, wait_until

QUICK = Pace(poll=0.05, heartbeat=0.05, recheck=0.05)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def worker(context: Context) -> TimerWorker:
    worker = TimerWorker(context)
    worker.step()
    return worker


@pytest.fixture(autouse=True)
def _quick(live_app: FastAPI) -> None:
    live_app.state.stream.pace = QUICK


@pytest.fixture
def replica(settings: Settings, clock: Clock, passwords: Passwords) -> Iterator[str]:
    """A second service on the same database."""
    database = Database(settings.database)
    app = create_app(settings, database=database, clock=clock, workers=False, passwords=passwords)
    app.state.stream.pace = QUICK
    with running(app) as url:
        yield url
    database.close()


def presence(context: Context, caller: AgentCaller) -> str:
    with context.database.reading() as session:
        return session.get_one(Agent, caller.id).presence


def is_noted(context: Context, clock: Clock, caller: AgentCaller) -> None:
    """Wait until it is, now."""

    def noted() -> bool:
        with context.database.reading() as session:
            return session.get_one(Agent, caller.id).line_at == clock()

    wait_until(noted)


def closed(app: FastAPI) -> None:
    wait_until(lambda: not app.state.stream._listeners)


def has_had_a_stream(context: Context, clock: Clock, caller: AgentCaller, app: FastAPI, url: str) -> None:
    with listening(url, caller.headers):
        is_noted(context, clock, caller)
    closed(app)


def test_a_closed_desk_makes_an_agent_away_and_doing_something_brings_them_back(
    context: Context, clock: Clock, lin: AgentCaller, worker: TimerWorker, live_app: FastAPI, live_url: str
) -> None:
    desk = Desk(context)
    desk.asks("s")
    lin.post(f"/conversations/{desk.conversation('s').id}/messages", json={"text": "hello", "client_id": "1"})
    with listening(live_url, lin.headers):
        for _ in range(5):
            clock.advance(minutes=1)
            is_noted(context, clock, lin)
            worker.step()
        assert presence(context, lin) == "online", "as long as it is open"
    closed(live_app)
    clock.advance(seconds=119)
    worker.step()
    assert presence(context, lin) == "online", "a lost network comes back"
    clock.advance(seconds=1)
    worker.step()

    assert presence(context, lin) == "away"
    assert lin.get("/me").json()["idled_at"] == "2026-03-02T09:07:00Z"
    assert desk.conversation("s").assignee_id == lin.id
    lin.post("/me/activity")
    assert presence(context, lin) == "online"


def test_one_tab_is_enough_at_whatever_replica(
    context: Context,
    clock: Clock,
    lin: AgentCaller,
    worker: TimerWorker,
    live_app: FastAPI,
    live_url: str,
    replica: str,
) -> None:
    with listening(replica, lin.headers):
        has_had_a_stream(context, clock, lin, live_app, live_url)
        for _ in range(3):
            clock.advance(minutes=1)
            is_noted(context, clock, lin)
            worker.step()

        assert presence(context, lin) == "online"


def test_after_a_restart_there_is_time_to_come_back(
    settings: Settings, context: Context, clock: Clock, lin: AgentCaller, live_app: FastAPI, live_url: str
) -> None:
    has_had_a_stream(context, clock, lin, live_app, live_url)
    clock.advance(minutes=5)  # nobody is running
    anew = Context(settings, Database(settings.database), clock)
    worker = TimerWorker(anew)
    worker.step()
    assert presence(context, lin) == "online"
    clock.advance(minutes=2)
    worker.step()
    anew.database.close()

    assert presence(context, lin) == "away"


def test_who_works_through_the_api_alone_is_not_missed(
    context: Context, clock: Clock, lin: AgentCaller, worker: TimerWorker, live_app: FastAPI, live_url: str
) -> None:
    def is_there(minutes: float) -> bool:
        worker.step()
        clock.advance(minutes=minutes)
        worker.step()
        return presence(context, lin) == "online"

    assert is_there(10), "without a stream at any time"
    lin.post("/me/activity")
    has_had_a_stream(context, clock, lin, live_app, live_url)
    for _ in range(3):
        assert is_there(1.5)
        lin.post("/me/activity")  # doing something is enough
    lin.put("/me/presence", json={"status": "offline"})
    clock.advance(hours=1)
    lin.put("/me/presence", json={"status": "online"})
    assert is_there(10), "an earlier stream does not count"
