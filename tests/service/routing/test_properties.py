"""What holds for every queue and every house."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from handoff_service.routing.assign import assign
from handoff_service.routing.model import AgentState, Policy, Priority, Waiting, membership
from handoff_service.routing.needs import house_of, needs_of
from handoff_service.routing.queue import (
    effective_priority,
    may_have,
    next_change,
    places,
    queue_order,
)
from tests.service.routing.factories import NOW, POLICY, agent, conversation, minutes

SKILLS = ("zh", "en", "refund", "risk", "senior", membership("t"))
AGENT_IDS = ("a", "b", "c", "d", "e")

skill_lists = st.lists(st.sampled_from(SKILLS), unique=True, max_size=3).map(tuple)
queues = st.lists(
    st.builds(
        Waiting,
        conversation_id=st.integers(0, 99).map(str),
        queued_at=st.integers(-60, 7200).map(lambda s: NOW - timedelta(seconds=s)),
        priority=st.sampled_from(Priority),
        required=skill_lists,
        preferred=skill_lists,
        strict=st.frozensets(st.sampled_from(SKILLS), max_size=1),
        language=st.sampled_from([None, "zh", "en"]),
        last_agent_id=st.sampled_from([None, *AGENT_IDS]),
        lapsed_agent_ids=st.frozensets(st.sampled_from(AGENT_IDS), max_size=2),
        passed_on_by=st.lists(st.sampled_from(AGENT_IDS), unique=True, max_size=2).map(tuple),
    ),
    unique_by=lambda w: w.conversation_id,
    max_size=10,
)
houses = st.lists(
    st.builds(
        AgentState,
        id=st.sampled_from(AGENT_IDS),
        skills=st.frozensets(st.sampled_from(SKILLS)),
        capacity=st.integers(0, 3),
        load=st.integers(0, 4),
        online=st.booleans(),
        idle_since=st.integers(0, 3).map(lambda m: NOW - timedelta(minutes=m)),
    ),
    unique_by=lambda a: a.id,
    max_size=5,
)


def insisted(waiting: Waiting, agents: list[AgentState]) -> frozenset[str]:
    needs = needs_of(waiting, house_of(agents))
    return needs.insisted(needs.taken(POLICY, NOW))


@given(queues, houses)
def test_capacity_is_never_exceeded_and_nothing_assigned_twice_or_to_somebody_away(
    waiting: list[Waiting], agents: list[AgentState]
) -> None:
    assignments = assign(waiting, agents, POLICY, NOW)
    given_out = Counter(a.agent_id for a in assignments)
    by_id = {a.id: a for a in agents}

    assert len({a.conversation_id for a in assignments}) == len(assignments)
    assert all(by_id[name].online for name in given_out)
    assert all(by_id[name].load + more <= by_id[name].capacity for name, more in given_out.items())


@given(queues, houses)
def test_nobody_is_passed_over_for_an_agent_who_could_serve_them(
    waiting: list[Waiting], agents: list[AgentState]
) -> None:
    taken_by = {a.conversation_id: a.agent_id for a in assign(waiting, agents, POLICY, NOW)}
    by_id = {a.id: a for a in agents}
    for left in (w for w in waiting if w.conversation_id not in taken_by):
        for served in (w for w in waiting if w.conversation_id in taken_by):
            if effective_priority(left, POLICY, NOW) > effective_priority(served, POLICY, NOW):
                agent_skills = by_id[taken_by[served.conversation_id]].skills
                able = may_have(left, by_id[taken_by[served.conversation_id]], POLICY, NOW)
                assert not (able and insisted(left, agents) <= agent_skills)


@given(queues, houses)
def test_nobody_is_left_waiting_while_an_agent_who_could_serve_them_is_free(
    waiting: list[Waiting], agents: list[AgentState]
) -> None:
    assignments = assign(waiting, agents, POLICY, NOW)
    given_out = Counter(a.agent_id for a in assignments)
    free = [a for a in agents if a.online and a.load + given_out[a.id] < a.capacity]
    served = {a.conversation_id for a in assignments}

    for left in (w for w in waiting if w.conversation_id not in served):
        assert not any(insisted(left, agents) <= a.skills and may_have(left, a, POLICY, NOW) for a in free)


@given(queues, houses)
def test_no_strict_skill_is_dropped_and_what_is_lacking_is_told(
    waiting: list[Waiting], agents: list[AgentState]
) -> None:
    by_id, queue = {a.id: a for a in agents}, {w.conversation_id: w for w in waiting}
    for assignment in assign(waiting, agents, POLICY, NOW):
        wanted, skills = queue[assignment.conversation_id], by_id[assignment.agent_id].skills
        assert wanted.strict & set(wanted.required) <= skills
        assert set(assignment.relaxed) == {*wanted.required, *wanted.preferred} - skills
        assert len(assignment.relaxed) == len(set(assignment.relaxed))


@given(queues, houses)
def test_the_language_falls_after_every_other_skill(waiting: list[Waiting], agents: list[AgentState]) -> None:
    for w in waiting:
        needs = needs_of(w, house_of(agents))
        for step in range(len(needs.steps) + 1):
            if (
                w.language in w.required
                and w.language in needs.fallen(step)
                and w.language not in needs.never
            ):
                assert needs.insisted(step) <= needs.strict


@given(queues, houses, st.randoms(use_true_random=False))
def test_the_order_of_the_inputs_does_not_matter(
    waiting: list[Waiting], agents: list[AgentState], random: Random
) -> None:
    before = assign(waiting, agents, POLICY, NOW)
    random.shuffle(waiting)
    random.shuffle(agents)

    assert assign(waiting, agents, POLICY, NOW) == before


@given(queues, houses)
def test_places_follow_the_queue_whoever_is_asked_about(
    waiting: list[Waiting], agents: list[AgentState]
) -> None:
    ids = [w.conversation_id for w in queue_order(waiting, POLICY, NOW)]
    everybody = places(waiting, agents, POLICY, NOW, minutes(5), ids)

    assert [everybody[name][0] for name in ids] == list(range(1, len(ids) + 1))
    assert all(wait is None or wait >= timedelta(0) for _position, wait in everybody.values())
    for name in ids:
        assert places(waiting, agents, POLICY, NOW, minutes(5), {name}) == {name: everybody[name]}


@given(queues, houses)
def test_who_is_assigned_now_had_an_estimate_and_who_has_none_is_not(
    waiting: list[Waiting], agents: list[AgentState]
) -> None:
    everybody = places(waiting, agents, POLICY, NOW, minutes(5), [w.conversation_id for w in waiting])
    for assignment in assign(waiting, agents, POLICY, NOW):
        assert everybody[assignment.conversation_id][1] is not None


@given(queues, houses, st.floats(0, 1))
def test_before_the_next_change_time_alone_lets_nobody_be_assigned(
    waiting: list[Waiting], agents: list[AgentState], part: float
) -> None:
    given = {a.conversation_id: a.agent_id for a in assign(waiting, agents, POLICY, NOW)}
    loads = Counter(given.values())
    left = [w for w in waiting if w.conversation_id not in given]
    house = [replace(a, load=a.load + loads[a.id]) for a in agents]

    due = next_change(left, house, POLICY, NOW)
    assert due is None or due > NOW
    until = (due - NOW if due else timedelta(days=3)) - timedelta(microseconds=1)

    assert assign(left, house, POLICY, NOW + max(timedelta(0), until * part)) == []


@given(houses, skill_lists, skill_lists)
def test_in_the_end_everybody_without_strict_skills_can_be_served_by_anybody(
    agents: list[AgentState], required: tuple[str, ...], preferred: tuple[str, ...]
) -> None:
    free = [replace(a, online=True, capacity=1, load=0) for a in agents]
    patient = conversation(required=required, preferred=preferred, waited=timedelta(days=1))

    assert len(assign([patient], free, POLICY, NOW)) == min(1, len(free))


@given(st.sampled_from([Priority.low, Priority.normal]), st.integers(1, 3), st.booleans())
def test_nobody_starves_under_an_endless_stream_of_urgent_conversations(
    priority: Priority, arrivals_per_minute: int, needs_rare_skill: bool
) -> None:
    """One agent ends a conversation a minute while urgent ones keep arriving: the patient one is served after
    those who were in front of it before its age made up for its priority, and nobody else."""
    policy = Policy(age_step=timedelta(minutes=3))
    patient = replace(
        conversation("patient", priority=priority), preferred=("senior",) if needs_rare_skill else ()
    )
    agents = [agent("lin"), agent("mei", "zh", "senior", online=False)]
    head_start = (Priority.urgent - priority) * 3 * arrivals_per_minute
    waiting = [patient]
    for minute in range(head_start + 4):
        now = NOW + minutes(minute)
        waiting += [
            replace(conversation(f"u{minute}-{i}", priority=Priority.urgent), queued_at=now)
            for i in range(arrivals_per_minute)
        ]
        served = {a.conversation_id for a in assign(waiting, agents, policy, now)}
        assert len(served) == 1
        waiting = [w for w in waiting if w.conversation_id not in served]
        if patient not in waiting:
            return
    raise AssertionError("the patient conversation was never served")
