from typing import Any

import pytest

from handoff_service.decision.decide import Priority, Reason, decide
from handoff_service.decision.facts import Running
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

ASKS = Comparison("asks_human", Operator.eq, True)
REFUND = Comparison("topic", Operator.eq, "refund")


def rules(*given: Rule, version: int = 1) -> RuleSet:
    return RuleSet(version, given)


def test_without_a_matching_rule_the_bot_goes_on_at_normal_priority() -> None:
    decision = decide(facts(topic="order"), rules(Rule("a", ASKS, Effect(hand_over=True)), version=7))

    assert decision.handoff is False
    assert decision.rule is None
    assert decision.reasons == ()
    assert decision.priority is Priority.normal
    assert decision.skills_required == ("zh",)
    assert decision.messages == {}
    assert decision.rules_version == 7


def test_the_first_rule_that_hands_over_is_reported_and_all_that_match_are_reasons() -> None:
    raise_only = Rule("raise", REFUND, Effect(priority=Priority.high))
    first = Rule("first", ASKS, Effect(hand_over=True))
    second = Rule("second", AllOf((ASKS, REFUND)), Effect(hand_over=True, priority=Priority.urgent))
    other = Rule("other", Comparison("threat", Operator.eq, True), Effect(hand_over=True))

    decision = decide(
        facts(asks_human=True, topic="refund", why={"asks_human": "转人工"}),
        rules(raise_only, other, first, second),
    )

    assert decision.handoff is True
    assert decision.rule == "first"
    assert decision.priority is Priority.urgent
    assert decision.reasons == (
        Reason("raise", {"topic": "refund"}),
        Reason("first", {"asks_human": "转人工"}),
        Reason("second", {"asks_human": "转人工", "topic": "refund"}),
    )


def test_a_rule_cannot_lower_the_priority_below_normal() -> None:
    decision = decide(facts(asks_human=True), rules(Rule("low", ASKS, Effect(True, Priority.low))))

    assert decision.priority is Priority.normal


def test_skills_add_up_with_the_language_first_and_the_more_urgent_rules_skill_before_others() -> None:
    refund = Rule("refund", REFUND, Effect(True, required=("refund", "senior"), preferred=("calm", "risk")))
    risk = Rule("risk", ASKS, Effect(True, Priority.urgent, required=("risk", "legal")))

    decision = decide(facts(asks_human=True, topic="refund", language="en"), rules(refund, risk))

    assert decision.skills_required == ("en", "risk", "legal", "refund", "senior")
    assert decision.skills_preferred == ("calm",)


def test_an_unknown_language_requires_none() -> None:
    assert decide(facts(language=None), rules()).skills_required == ()


def test_strict_skills_are_passed_on() -> None:
    rule = Rule("risk", ASKS, Effect(True, required=("risk", "loan"), strict=frozenset({"risk"})))

    assert decide(facts(asks_human=True), rules(rule)).skills_strict == {"risk"}
    assert decide(facts(), rules(rule)).skills_strict == frozenset()


def test_the_message_is_the_first_one_among_the_rules_that_hand_over() -> None:
    without = Rule("asks", ASKS, Effect(True))
    advice = Rule("fraud", REFUND, Effect(True, messages={"zh": "先冻结", "en": "freeze first"}))
    later = Rule("later", ASKS, Effect(True, messages={"zh": "后来", "en": "later"}))

    decision = decide(facts(asks_human=True, topic="refund"), rules(without, advice, later))

    assert decision.rule == "asks"
    assert decision.messages == {"zh": "先冻结", "en": "freeze first"}


@pytest.mark.parametrize(
    ("condition", "given", "expected"),
    [
        (Comparison("topic", Operator.is_in, ("refund", "loan")), {"topic": "loan"}, True),
        (Comparison("topic", Operator.is_in, ("refund", "loan")), {"topic": None}, False),
        (Comparison("topic", Operator.eq, None), {"topic": None}, True),
        (Comparison("sentiment", Operator.lte, -0.8), {"sentiment": -0.8}, True),
        (Comparison("sentiment", Operator.lte, -0.8), {"sentiment": -0.79}, False),
        (Comparison("confidence", Operator.gte, 0.5), {"confidence": 0.5}, True),
        (Comparison("repeat_count", Operator.gte, 2), {"running": Running(repeat_count=1)}, False),
        (Comparison("repeat_count", Operator.gte, 2), {"running": Running(repeat_count=2)}, True),
        (Comparison("customer.tier", Operator.eq, "gold"), {"tier": "gold"}, True),
        (Comparison("customer.tier", Operator.eq, "gold"), {}, False),
        (Comparison("customer.tags", Operator.eq, "press"), {"tags": frozenset({"press", "x"})}, True),
        (Comparison("customer.tags", Operator.eq, "press"), {"tags": frozenset({"x"})}, False),
        (Comparison("customer.tags", Operator.is_in, ("a", "b")), {"tags": frozenset({"b", "c"})}, True),
        (Comparison("channel", Operator.eq, "wechat"), {"channel": "wechat"}, True),
        (Comparison("agents_online", Operator.gte, 1), {"agents_online": 0}, False),
        (AllOf((ASKS, REFUND)), {"asks_human": True}, False),
        (AnyOf((ASKS, REFUND)), {"asks_human": True}, True),
        (AnyOf((ASKS, REFUND)), {}, False),
        (Not(ASKS), {}, True),
        (Not(ASKS), {"asks_human": True}, False),
        (Not(AnyOf((ASKS, Not(REFUND)))), {"topic": "refund"}, True),
    ],
)
def test_conditions(condition: Condition, given: dict[str, Any], expected: bool) -> None:
    assert holds(condition, facts(**given)) is expected


@pytest.mark.parametrize(
    ("condition", "given", "why"),
    [
        (AnyOf((ASKS, REFUND)), {"topic": "refund"}, {"topic": "refund"}),
        (
            AnyOf((ASKS, REFUND)),
            {"topic": "refund", "asks_human": True, "why": {"topic": "退款"}},
            {"asks_human": "yes", "topic": "退款"},
        ),
        (Not(ASKS), {"why": {"asks_human": "不用转人工"}}, {"asks_human": "no"}),
        (Comparison("sentiment", Operator.lte, 0), {"sentiment": -0.5}, {"sentiment": "-0.5"}),
        (Comparison("customer.tags", Operator.eq, "b"), {"tags": frozenset("ba")}, {"customer.tags": "a, b"}),
        (Not(Comparison("customer.tier", Operator.eq, "gold")), {}, {"customer.tier": "none"}),
    ],
)
def test_a_reason_shows_what_made_the_rule_match(
    condition: Condition, given: dict[str, Any], why: dict[str, str]
) -> None:
    decision = decide(facts(**given), rules(Rule("r", condition, Effect(True))))

    assert decision.reasons == (Reason("r", why),)


@pytest.mark.parametrize(
    "comparison",
    [
        Comparison("learned_score", Operator.gte, 0),
        Comparison("learned_score", Operator.lte, 1),
        Comparison("learned_score", Operator.eq, 0),
        Comparison("learned_score", Operator.is_in, (0, 1)),
    ],
)
def test_without_a_learned_score_no_comparison_with_it_holds(comparison: Comparison) -> None:
    assert not holds(comparison, facts(learned_score=None))
    assert holds(comparison, facts(learned_score=0.0))
