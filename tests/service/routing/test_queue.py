from datetime import timedelta

import pytest

from handoff_service.routing.model import AgentState, Priority, Waiting
from handoff_service.routing.queue import next_change, places, queue_order
from tests.service.routing.factories import NOW, POLICY, agent, conversation, minutes, seconds

MEAN = minutes(6)


def order(*waiting: Waiting) -> list[str]:
    return [w.conversation_id for w in queue_order(waiting, POLICY, NOW)]


def estimate(waiting: list[Waiting], agents: list[AgentState], name: str = "me") -> timedelta | None:
    return places(waiting, agents, POLICY, NOW, MEAN, {name})[name][1]


def test_order_is_priority_then_arrival_then_id() -> None:
    assert order(
        conversation("b", waited=seconds(5)),
        conversation("a", waited=seconds(5)),
        conversation("early", waited=seconds(9)),
        conversation("low", waited=seconds(99), priority=Priority.low),
        conversation("high", priority=Priority.high),
    ) == ["high", "early", "a", "b", "low"]


def test_waiting_raises_the_priority_by_one_level_for_each_step() -> None:
    urgent = conversation("urgent", priority=Priority.urgent)

    assert order(urgent, conversation("normal", waited=minutes(20) - seconds(1))) == ["urgent", "normal"]
    assert order(urgent, conversation("normal", waited=minutes(20))) == ["normal", "urgent"]


def test_of_two_who_waited_equally_long_the_more_urgent_stays_in_front() -> None:
    assert order(
        conversation("normal", waited=timedelta(hours=9)),
        conversation("urgent", waited=timedelta(hours=9), priority=Priority.urgent),
    ) == ["urgent", "normal"]


def test_a_clock_that_is_behind_lowers_nothing() -> None:
    assert order(conversation("b", waited=-minutes(30)), conversation("a", priority=Priority.low)) == [
        "b",
        "a",
    ]


def test_places_count_from_one() -> None:
    waiting = [
        conversation("third"),
        conversation("first", waited=seconds(2)),
        conversation("second", waited=seconds(1)),
    ]

    found = places(waiting, [], POLICY, NOW, MEAN, {"first", "third", "gone"})
    assert found == {"first": (1, None), "third": (3, None)}


@pytest.mark.parametrize(
    "agents",
    [
        [],
        [agent("off", online=False)],
        [agent("none", "zh", capacity=0)],
    ],
)
def test_without_anybody_online_who_can_serve_there_is_no_estimate(agents: list[AgentState]) -> None:
    assert estimate([conversation("me")], agents) is None


def test_who_insists_on_what_nobody_online_has_gets_no_estimate() -> None:
    me = conversation("me", required=("zh", "risk"), strict=("risk",))

    assert estimate([me], [agent("lin"), agent("mei", "zh", "risk", online=False)]) is None


def test_who_is_not_waiting_has_no_place() -> None:
    assert places([conversation("other")], [agent("a")], POLICY, NOW, MEAN, {"me"}) == {}


def test_a_free_place_means_no_wait() -> None:
    assert estimate([conversation("me")], [agent("lin")]) == timedelta(0)


def test_each_one_ahead_adds_one_handling_shared_by_all_places() -> None:
    agents = [agent("lin", capacity=2, load=2), agent("mei", "zh", "en", capacity=1, load=1)]
    waiting = [conversation("me"), *(conversation(f"c{i}", waited=seconds(i + 1)) for i in range(2))]

    assert estimate(waiting[:1], agents) == MEAN / 3
    assert estimate(waiting, agents) == MEAN


def test_those_ahead_who_want_other_agents_do_not_count() -> None:
    agents = [agent("lin", load=1), agent("sam", "en", load=1)]
    other = conversation("other", required=("en",), waited=seconds(60))

    assert estimate([conversation("me"), other], agents) == MEAN


def test_free_places_are_taken_by_those_ahead_first() -> None:
    waiting = [conversation("me"), conversation("other", waited=seconds(1))]

    assert estimate(waiting, [agent("lin", capacity=2, load=1)]) == MEAN / 2


def test_a_relaxation_that_brings_somebody_sooner_counts() -> None:
    me = conversation("me", preferred=("senior",), waited=seconds(30))
    senior_full = agent("mei", "zh", "senior", load=1)
    senior_away = agent("mei", "zh", "senior", online=False)

    assert estimate([me], [agent("lin"), senior_full]) == seconds(90)
    assert estimate([me], [agent("lin"), senior_away]) == seconds(90)
    assert estimate([me], [senior_full]) == MEAN


def test_nothing_changes_by_time_alone_when_nothing_can_fall() -> None:
    assert next_change([], [agent("lin")], POLICY, NOW) is None
    assert next_change([conversation(required=())], [agent("lin")], POLICY, NOW) is None
    assert next_change([conversation(strict=("zh",))], [agent("lin", load=1)], POLICY, NOW) is None


def test_the_next_relaxation_is_a_change() -> None:
    vip = conversation(preferred=("senior",), waited=seconds(30))
    house = [agent("lin"), agent("mei", "zh", "senior", online=False)]

    assert next_change([vip], house, POLICY, NOW) == NOW + seconds(90)
    assert next_change([vip], house, POLICY, NOW + seconds(89)) == NOW + seconds(90)
    assert next_change([vip], house, POLICY, NOW + seconds(90)) == NOW + seconds(210)
    assert next_change([vip], house, POLICY, NOW + seconds(210)) is None


def test_a_skill_that_nobody_has_leaves_nothing_to_wait_for() -> None:
    assert next_change([conversation(required=("risk",))], [agent("lin")], POLICY, NOW) is None


def test_nothing_falls_in_time_for_a_house_without_a_free_place() -> None:
    vip = conversation(preferred=("senior",))
    senior = agent("mei", "zh", "senior", online=False)

    assert next_change([vip], [agent("lin", load=1), senior], POLICY, NOW) is None
    assert next_change([vip], [agent("lin"), senior], POLICY, NOW) == NOW + seconds(120)


def test_growing_older_gives_nobody_an_agent_who_could_have_had_none_before() -> None:
    first = conversation(
        "first", required=("risk",), strict=("risk",), priority=Priority.urgent, waited=minutes(1)
    )
    second = conversation("second", required=("risk",), strict=("risk",), waited=minutes(4))
    risk = agent("mei", "risk", online=False)

    assert next_change([first, second], [agent("lin"), risk], POLICY, NOW) is None
