"""Who was on duty when, as stored, and what it means for the simulated desk."""

import datetime as dt

import pytest
from sqlalchemy import update

from handoff_service.agents.record import record_duty
from handoff_service.agents.service import set_presence
from handoff_service.backtest import repository
from handoff_service.backtest.duty import staff
from handoff_service.backtest.history import Duty, Window
from handoff_service.backtest.report import report
from handoff_service.models import Agent, DutyEntry
from tests.service.backtest.histories import MINUTE, NINE
from tests.service.backtest.test_backtest import FALLBACK, ONCE, run
from tests.service.desk import Desk

HOUR = 60 * MINUTE
DAY = Window(NINE, NINE + 24 * HOUR)


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


def duty(desk: Desk, window: Window = DAY) -> list[Duty]:
    with desk.context.database.reading() as session:
        return list(repository.duty(session, window))


def told(changes: list[Duty]) -> list[tuple[float, int, bool]]:
    """Hours after nine, capacity, online."""
    return [((each.at - NINE) / HOUR, each.capacity, each.online) for each in changes]


def present(desk: Desk, agent_id: str, presence: str) -> None:
    with desk.context.work() as unit:
        set_presence(unit, agent_id, presence)  # type: ignore[arg-type]


def found_only(desk: Desk) -> None:
    """As if recording had begun now, with everybody as they are."""
    with desk.context.work() as unit:
        unit.session.query(DutyEntry).delete()
        for agent in unit.session.query(Agent):
            record_duty(unit, agent)
        unit.session.flush()
        unit.session.execute(update(DutyEntry).values(found=True))


def test_the_window_begins_with_what_was_so_then(desk, clock) -> None:
    clock.advance(hours=-3)
    lin = desk.agent("Lin", capacity=4, presence="offline")
    clock.advance(hours=1)
    present(desk, lin, "online")
    clock.advance(hours=4)
    present(desk, lin, "away")

    assert told(duty(desk)) == [(0, 4, True), (2, 4, False)]


def test_nobody_is_there_before_they_are_made_and_nothing_is_seen_after_the_end(desk, clock) -> None:
    clock.advance(hours=5)
    lin = desk.agent("Lin")
    clock.advance(hours=30)
    present(desk, lin, "away")

    assert told(duty(desk)) == [(5, 5, True)]


@pytest.mark.parametrize("change", [{"active": False}, {"role": "supervisor"}])
def test_who_does_not_work_at_the_desk_has_no_capacity(desk, clock, change) -> None:
    lin = desk.agent("Lin")
    clock.advance(hours=1)
    with desk.context.work() as unit:
        agent = unit.session.get(Agent, lin)
        for name, value in change.items():
            setattr(agent, name, value)
        record_duty(unit, agent)

    assert told(duty(desk)) == [(0, 5, True), (1, 0, False)]


def test_before_recording_began_everybody_is_taken_to_have_been_on_duty(desk, clock) -> None:
    lin = desk.agent("Lin", presence="offline")
    clock.advance(hours=6)
    found_only(desk)
    clock.advance(hours=1)
    present(desk, lin, "online")

    assert told(duty(desk)) == [(0, 5, True), (6, 5, False), (7, 5, True)]


def test_clocks_that_differ_do_not_change_the_order(desk, clock) -> None:
    clock.advance(hours=1)
    lin = desk.agent("Lin")
    clock.advance(hours=-0.5)
    present(desk, lin, "away")

    assert told(duty(desk)) == [(1, 5, True), (1, 5, False)]


def test_more_entries_than_are_fetched_at_a_time(desk, clock, monkeypatch) -> None:
    monkeypatch.setattr(repository, "CHUNK", 3)
    lin = desk.agent("Lin")
    for n in range(10):
        clock.advance(minutes=1)
        present(desk, lin, ("away", "online")[n % 2])

    assert [each.online for each in duty(desk)] == [True, *[False, True] * 5]


def test_what_a_desk_there_was_in_sum() -> None:
    def change(who: str, hour: float, capacity: int, online: bool) -> Duty:
        return Duty(who, NINE + hour * HOUR, frozenset(), capacity, online)

    shifts = [
        change("a", 0, 3, True),
        change("b", 0, 5, False),
        change("b", 1, 5, True),
        change("a", 2, 3, False),
        change("c", 2, 1, False),
    ]
    seen = staff(shifts, NINE + 4 * HOUR)

    assert (seen.agents, seen.places, seen.hours) == (2, 8, 5.0)


class TestSimulatedDesk:
    """Two customers are not understood at nine and at ten; Lin comes at half past ten."""

    @pytest.fixture
    def past(self, desk, clock) -> Desk:
        lin = desk.agent("Lin", presence="offline")
        for name in ("one", "two"):
            desk.turn(name, **FALLBACK)
            clock.advance(hours=1)
        clock.advance(hours=-0.5)
        present(desk, lin, "online")
        clock.advance(hours=1)
        desk.turn("three", "hello")
        return desk

    def test_customers_wait_until_somebody_comes(self, past) -> None:
        load = run(past)["load"]

        assert load["draft"]["wait_seconds"]["max"] == 90 * 60
        assert load["draft"]["served"] == 2
        assert (load["agents"], load["places"], load["duty_hours"]) == (1, 5, 1.0)
        assert load["assumed_until"] is None

    def test_the_past_is_seen_as_it_was_at_the_end_of_the_window(self, past) -> None:
        load = run(past, until=NINE + 1.25 * HOUR)["load"]

        assert (load["agents"], load["draft"]) == (0, None)

    def test_where_it_was_not_recorded_nobody_waits_and_the_report_says_why(self, past, clock) -> None:
        clock.advance(days=1)
        found_only(past)
        result = run(past)

        assert result["load"]["draft"]["wait_seconds"]["max"] == 0
        assert result["load"]["assumed_until"] == result["inputs"]["until"]
        assert result["load"]["assumed_until"] in report(result, "zh")
        assert "everybody is taken to have been" in report(result, "en")

    def test_what_was_recorded_in_part_is_assumed_in_part(self, past, clock) -> None:
        with past.context.work() as unit:
            unit.session.execute(
                update(DutyEntry)
                .where(DutyEntry.number == 1)
                .values(found=True, at=NINE + dt.timedelta(minutes=30))
            )
        load = run(past, ONCE)["load"]

        assert load["assumed_until"] == "2026-03-02T09:30:00Z"
        assert load["draft"]["served_at_once"] == 1
        assert load["draft"]["wait_seconds"]["max"] == 30 * 60
