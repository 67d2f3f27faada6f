"""The simulated desk does what the real routing does."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from handoff_service.backtest.history import Duty
from handoff_service.backtest.queue_simulation import Arrival
from handoff_service.backtest.queue_simulation import simulate as simulate_with
from handoff_service.decision.priority import Priority
from handoff_service.routing.assign import assign
from handoff_service.routing.model import AgentState, Policy, Waiting
from handoff_service.routing.queue import next_change
from tests.service.backtest.histories import MINUTE, NINE

POLICY = Policy()
THE_END = NINE + 12 * 60 * MINUTE
"""By then everybody has been served who ever will be in these tests."""


def agent(name: str, *skills: str, capacity: int = 1) -> AgentState:
    return AgentState(name, frozenset(skills or ("en",)), capacity, 0, True, NINE)


def duty(name: str, minute: float, *skills: str, capacity: int = 1, online: bool = True) -> Duty:
    return Duty(name, NINE + minute * MINUTE, frozenset(skills or ("en",)), capacity, online)


def simulate(arrivals: Sequence[Arrival], agents: Sequence[AgentState], policy: Policy) -> dict[str, Any]:
    """With these agents on duty all the time."""
    changes = [Duty(each.id, NINE, each.skills, each.capacity, each.online) for each in agents]
    return simulate_with(arrivals, changes, policy)


def arrival(
    number: int, minute: float, handling: float = 5, patience: float | None = None, **wants
) -> Arrival:
    waiting = Waiting(f"{number:04}", NINE + minute * MINUTE, **({"required": ("en",)} | wants))
    return Arrival(waiting, handling * MINUTE, None if patience is None else patience * MINUTE)


def test_who_comes_first_is_served_at_once_and_the_next_waits() -> None:
    seen = simulate([arrival(1, 0), arrival(2, 1), arrival(3, 2)], [agent("a")], POLICY)

    assert seen["served_at_once"] == 1
    assert seen["wait_seconds"] == {"mean": 240.0, "median": 240, "p90": 480, "max": 480}
    assert (seen["handoffs"], seen["served"], seen["most_waiting"]) == (3, 3, 2)
    assert seen["agent_hours"] == 0.2


def test_more_handoffs_mean_longer_waits() -> None:
    few = simulate([arrival(n, n * 6) for n in range(20)], [agent("a")], POLICY)
    many = simulate([arrival(n, n * 3) for n in range(40)], [agent("a")], POLICY)

    assert few["wait_seconds"]["max"] == 0
    assert many["wait_seconds"]["median"] > 600


def test_the_urgent_go_first() -> None:
    urgent = arrival(3, 2, priority=Priority.urgent)
    seen = simulate([arrival(1, 0), arrival(2, 1), urgent], [agent("a")], POLICY)

    assert seen["wait_seconds"]["max"] == 9 * 60, "the ordinary one waited for both"


def test_a_skill_is_given_up_only_after_waiting() -> None:
    agents = [agent("a", "en"), agent("b", "en", "loan")]
    wanting = [arrival(n, 0, required=("en", "loan"), language="en") for n in (1, 2)]

    assert simulate(wanting, agents, POLICY)["wait_seconds"]["max"] == 120


def test_who_gives_up_is_not_served() -> None:
    seen = simulate([arrival(1, 0, handling=60), arrival(2, 1, patience=2)], [agent("a")], POLICY)

    assert (seen["served"], seen["gave_up"], seen["never_served"]) == (1, 1, 0)


def test_what_nobody_may_ever_take_is_told() -> None:
    strict = arrival(1, 0, required=("risk",), strict=frozenset({"risk"}))

    assert simulate([strict], [agent("a")], POLICY)["never_served"] == 1


def test_nobody_is_served_while_nobody_is_on_duty() -> None:
    shift = [duty("a", 0, online=False), duty("a", 10), duty("a", 30, online=False)]
    seen = simulate_with([arrival(1, 2), arrival(2, 40)], shift, POLICY)

    assert seen["wait_seconds"]["max"] == 8 * 60, "served at the beginning of the shift"
    assert (seen["served"], seen["never_served"]) == (1, 1)


def test_who_goes_off_duty_ends_what_they_hold_and_gets_nothing_new() -> None:
    shift = [duty("a", 0), duty("a", 1, online=False), duty("a", 60)]
    seen = simulate_with([arrival(1, 0, handling=5), arrival(2, 2)], shift, POLICY)

    assert seen["wait_seconds"]["max"] == 58 * 60
    assert seen["served"] == 2


def test_more_capacity_serves_at_once_and_less_takes_nothing_away() -> None:
    arrivals = [arrival(1, 0, handling=60), arrival(2, 1, handling=60), arrival(3, 6)]
    more = [duty("a", 0, capacity=1), duty("a", 5, capacity=3)]
    less = [duty("a", 0, capacity=2), duty("a", 5, capacity=1)]

    assert simulate_with(arrivals, more, POLICY)["wait_seconds"]["max"] == 4 * 60
    assert simulate_with(arrivals, less, POLICY)["wait_seconds"]["max"] == 55 * 60


def test_a_skill_that_nobody_has_any_more_is_not_waited_for() -> None:
    wanting = [arrival(1, 1, required=("en", "loan"), language="en")]
    house = [duty("a", 0), duty("b", 0, "en", "loan", online=False)]

    assert simulate_with(wanting, house, POLICY)["wait_seconds"]["max"] == 120
    left = [*house, duty("b", 2, "en", "loan", capacity=0, online=False)]
    assert simulate_with(wanting, left, POLICY)["wait_seconds"]["max"] == 60


def test_a_skill_that_comes_into_the_house_is_waited_for_its_time() -> None:
    wanting = [arrival(1, 1, required=("en", "loan"), language="en")]
    house = [duty("a", 0, online=False), duty("b", 1.5, "en", "loan", online=False), duty("a", 2)]

    assert simulate_with(wanting, house, POLICY)["wait_seconds"]["max"] == 120


def plainly(arrivals: Sequence[Arrival], changes: Sequence[Duty]) -> dict[str, dt.timedelta]:
    """Waiting times by asking the routing about everybody, at every moment at which anything could change."""
    waiting: dict[str, Arrival] = {}
    waits: dict[str, dt.timedelta] = {}
    states: dict[str, AgentState] = {}
    busy: list[tuple[dt.datetime, str]] = []
    moments = {change.at for change in changes} | {each.waiting.queued_at for each in arrivals}
    while moments:
        now = min(moments)
        moments.remove(now)
        for change in (each for each in changes if each.at == now):
            states[change.agent_id] = _changed(states.get(change.agent_id), change)
        for entry in [entry for entry in busy if entry[0] == now]:
            busy.remove(entry)
            states[entry[1]] = _with(states[entry[1]], -1, now)
        waiting |= {each.waiting.conversation_id: each for each in arrivals if each.waiting.queued_at == now}
        shown = [each.waiting for each in waiting.values()]
        for given_to in assign(shown, list(states.values()), POLICY, now):
            each = waiting.pop(given_to.conversation_id)
            waits[given_to.conversation_id] = now - each.waiting.queued_at
            states[given_to.agent_id] = _with(states[given_to.agent_id], 1, now)
            busy.append((now + each.handling, given_to.agent_id))
            moments.add(now + each.handling)
        change_due = next_change(
            [each.waiting for each in waiting.values()], list(states.values()), POLICY, now
        )
        if change_due is not None and change_due < THE_END:
            moments.add(change_due)
    return waits


def _with(agent: AgentState, change: int, now: dt.datetime) -> AgentState:
    return replace(agent, load=agent.load + change, idle_since=now)


def _changed(known: AgentState | None, change: Duty) -> AgentState:
    since = known.idle_since if known and (known.online or not change.online) else change.at
    load = known.load if known else 0
    return AgentState(change.agent_id, change.skills, change.capacity, load, change.online, since)


skills = st.sets(st.sampled_from(["en", "zh", "loan", "refund"]), min_size=1).map(tuple)
shifts = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 60), skills, st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=8,
).map(
    lambda given: [
        duty(f"a{who}", minute + n / 10_000, *sorted(has), capacity=capacity, online=online)
        for n, (who, minute, has, capacity, online) in enumerate(sorted(given, key=lambda each: each[1]))
    ]
)
wanted = st.tuples(
    st.integers(0, 40),
    st.integers(1, 30),
    st.sampled_from([("en",), ("zh",), ("en", "loan"), ("zh", "refund")]),
    st.sampled_from(list(Priority)),
)


@given(st.lists(wanted, max_size=14), shifts)
def test_everybody_waits_as_long_as_when_the_routing_is_asked_about_all(given, shifts) -> None:
    arrivals = [
        arrival(n, minute + n / 100 + 1e-3, handling + n / 1000, required=required, priority=priority)
        for n, (minute, handling, required, priority) in enumerate(sorted(given))
    ]
    expected = sorted(round(wait.total_seconds()) for wait in plainly(arrivals, shifts).values())

    seen = simulate_with(arrivals, shifts, POLICY)

    assert seen["served"] == len(expected)
    assert seen["wait_seconds"]["max"] == max(expected, default=None)
    if expected:
        assert abs(seen["wait_seconds"]["mean"] - sum(expected) / len(expected)) < 0.1
