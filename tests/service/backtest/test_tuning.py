"""Thresholds from marks: what is proposed, and when nothing is."""

import random

import pytest

from handoff_service.backtest.thresholds import thresholds_of, with_values
from handoff_service.backtest.tuning import MIN_MARKS, Proposal, Sample, TooFewMarks, propose
from handoff_service.decision.facts import Running
from handoff_service.rules.parsing import parse_rules
from tests.service.decision.factories import DEFAULT_RULES_TEXT, facts

TEXT = """\
# 我们的规则
version: 1
rules:
  - id: upset  # 不高兴
    when: {sentiment: {lte: -0.4}}   # moved with care
    then: {hand_over: true}
  - id: asked_again
    when:
      any:
        - repeat_count: {gte: 3}
        - not: {consecutive_fallbacks: {lte: 1}}
    then: {hand_over: true}
"""


class TestThresholds:
    def test_each_number_behind_gte_and_lte_is_found(self) -> None:
        assert [(t.rule, t.path, t.field, t.operator, t.value) for t in thresholds_of(TEXT)] == [
            ("upset", "rules[0].when.sentiment.lte", "sentiment", "lte", -0.4),
            ("asked_again", "rules[1].when.any[0].repeat_count.gte", "repeat_count", "gte", 3),
            (
                "asked_again",
                "rules[1].when.any[1].not.consecutive_fallbacks.lte",
                "consecutive_fallbacks",
                "lte",
                1,
            ),
        ]

    def test_only_the_numbers_change(self) -> None:
        upset, again, _ = thresholds_of(TEXT)

        assert with_values(TEXT, {upset: -0.65, again: 12}) == TEXT.replace("-0.4", "-0.65").replace(
            "gte: 3", "gte: 12"
        )

    def test_the_shipped_rules_come_back_as_they_are(self) -> None:
        thresholds = thresholds_of(DEFAULT_RULES_TEXT)

        assert len(thresholds) > 8
        assert parse_rules(with_values(DEFAULT_RULES_TEXT, {t: t.value for t in thresholds})) == parse_rules(
            DEFAULT_RULES_TEXT
        )


def upset(number: int, sentiment: float, mark: str | None) -> Sample:
    """A handoff on the second turn, because of its sentiment."""
    return Sample(f"c{number}", (facts(), facts(sentiment=sentiment)), 2 if sentiment <= -0.4 else None, mark)


def asked(number: int, mark: str | None) -> Sample:
    """A question asked three times, handed over at the third."""
    turns = tuple(facts(running=Running(repeat_count=n)) for n in (1, 2, 3))
    return Sample(f"a{number}", turns, 3, mark)


def quiet(number: int, repeats: int = 1) -> Sample:
    """Nobody was called."""
    turns = tuple(facts(running=Running(repeat_count=n + 1)) for n in range(repeats))
    return Sample(f"q{number}", turns, None, None)


def proposed(samples: list[Sample], *, movable=("upset", "asked_again"), beta: float = 1) -> Proposal:
    return propose(parse_rules(TEXT), thresholds_of(TEXT), samples, movable=movable, beta=beta)


def changes(proposal: Proposal) -> dict[str, float]:
    return {threshold.field: value for threshold, value in proposal.values.items()}


NEEDLESS = [upset(n, -0.5, "not_needed") for n in range(20)] + [
    upset(100 + n, -0.9, "needed") for n in range(20)
]
TOO_LATE = [asked(n, "too_late") for n in range(40)]


def test_needless_handoffs_raise_the_bar() -> None:
    proposal = proposed(NEEDLESS)

    assert changes(proposal) == {"sentiment": -0.9}
    assert (proposal.today.f(1), proposal.proposed.f(1)) == (pytest.approx(2 / 3), 1)
    assert proposal.proposed_unseen.f(1) > proposal.today_unseen.f(1)


def test_handoffs_that_came_too_late_lower_it() -> None:
    assert changes(proposed([*TOO_LATE, *(quiet(n) for n in range(50))])) == {"repeat_count": 2}


def test_not_at_the_price_of_many_more_where_nobody_complained() -> None:
    """Lowering the bar to two would call a person for every other quiet conversation."""
    samples = [
        *TOO_LATE,
        *(quiet(n, repeats=2) for n in range(50)),
        *(asked(100 + n, None) for n in range(20)),
    ]

    assert changes(proposed(samples)) == {}


def test_only_the_rules_that_may_move_do() -> None:
    assert changes(proposed(NEEDLESS, movable=("asked_again",))) == {}


def test_marks_by_chance_move_nothing() -> None:
    chance = random.Random(3)
    samples = [
        upset(n, chance.choice((-0.5, -0.6, -0.7, -0.8)), chance.choice(("needed", "not_needed")))
        for n in range(200)
    ]

    proposal = proposed(samples)

    assert changes(proposal) == {}
    assert proposal.proposed == proposal.today


def test_beta_says_what_is_worse() -> None:
    """Among the mildly upset three in ten needed a person: worth it only if missing them is worse."""
    mixed = [upset(n, -0.5, "needed" if n % 10 < 3 else "not_needed") for n in range(60)]
    samples = [*mixed, *(upset(100 + n, -0.9, "needed") for n in range(20))]

    assert changes(proposed(samples, beta=0.5)) == {"sentiment": -0.9}
    assert changes(proposed(samples, beta=4)) == {}


def test_the_order_of_the_samples_does_not_matter() -> None:
    samples = [*NEEDLESS, *TOO_LATE]

    assert proposed(samples) == proposed(samples[::-1])


@pytest.mark.parametrize(
    ("samples", "complaint"),
    [
        ([], f"0 handoffs are marked; tuning takes at least {MIN_MARKS}."),
        (NEEDLESS[:5], "5 handoffs are marked"),
        ([upset(n, -0.9, "needed") for n in range(50)], "0 marks say not needed or too late"),
    ],
)
def test_too_few_marks_are_refused_with_the_reason(samples, complaint) -> None:
    with pytest.raises(TooFewMarks, match=complaint):
        proposed(samples)
