"""The simulated desk does what the real routing does."""

import datetime as dt
from collections.abc import Sequence

import hypothesis.strategies as st
from hypothesis import given

from handoff_service.backtest.queue_simulation import Arrival, simulate
from handoff_service.decision.priority import Priority
from handoff_service.routing.assign import assign
from handoff_service.routing.model import AgentState, Policy, Waiting
from handoff_service.routing.queue import next_change
from tests.service.backtest.histories import MINUTE, NINE

POLICY = Policy()


def agent(name: str, *skills: str, capacity: int = 1) -> AgentState:
    return AgentState(name, frozenset(skills or ("en",)), capacity, 0, True, NINE)


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


def plainly(arrivals: Sequence[Arrival], agents: Sequence[AgentState]) -> dict[str, dt.timedelta]:
    """Waiting times by asking the routing about everybody, at every moment at which anything could change."""
    todo, waiting, waits = list(arrivals), {}, {}
    states = {each.id: each for each in agents}
    busy: list[tuple[dt.datetime, str]] = []
    now = NINE
    while todo or waiting:
        if todo and todo[0].waiting.queued_at <= now:
            each = todo.pop(0)
            waiting[each.waiting.conversation_id] = each
        else:
            for ended, who in [entry for entry in busy if entry[0] <= now]:
                busy.remove((ended, who))
                states[who] = _with(states[who], -1, ended)
        for given_to in assign(
            [each.waiting for each in waiting.values()], list(states.values()), POLICY, now
        ):
            each = waiting.pop(given_to.conversation_id)
            waits[given_to.conversation_id] = now - each.waiting.queued_at
            states[given_to.agent_id] = _with(states[given_to.agent_id], 1, now)
            busy.append((now + each.handling, given_to.agent_id))
        change = next_change([e.waiting for e in waiting.values()], list(states.values()), POLICY, now)
        moments = [*(ended for ended, _ in busy), *(each.waiting.queued_at for each in todo[:1])]
        moments += [change] if change else []
        later = [moment for moment in moments if moment > now]
        if todo and todo[0].waiting.queued_at <= now:
            continue
        if not later:
            break
        now = min(later)
    return waits


def _with(agent: AgentState, change: int, now: dt.datetime) -> AgentState:
    return AgentState(agent.id, agent.skills, agent.capacity, agent.load + change, True, now)


skills = st.sets(st.sampled_from(["en", "zh", "loan", "refund"]), min_size=1).map(tuple)
agents = st.lists(st.tuples(skills, st.integers(1, 3)), min_size=1, max_size=4).map(
    lambda given: [agent(f"a{n}", *sorted(each[0]), capacity=each[1]) for n, each in enumerate(given)]
)
wanted = st.tuples(
    st.integers(0, 40),
    st.integers(1, 30),
    st.sampled_from([("en",), ("zh",), ("en", "loan"), ("zh", "refund")]),
    st.sampled_from(list(Priority)),
)


@given(st.lists(wanted, max_size=14), agents)
def test_everybody_waits_as_long_as_when_the_routing_is_asked_about_all(given, agents) -> None:
    arrivals = [
        arrival(n, minute + n / 100, handling + n / 1000, required=required, priority=priority)
        for n, (minute, handling, required, priority) in enumerate(sorted(given))
    ]
    expected = sorted(round(wait.total_seconds()) for wait in plainly(arrivals, agents).values())

    seen = simulate(arrivals, agents, POLICY)

    assert seen["served"] == len(expected)
    assert seen["wait_seconds"]["max"] == max(expected, default=None)
    if expected:
        assert abs(seen["wait_seconds"]["mean"] - sum(expected) / len(expected)) < 0.1
