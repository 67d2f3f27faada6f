"""Supervisors keep the calendar; from then on it holds instead of the settings."""

from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import Turn
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.desk import Desk

OFFICE = {"opens": "09:00", "closes": "18:00"}
WEEK = [[OFFICE]] * 5 + [[], []]


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"business_hours": "Mon-Fri 08:00-12:00 13:00-17:00", "time_zone": "Asia/Shanghai"}


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor")


def given(revision: int = 0, **changed: Any) -> dict[str, Any]:
    return {"revision": revision, "time_zone": "Europe/Berlin", "weekly": WEEK, "exceptions": [], **changed}


def test_at_first_the_settings_hold(vera: AgentCaller) -> None:
    hours = vera.get("/business-hours").json()

    assert (hours["source"], hours["revision"], hours["time_zone"]) == ("settings", 0, "Asia/Shanghai")
    assert hours["weekly"][0] == [
        {"opens": "08:00", "closes": "12:00"},
        {"opens": "13:00", "closes": "17:00"},
    ]
    assert hours["weekly"][6] == []
    assert hours["open_now"] is False  # 17:00 in Shanghai
    assert hours["next_opening"] == "2026-03-03T08:00:00+08:00"


def test_what_was_set_is_what_holds(vera: AgentCaller, clock: Clock) -> None:
    holiday = {"date": "2026-03-02", "name": "Brauchtum", "spans": [{"opens": "19:00", "closes": "02:00"}]}
    answer = vera.put("/business-hours", json=given(exceptions=[holiday]))

    assert answer.status_code == 200
    assert answer.json() == vera.get("/business-hours").json()
    assert (answer.json()["source"], answer.json()["revision"]) == ("stored", 1)
    assert answer.json()["exceptions"] == [holiday]
    assert answer.json()["open_now"] is False  # 10:00 in Berlin, on the holiday
    clock.advance(hours=9, minutes=30)
    assert vera.get("/business-hours").json()["open_now"] is True


def test_turns_are_decided_by_them(vera: AgentCaller, context: Context) -> None:
    desk = Desk(context)
    facts = []
    for revision, zone in enumerate(("Asia/Shanghai", "America/New_York")):
        assert vera.put("/business-hours", json=given(revision, time_zone=zone)).status_code == 200
        desk.turn("s")
        with context.database.reading() as session:
            newest = session.scalars(select(Turn).order_by(Turn.seq.desc())).first()
            assert newest is not None
            facts.append(newest.facts["business_hours"])

    assert facts == [True, False]


def test_of_two_who_change_it_the_second_is_told(vera: AgentCaller) -> None:
    assert vera.put("/business-hours", json=given()).status_code == 200

    refused = vera.put("/business-hours", json=given(weekly=None))

    assert refused.status_code == 409
    assert vera.get("/business-hours").json()["weekly"] is not None
    assert vera.put("/business-hours", json=given(1, weekly=None)).json()["weekly"] is None


def test_agents_look_and_do_not_change(as_agent: Agents) -> None:
    lin = as_agent("lin")

    assert lin.get("/business-hours").status_code == 200
    assert lin.put("/business-hours", json=given()).status_code == 404


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"time_zone": "Mars/Olympus"}, "time zone"),
        ({"weekly": [[]] * 7}, "one day at least"),
        ({"weekly": WEEK[:6]}, "7 items"),
        ({"weekly": [[OFFICE, {"opens": "17:00", "closes": "19:00"}], *WEEK[1:]]}, "overlap"),
        ({"weekly": [[{"opens": "24:00", "closes": "08:00"}], *WEEK[1:]]}, "before 24:00"),
        ({"weekly": [[{"opens": "9:00", "closes": "18:00"}], *WEEK[1:]]}, "pattern"),
        ({"exceptions": [{"date": "2026-02-30"}]}, "date"),
        ({"exceptions": [{"date": "2026-10-01"}, {"date": "2026-10-01"}]}, "twice"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_changes(
    changed: dict[str, Any], told: str, vera: AgentCaller
) -> None:
    refused = vera.put("/business-hours", json=given(**changed))

    assert refused.status_code == 422
    assert told in refused.text
    assert vera.get("/business-hours").json()["source"] == "settings"


def test_a_customer_who_finds_nobody_hears_when_the_desk_opens(context: Context) -> None:
    answer = Desk(context).asks("s")

    assert "tomorrow at 08:00" in answer["handoff"]["notice"]
