from datetime import timedelta
from typing import Any, ClassVar

import pytest

from handoff_service.routing.assign import assign
from handoff_service.routing.model import AgentState, Policy, Priority, Waiting, membership
from handoff_service.routing.queue import next_change, places
from tests.service.routing.factories import NOW, POLICY, agent, conversation, minutes, seconds

LIN = agent("lin", "zh", "refund", capacity=2)
SAM = agent("sam", "en", "risk", "loan", capacity=2)
MEI = agent("mei", "zh", "en", "risk", "loan", "senior", capacity=2)


def offline(someone: AgentState) -> AgentState:
    return agent(someone.id, *someone.skills, capacity=someone.capacity, online=False)


def pairs(waiting: list[Waiting], agents: list[AgentState]) -> dict[str, str]:
    return {a.conversation_id: a.agent_id for a in assign(waiting, agents, POLICY, NOW)}


def test_nobody_waiting_or_nobody_there_assigns_nothing() -> None:
    assert assign([], [LIN], POLICY, NOW) == []
    assert assign([conversation()], [], POLICY, NOW) == []


def test_only_agents_who_are_online_with_capacity_left_and_the_skills_are_given_work() -> None:
    unfit = [
        agent("off", "zh", online=False),
        agent("full", "zh", capacity=2, load=2),
        agent("none", "zh", capacity=0),
        agent("other", "en"),
    ]

    assert pairs([conversation()], unfit) == {}
    assert pairs([conversation()], [*unfit, agent("fit", "zh")]) == {"c": "fit"}


def test_the_queue_is_served_in_order_until_capacity_ends() -> None:
    waiting = [
        conversation("late", waited=seconds(10)),
        conversation("early", waited=seconds(50)),
        conversation("urgent", priority=Priority.urgent),
    ]

    assert pairs(waiting, [agent("lin", capacity=2)]) == {"urgent": "lin", "early": "lin"}


def test_one_who_cannot_be_served_does_not_hold_up_those_behind() -> None:
    stuck = conversation("stuck", required=("zh", "risk"), priority=Priority.urgent)

    assert pairs([stuck, conversation("next")], [LIN, offline(MEI)]) == {"next": "lin"}


@pytest.mark.parametrize(
    ("given", "agents", "chosen", "because"),
    [
        (
            {"last_agent": "b"},
            [agent("a", idle=minutes(9)), agent("b", capacity=9, load=8)],
            "b",
            "last_agent",
        ),
        ({"last_agent": "b"}, [agent("a"), agent("b", load=1)], "a", "only_candidate"),
        ({"last_agent": "b"}, [agent("a"), agent("b", online=False)], "a", "only_candidate"),
        (
            {"preferred": ("senior",), "waited": minutes(2)},
            [agent("a"), agent("b", "zh", "senior", capacity=4, load=3)],
            "b",
            "preferred_skills",
        ),
        (
            {"required": ("zh", "risk"), "waited": minutes(2)},
            [agent("a"), agent("b", "zh", "risk", capacity=4, load=3)],
            "b",
            "required_skills",
        ),
        ({}, [agent("a", capacity=3, load=1), agent("b", capacity=8, load=2)], "b", "least_loaded"),
        ({}, [agent("a", idle=minutes(1)), agent("b", idle=minutes(2))], "b", "longest_idle"),
        ({}, [agent("b"), agent("a")], "a", "id"),
        (
            {"lapsed": ("a",)},
            [agent("a", idle=minutes(9)), agent("b", capacity=9, load=8)],
            "b",
            "not_lapsed",
        ),
        ({"lapsed": ("a",), "last_agent": "a"}, [agent("a"), agent("b")], "b", "not_lapsed"),
        ({"lapsed": ("a",)}, [agent("a")], "a", "only_candidate"),
        (
            {"passed_on_by": ("a",), "lapsed": ("b",), "last_agent": "a", "waited": minutes(3)},
            [agent("a"), agent("b", capacity=9, load=8)],
            "b",
            "not_the_giver",
        ),
        (
            {"passed_on_by": ("a", "b"), "last_agent": "b", "waited": minutes(3)},
            [agent("a", capacity=9, load=8), agent("b")],
            "a",
            "not_the_giver",
        ),
        ({"passed_on_by": ("a",)}, [agent("a"), agent("b", capacity=9, load=8)], "b", "only_candidate"),
        ({"passed_on_by": ("b", "a")}, [agent("a"), agent("b", load=0)], "b", "only_candidate"),
        ({"passed_on_by": ("a",), "waited": minutes(2)}, [agent("a")], "a", "only_candidate"),
    ],
)
def test_who_is_chosen_and_why(
    given: dict[str, object], agents: list[AgentState], chosen: str, because: str
) -> None:
    [assignment] = assign([conversation(**given)], agents, POLICY, NOW)  # type: ignore[arg-type]

    assert assignment.agent_id == chosen
    assert assignment.explanation["chosen_for"] == because


def test_who_passed_it_on_does_not_get_it_straight_back_but_rather_than_nobody_later() -> None:
    waiting = [conversation("c", passed_on_by=("b", "a"), waited=seconds(119))]
    house = [agent("a"), agent("b", online=False)]

    assert assign(waiting, house, POLICY, NOW) == []
    assert next_change(waiting, house, POLICY, NOW) == NOW + seconds(1)
    assert places(waiting, house, POLICY, NOW, minutes(5), {"c"}) == {"c": (1, seconds(1))}
    assert [a.agent_id for a in assign(waiting, house, POLICY, NOW + seconds(1))] == ["a"]


class TestForOneTeam:
    """Membership is a requirement, of which only the language is more important."""

    MEMBER = membership("t")
    FOR_THE_TEAM: ClassVar = {"required": (MEMBER, "zh")}

    def test_a_member_takes_it_however_idle_others_are(self) -> None:
        house = [agent("a", idle=minutes(9)), agent("b", "zh", self.MEMBER, capacity=9, load=8)]

        [assignment] = assign([conversation(**self.FOR_THE_TEAM)], house, POLICY, NOW)

        assert (assignment.agent_id, assignment.relaxed) == ("b", ())

    @pytest.mark.parametrize("state", [{"online": False}, {"load": 1}])
    def test_it_waits_for_members_and_then_goes_to_others(self, state: dict[str, Any]) -> None:
        house = [agent("a"), agent("b", "zh", self.MEMBER, **state)]

        assert assign([conversation(waited=seconds(119), **self.FOR_THE_TEAM)], house, POLICY, NOW) == []
        [assignment] = assign([conversation(waited=seconds(120), **self.FOR_THE_TEAM)], house, POLICY, NOW)
        assert (assignment.agent_id, assignment.relaxed) == ("a", (self.MEMBER,))

    @pytest.mark.parametrize("members", [[], [agent("b", "zh", MEMBER, capacity=0)]])
    def test_a_team_without_anybody_who_could_ever_take_it_is_not_waited_for(
        self, members: list[AgentState]
    ) -> None:
        [assignment] = assign([conversation(**self.FOR_THE_TEAM)], [agent("a"), *members], POLICY, NOW)

        assert assignment.agent_id == "a"
        assert assignment.explanation["lacking"] == {self.MEMBER: "nobody_has_it"}


def test_work_is_spread_while_it_is_given_out() -> None:
    waiting = [conversation(f"c{i}", waited=seconds(9 - i)) for i in range(4)]

    assert pairs(waiting, [agent("a", capacity=3), agent("b", capacity=3)]) == {
        "c0": "a",
        "c1": "b",
        "c2": "a",
        "c3": "b",
    }


def test_who_was_just_given_something_is_no_longer_the_longest_idle() -> None:
    waiting = [conversation("c0", waited=seconds(2)), conversation("c1", waited=seconds(1))]
    agents = [agent("a", capacity=4, idle=minutes(9)), agent("b", capacity=4, load=1, idle=minutes(5))]

    assert pairs(waiting, agents) == {"c0": "a", "c1": "b"}


@pytest.mark.parametrize(("waited", "served"), [(seconds(119), None), (seconds(120), "lin")])
def test_a_vip_whose_senior_agent_is_offline_is_served_by_another_after_relax_after(
    waited: timedelta, served: str | None
) -> None:
    vip = conversation("vip", preferred=("senior",), waited=waited, priority=Priority.high)
    assignments = assign([vip], [LIN, offline(MEI)], POLICY, NOW)

    assert [a.agent_id for a in assignments] == ([served] if served else [])
    if served:
        assert assignments[0].relaxed == ("senior",)
        assert assignments[0].explanation["lacking"] == {"senior": "waited_for"}


def test_a_preferred_skill_is_waited_for_also_when_its_holders_are_online_but_full() -> None:
    full = agent("mei", "zh", "senior", load=1)
    early, late = (conversation("vip", preferred=("senior",), waited=seconds(s)) for s in (119, 120))

    assert pairs([early], [LIN, full]) == {}
    assert pairs([late], [LIN, full]) == {"vip": "lin"}


def test_a_preferred_skill_that_nobody_in_the_house_has_is_not_waited_for() -> None:
    [assignment] = assign([conversation(preferred=("senior",))], [LIN, SAM], POLICY, NOW)

    assert assignment.agent_id == "lin"
    assert assignment.relaxed == ("senior",)
    assert assignment.explanation["lacking"] == {"senior": "nobody_has_it"}


def test_required_skills_that_nobody_could_ever_serve_together_fall_at_once_but_no_others() -> None:
    waiting = conversation(required=("en", "refund", "risk"))
    [assignment] = assign([waiting], [LIN, SAM], POLICY, NOW)

    assert assignment.agent_id == "sam"
    assert assignment.relaxed == ("refund",)


def test_requirements_fall_step_by_step_the_least_important_first_and_the_language_last() -> None:
    """In the house somebody has everything, but she is offline; each step lets one more kind of agent in."""
    all_skills = ("zh", "risk", "loan")
    agents = [
        agent("all", *all_skills, "senior", online=False),
        agent("0-full", *all_skills),
        agent("1-risk", "zh", "risk"),
        agent("2-zh", "zh"),
        agent("3-en", "en"),
    ]
    served = {}
    for someone in agents[1:]:
        for step in range(6):
            waiting = conversation(
                required=all_skills, preferred=("senior",), waited=step * POLICY.relax_after
            )
            found = assign([waiting], [agents[0], someone], POLICY, NOW)
            if found:
                served[someone.id] = (step, found[0].relaxed)
                break

    assert served == {
        "0-full": (1, ("senior",)),
        "1-risk": (2, ("senior", "loan")),
        "2-zh": (3, ("senior", "loan", "risk")),
        "3-en": (4, ("senior", "loan", "risk", "zh")),
    }


def test_without_preferred_skills_the_first_step_relaxes_the_least_important_requirement() -> None:
    waiting = conversation(required=("zh", "loan"), waited=seconds(120))

    assert pairs([waiting], [LIN, offline(MEI)]) == {"c": "lin"}


def test_a_strict_skill_never_falls() -> None:
    for house in ([LIN, offline(MEI)], [LIN]):
        waiting = conversation(required=("zh", "risk"), strict=("risk",), waited=timedelta(days=9))
        assert pairs([waiting], house) == {}
    waiting = conversation(required=("zh", "risk"), strict=("risk",), waited=seconds(120))
    [assignment] = assign([waiting], [SAM, offline(MEI)], POLICY, NOW)
    assert (assignment.agent_id, assignment.relaxed) == ("sam", ("zh",))


def test_what_stands_beside_a_strict_skill_that_nobody_has_together_with_it_falls_at_once() -> None:
    [assignment] = assign([conversation(required=("zh", "risk"), strict=("risk",))], [LIN, SAM], POLICY, NOW)

    assert (assignment.agent_id, assignment.relaxed) == ("sam", ("zh",))


def test_marking_a_skill_strict_does_not_make_it_required() -> None:
    vip = conversation(preferred=("senior",), strict=("senior",), waited=seconds(120))

    assert pairs([vip], [LIN, offline(MEI)]) == {"c": "lin"}


def test_of_several_preferred_skills_the_last_one_is_given_up_first() -> None:
    vip = conversation(preferred=("senior", "calm"), waited=seconds(120))
    [assignment] = assign([vip], [LIN, agent("ann", "zh", "senior", "calm", online=False)], POLICY, NOW)

    assert assignment.relaxed == ("calm", "senior")


def test_a_skill_whose_only_holder_takes_no_conversations_is_not_waited_for() -> None:
    trainer = agent("trainer", "zh", "senior", capacity=0)

    assert pairs([conversation(preferred=("senior",))], [LIN, trainer]) == {"c": "lin"}


def test_only_what_the_agent_lacks_is_called_relaxed() -> None:
    waiting = conversation(required=("zh", "risk"), preferred=("senior",), waited=timedelta(hours=1))
    [assignment] = assign([waiting], [MEI], POLICY, NOW)

    assert assignment.relaxed == ()


def test_the_explanation_is_data() -> None:
    waiting = conversation(priority=Priority.high, waited=minutes(10), last_agent="lin")
    [assignment] = assign([waiting], [agent("lin", capacity=3, load=1), agent("amy")], POLICY, NOW)

    assert assignment.explanation == {
        "chosen_for": "last_agent",
        "candidates": 2,
        "load": 1,
        "capacity": 3,
        "effective_priority": 3,
        "waited_seconds": 600,
        "lacking": {},
    }


@pytest.mark.parametrize("given", [{"relax_after": timedelta(0)}, {"age_step": seconds(-1)}])
def test_a_policy_without_time_is_refused(given: dict[str, timedelta]) -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        Policy(**given)
