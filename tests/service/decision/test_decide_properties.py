"""What holds for every rule set and every turn."""

from hypothesis import given
from hypothesis import strategies as st

from handoff_service.decision.decide import Priority, decide
from handoff_service.decision.facts import Customer, Facts, Running, Signals
from handoff_service.decision.matching import evidence, holds
from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Effect, Not, Operator, Rule, RuleSet

SKILLS = ("refund", "risk", "loan", "senior", "zh")

any_facts = st.builds(
    Facts,
    signals=st.builds(
        Signals,
        language=st.sampled_from([None, "zh", "en"]),
        sentiment=st.sampled_from([-1.0, -0.5, 0.0, 0.5]),
        asks_human=st.booleans(),
        topic=st.sampled_from([None, "refund", "loan"]),
    ),
    running=st.builds(Running, repeat_count=st.integers(0, 4)),
    customer=st.builds(
        Customer, tier=st.sampled_from([None, "gold"]), tags=st.frozensets(st.sampled_from("ab"))
    ),
    agents_online=st.integers(0, 2),
    channel=st.sampled_from(["webchat", "rest"]),
)
comparison = st.one_of(
    st.builds(Comparison, st.just("asks_human"), st.just(Operator.eq), st.booleans()),
    st.builds(Comparison, st.just("topic"), st.just(Operator.is_in), st.just(("refund", "loan"))),
    st.builds(Comparison, st.just("sentiment"), st.just(Operator.lte), st.sampled_from([-0.5, 0.0])),
    st.builds(Comparison, st.just("repeat_count"), st.just(Operator.gte), st.integers(1, 3)),
    st.builds(Comparison, st.just("customer.tags"), st.just(Operator.eq), st.sampled_from("ab")),
)
condition = st.recursive(
    comparison,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=5,
)
skills = st.lists(st.sampled_from(SKILLS), unique=True, max_size=3).map(tuple)


def effects(hand_over: st.SearchStrategy[bool]) -> st.SearchStrategy[Effect]:
    return st.builds(
        Effect,
        hand_over=hand_over,
        priority=st.sampled_from([None, *Priority]),
        required=skills,
        preferred=skills,
    )


def rule_lists(hand_over: st.SearchStrategy[bool]) -> st.SearchStrategy[list[Rule]]:
    rule = st.builds(Rule, st.uuids().map(str), condition, effects(hand_over))
    return st.lists(rule, max_size=6)


rules = rule_lists(st.booleans())
raise_rules = rule_lists(st.just(False))


@given(any_facts, rules)
def test_the_same_inputs_give_the_same_decision(facts: Facts, given_rules: list[Rule]) -> None:
    rule_set = RuleSet(1, tuple(given_rules))
    restored = Facts.from_dict(facts.to_dict())

    assert decide(facts, rule_set) == decide(restored, rule_set)


@given(any_facts, rules, rules)
def test_adding_rules_never_lowers_anything(facts: Facts, before: list[Rule], added: list[Rule]) -> None:
    less = decide(facts, RuleSet(1, tuple(before)))
    more = decide(facts, RuleSet(1, (*before, *added)))

    assert more.handoff >= less.handoff
    assert more.priority >= less.priority
    assert set(more.skills_required) >= set(less.skills_required)
    assert {*more.skills_required, *more.skills_preferred} >= {*less.skills_required, *less.skills_preferred}
    assert less.rule is None or more.rule == less.rule


@given(any_facts, rules, st.randoms(use_true_random=False))
def test_the_order_of_rules_changes_neither_priority_nor_skills(
    facts: Facts, given_rules: list[Rule], random: object
) -> None:
    shuffled = list(given_rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (decide(facts, RuleSet(1, tuple(r))) for r in (given_rules, shuffled))

    assert one.handoff == other.handoff
    assert one.priority == other.priority
    assert one.skills_required == other.skills_required
    assert one.skills_preferred == other.skills_preferred


@given(any_facts, raise_rules)
def test_rules_that_only_raise_never_hand_over(facts: Facts, given_rules: list[Rule]) -> None:
    decision = decide(facts, RuleSet(1, tuple(given_rules)))

    assert decision.handoff is False
    assert decision.rule is None


@given(any_facts, rules)
def test_no_skill_is_named_twice_and_the_language_comes_first(facts: Facts, given_rules: list[Rule]) -> None:
    decision = decide(facts, RuleSet(1, tuple(given_rules)))
    named = [*decision.skills_required, *decision.skills_preferred]

    assert len(named) == len(set(named))
    assert facts.signals.language is None or decision.skills_required[0] == facts.signals.language


@given(any_facts, condition)
def test_every_matching_rule_has_something_to_show(
    facts: Facts, when: AllOf | AnyOf | Not | Comparison
) -> None:
    assert not holds(when, facts) or evidence(when, facts)
