"""What a rule rests on and what it lacks fit together with whether it holds."""

from hypothesis import given
from hypothesis import strategies as st

from handoff_service.decision.facts import Facts, Running
from handoff_service.decision.grounds import FAR, gaps, grounds, nearest
from handoff_service.decision.matching import holds
from handoff_service.decision.rules import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Effect,
    Not,
    Operator,
    Rule,
    RuleSet,
)
from tests.service.decision.factories import facts
from tests.service.decision.test_decide_properties import any_facts, condition

REFUND = Comparison("recent_topic", Operator.eq, "refund")
TWICE = Comparison("repeat_count", Operator.gte, 2)
THRICE = Comparison("repeat_count", Operator.gte, 3)
DISPLEASED = Comparison("sentiment", Operator.lte, -0.4)
VIP = Comparison("customer.tier", Operator.eq, "gold")


@given(any_facts, condition)
def test_something_is_lacking_exactly_when_the_condition_does_not_hold(f: Facts, c: Condition) -> None:
    assert bool(gaps(c, f)) is not holds(c, f)
    assert bool(gaps(c, f, wanted=False)) is holds(c, f)
    assert grounds(c, f, wanted=holds(c, f))


@given(any_facts, condition)
def test_what_is_lacking_is_no_ground(f: Facts, c: Condition) -> None:
    for gap in gaps(c, f):
        assert holds(gap.comparison, f) is gap.negated
        assert gap.distance > 0


@given(any_facts, st.lists(condition, max_size=5))
def test_the_nearest_rules_come_nearest_first(f: Facts, conditions: list[Condition]) -> None:
    rules = [Rule(f"r{i}", c, Effect(hand_over=True)) for i, c in enumerate(conditions)]
    near = nearest(f, RuleSet(1, tuple(rules)), 3)

    assert [each.distance for each in near] == sorted(each.distance for each in near)
    assert all(not holds(each.rule.when, f) for each in near)
    assert len(near) == min(3, sum(not holds(rule.when, f) for rule in rules))


def test_of_several_ways_the_shortest_is_told() -> None:
    when = AllOf((REFUND, AnyOf((Comparison("rejects_answer", Operator.eq, True), TWICE, DISPLEASED))))
    asked = facts(running=Running(repeat_count=1, recent_topic="refund"), sentiment=-0.3)

    [gap] = gaps(when, asked)

    assert (gap.comparison, gap.negated) == (DISPLEASED, False)
    assert round(gap.distance, 6) == 0.25


def test_half_of_the_way_is_nearer_than_a_third() -> None:
    once = facts(running=Running(repeat_count=1))
    rules = RuleSet(1, (Rule("thrice", THRICE, Effect(True)), Rule("twice", TWICE, Effect(True))))

    assert [near.rule.id for near in nearest(once, rules, 5)] == ["twice", "thrice"]


def test_what_no_words_can_change_is_far_away() -> None:
    rules = RuleSet(
        1, (Rule("vip", VIP, Effect(True)), Rule("all", AllOf((REFUND, TWICE, DISPLEASED)), Effect(True)))
    )

    assert [near.rule.id for near in nearest(facts(), rules, 5)] == ["all", "vip"]
    assert nearest(facts(), rules, 5)[1].distance == FAR


def test_rules_that_do_not_hand_over_are_not_near() -> None:
    assert nearest(facts(), RuleSet(1, (Rule("vip", VIP, Effect(alert={})),)), 5) == []


def test_what_a_rule_excludes_is_lacking_too() -> None:
    [gap] = gaps(Not(VIP), facts(tier="gold"))

    assert (gap.comparison, gap.negated) == (VIP, True)
    assert grounds(Not(VIP), facts()) == (VIP,)
