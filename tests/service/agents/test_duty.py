"""What an agent was to the desk is kept at every change, in the transaction that makes it."""

import datetime as dt

import pytest
from sqlalchemy import inspect, select

from handoff_service import demo
from handoff_service.agents.service import set_presence
from handoff_service.auth.passwords import Passwords
from handoff_service.context import Context
from handoff_service.models import Agent, DutyEntry
from handoff_service.timers import run_due
from tests.service.callers import PASSWORD, Agents, Clock
from tests.service.desk import Desk

KEPT = ("role", "skills", "capacity", "presence", "active")


def entries(context: Context, agent_id: str) -> list[DutyEntry]:
    with context.database.reading() as session:
        found = select(DutyEntry).where(DutyEntry.agent_id == agent_id).order_by(DutyEntry.number)
        return list(session.scalars(found))


def last_entries_equal_the_agents(context: Context) -> bool:
    with context.database.reading() as session:
        kept = session.scalars(select(DutyEntry).order_by(DutyEntry.number))
        last = {entry.agent_id: entry for entry in kept}
        agents = session.scalars(select(Agent)).all()
        return bool(agents) and all(
            getattr(last[agent.id], name) == getattr(agent, name) for agent in agents for name in KEPT
        )


def test_every_field_of_an_entry_that_an_agent_has_is_compared() -> None:
    columns = {column.key for column in inspect(DutyEntry).columns}
    assert columns - {"number", "agent_id", "at", "found"} == set(KEPT)


def test_what_was_when_can_be_told(as_agent: Agents, context: Context, clock: Clock) -> None:
    began = clock.now
    lin, vera = as_agent("lin", presence="offline"), as_agent("vera", role="supervisor", presence="offline")
    clock.advance(hours=1)
    lin.put("/me/presence", json={"status": "online"})
    clock.advance(hours=1)
    vera.patch(f"/agents/{lin.id}", json={"capacity": 2, "skills": ["zh", "loan"]})
    clock.advance(hours=1)
    vera.patch(f"/agents/{lin.id}", json={"active": False})

    told = [
        (entry.at - began, entry.presence, entry.capacity, entry.skills, entry.active, entry.found)
        for entry in entries(context, lin.id)
    ]
    assert told == [
        (dt.timedelta(hours=0), "offline", 5, ["zh"], True, False),
        (dt.timedelta(hours=1), "online", 5, ["zh"], True, False),
        (dt.timedelta(hours=2), "online", 2, ["zh", "loan"], True, False),
        (dt.timedelta(hours=3), "offline", 2, ["zh", "loan"], False, False),
    ]


@pytest.mark.parametrize(
    "change", [{"capacity": 1}, {"skills": ["en"]}, {"active": False}, {"role": "supervisor"}, {"name": "Li"}]
)
def test_after_every_change_the_last_entry_equals_the_agent(
    as_agent: Agents, context: Context, change: dict[str, object]
) -> None:
    lin, ada = as_agent("lin"), as_agent("ada", role="admin")
    assert last_entries_equal_the_agents(context)

    assert ada.patch(f"/agents/{lin.id}", json=change).status_code == 200

    assert last_entries_equal_the_agents(context)


def test_who_is_set_to_away_for_not_answering_is_away_in_the_entries_too(
    context: Context, clock: Clock
) -> None:
    desk = Desk(context)
    silent = desk.agent("Silent")
    for sender in ("a", "b"):
        desk.asks(sender)
    clock.advance(hours=1)

    with context.work() as unit:
        run_due(unit)

    assert entries(context, silent)[-1].presence == "away"
    assert entries(context, silent)[-1].at == clock.now
    assert last_entries_equal_the_agents(context)


def test_the_demonstrations_agents_have_entries(context: Context, passwords: Passwords) -> None:
    with context.work() as unit:
        demo.seed(unit, passwords, PASSWORD)

    assert last_entries_equal_the_agents(context)


def test_a_change_that_fails_leaves_no_entry(context: Context) -> None:
    lin = Desk(context).agent("Lin")
    with pytest.raises(ZeroDivisionError), context.work() as unit:
        set_presence(unit, lin, "away")
        unit.session.flush()
        _ = 1 / 0

    assert [entry.presence for entry in entries(context, lin)] == ["online"]


def test_coming_online_twice_is_one_change(as_agent: Agents, context: Context) -> None:
    lin = as_agent("lin")
    lin.put("/me/presence", json={"status": "online"})

    assert [entry.presence for entry in entries(context, lin.id)] == ["offline", "online"]
