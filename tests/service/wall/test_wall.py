"""`GET /wall`: how the desk stands."""

from typing import Any

import pytest

from handoff_service.context import Context
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"token_lifetime": 86400}  # the days of these tests are long


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"], capacity=1)


def wall(caller: AgentCaller) -> dict[str, Any]:
    answer = caller.get("/wall")
    assert answer.status_code == 200
    shown: dict[str, Any] = answer.json()
    return shown


def says(caller: AgentCaller, desk: Desk, sender_id: str) -> None:
    path = f"/conversations/{desk.conversation(sender_id).id}/messages"
    assert caller.post(path, json={"text": "hello", "client_id": sender_id}).is_success


NOTHING = {"in_time": 0, "counted": 0}


def test_an_empty_desk(vera: AgentCaller) -> None:
    assert wall(vera) == {
        "at": "2026-03-02T09:00:00Z",
        "answer_target_seconds": 60,
        "total": {
            "waiting": 0,
            "longest_wait_since": None,
            "online": 0,
            "away": 0,
            "load": 0,
            "capacity": 0,
            "handled": 0,
            "snoozed": 0,
            "last_hour": NOTHING,
            "today": NOTHING,
        },
        "teams": [],
        "agents": [],
        "hours": [{"at": f"2026-03-02T{hour:02}:00:00Z", "handoffs": 0} for hour in range(10)],
    }


def test_who_waits_who_is_there_and_how_fast_it_went(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, as_agent: Agents, clock: Clock
) -> None:
    sam = as_agent("sam", skills=["en"], presence="away")
    as_agent("gone", presence="offline")
    desk.asks("fast")
    clock.advance(seconds=60)
    says(lin, desk, "fast")
    desk.asks("waiting")
    clock.advance(minutes=2)
    desk.asks("later")

    seen = wall(vera)

    total = seen["total"]
    assert (total["waiting"], total["longest_wait_since"]) == (2, "2026-03-02T09:01:00Z")
    assert (total["online"], total["away"], total["load"], total["capacity"]) == (1, 1, 1, 1)
    assert (total["handled"], total["snoozed"]) == (1, 0)
    assert total["last_hour"] == total["today"] == {"in_time": 1, "counted": 2}, "the third is still in time"
    assert seen["hours"][-1] == {"at": "2026-03-02T09:00:00Z", "handoffs": 3}
    assert [(each["name"], each["presence"], each["load"]) for each in seen["agents"]] == [
        ("Lin", "online", 1),
        ("Sam", "away", 0),
    ]
    assert seen["agents"][1]["since"] == "2026-03-02T09:00:00Z"
    assert seen["agents"][1]["id"] == sam.id


def test_an_hour_later_the_last_hour_is_another_and_the_day_is_the_same(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, clock: Clock
) -> None:
    desk.asks("s")
    says(lin, desk, "s")
    clock.advance(hours=1, seconds=1)

    total = wall(vera)["total"]

    assert (total["last_hour"], total["today"]) == (NOTHING, {"in_time": 1, "counted": 1})
    clock.advance(hours=14)
    assert wall(vera)["total"]["today"] == NOTHING, "the next day"


def test_notes_and_what_agents_took_up_by_themselves_are_no_answers_to_anybody(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, clock: Clock
) -> None:
    desk.turn("taken")
    lin.post(f"/conversations/{desk.conversation('taken').id}/claim")
    says(lin, desk, "taken")
    desk.asks("noted")
    held = desk.conversation("noted").id
    lin.post(f"/conversations/{held}/notes", json={"text": "hm", "client_id": "n"})
    clock.advance(seconds=61)

    seen = wall(vera)

    assert seen["total"]["last_hour"] == {"in_time": 0, "counted": 1}
    assert seen["hours"][-1]["handoffs"] == 1


def test_team_by_team_and_what_is_no_teams(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, as_agent: Agents, clock: Clock
) -> None:
    as_agent("sam", skills=["zh"])
    given = {"name": "English", "skills": ["en"], "member_ids": [lin.id]}
    team = vera.post("/teams", json=given).json()
    desk.asks("s")
    says(lin, desk, "s")
    until = clock().replace(hour=15).isoformat()
    assert lin.post(f"/conversations/{desk.conversation('s').id}/snooze", json={"until": until}).is_success
    desk.asks("t")
    desk.asks("waits")

    english, none = wall(vera)["teams"]

    assert english["team"] == {"id": team["id"], "name": "English"}
    assert (english["waiting"], english["handled"], english["snoozed"]) == (1, 1, 1)
    assert (english["online"], english["capacity"]) == (1, 1)
    assert english["today"] == {"in_time": 1, "counted": 1}
    assert (none["team"], none["waiting"], none["online"], none["today"]) == (None, 0, 1, NOTHING)
    assert wall(vera)["total"]["online"] == 2


def test_agents_have_no_wall(lin: AgentCaller) -> None:
    assert lin.get("/wall").status_code == 404
