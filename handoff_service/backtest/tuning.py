"""Finding thresholds that fit what agents said better. Pure, and the same marks give the same proposal.

Each marked handoff is a sample: the turns of its stretch, the turn of the real handoff, and the mark. The
objective is F-beta, where a handoff should be made

- by the real one's turn, if it was marked `needed`;
- before it, if marked `too_late` (made on the very turn counts half);
- not by then, if marked `not_needed`.

What nobody marked must not grow much: handoffs that a proposal would make there, in stretches picked by
chance, are held to `GROWTH` more than today.

Thresholds are moved one after another to the best of the observed values, until nothing gets better, and
moved back where that costs nothing. Whether the outcome holds is told by cross-validation: chosen on four
fifths of the conversations, measured on the fifth.
"""

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff_service.backtest.thresholds import Threshold
from handoff_service.decision.facts import Facts
from handoff_service.decision.fields import FIELDS
from handoff_service.decision.matching import holds
from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Condition, Not, Rule, RuleSet
from handoff_service.rules.conditions import ORDERED

MIN_MARKS = 30
"""With fewer, one agent's bad day would move the rules of the house."""
MIN_COMPLAINTS = 10
"""Marks other than `needed`: without them there is nothing to be made better."""
GROWTH = 0.1
FOLDS = 5
CANDIDATES = 12
"""Values tried per threshold at most: spread over what was observed, so finer steps tell hardly any apart."""
PASSES = 5
"""Rounds over all thresholds at most; the second rarely changes anything."""
NEVER = 10**9


class TooFewMarks(Exception):
    """Says in a sentence how many there are and how many it takes."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One stretch. `place`: the turn of the real handoff, from 1; one more than there are turns where it was
    not made on a turn. None for a stretch without a handoff."""

    conversation_id: str
    turns: tuple[Facts, ...]
    place: int | None
    mark: str | None

    @property
    def fold(self) -> int:
        return spread(self.conversation_id) % FOLDS


def spread(conversation_id: str) -> int:
    """A number as good as drawn by chance, the same in every process."""
    return int.from_bytes(hashlib.sha256(conversation_id.encode()).digest()[:8])


@dataclass(frozen=True, slots=True)
class Score:
    """What was made right, wrongly, and missed, among marked handoffs."""

    right: float = 0
    wrong: float = 0
    missed: float = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def f(self, beta: float) -> float:
        """F-beta: 1 is best; above 1, `beta` weighs what is missed more than what is made in vain."""
        weighted = (1 + beta**2) * self.right
        whole = weighted + beta**2 * self.missed + self.wrong
        return weighted / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """`values` holds the thresholds that move; empty when nothing better was found that holds.

    Scores: today's and the proposal's on all marks, and both as cross-validation has them.
    """

    values: Mapping[Threshold, float]
    today: Score
    proposed: Score
    today_unseen: Score
    proposed_unseen: Score


def propose(
    rules: RuleSet,
    thresholds: Sequence[Threshold],
    samples: Sequence[Sample],
    *,
    movable: Container[str],
    beta: float,
) -> Proposal:
    """Raises `TooFewMarks`. `thresholds`: all of the text that `rules` were read from; `movable`: the ids of
    the rules whose thresholds may move."""
    marked = sorted((s for s in samples if s.mark), key=lambda s: (s.conversation_id, s.place or 0))
    _expect_enough(marked)
    search = _Search(
        rules, thresholds, [each for each in thresholds if each.rule in movable], samples, marked, beta
    )
    everybody = range(len(marked))
    unseen_today, unseen = Score(), Score()
    for fold in range(FOLDS):
        seen = [i for i in everybody if marked[i].fold != fold]
        held_out = [i for i in everybody if marked[i].fold == fold]
        unseen += search.score(search.best(seen), held_out)
        unseen_today += search.score({}, held_out)
    values = search.best(everybody) if unseen.f(beta) > unseen_today.f(beta) else {}
    return Proposal(
        values=values,
        today=search.score({}, everybody),
        proposed=search.score(values, everybody),
        today_unseen=unseen_today,
        proposed_unseen=unseen,
    )


def _expect_enough(marked: Sequence[Sample]) -> None:
    complaints = sum(sample.mark != "needed" for sample in marked)
    if len(marked) < MIN_MARKS:
        raise TooFewMarks(f"{len(marked)} handoffs are marked; tuning takes at least {MIN_MARKS}.")
    if complaints < MIN_COMPLAINTS:
        raise TooFewMarks(
            f"{complaints} marks say not needed or too late; tuning takes at least {MIN_COMPLAINTS} of them."
        )


@dataclass(slots=True)
class _Search:
    rules: RuleSet
    thresholds: Sequence[Threshold]
    movable: Sequence[Threshold]
    samples: Sequence[Sample]
    marked: Sequence[Sample]
    beta: float
    unmarked: list[Sample] = field(init=False)
    limit: float = field(init=False)
    candidates: dict[Threshold, list[float]] = field(init=False)
    _places: dict[tuple[Any, ...], tuple[list[int], list[int]]] = field(init=False)

    def __post_init__(self) -> None:
        self.unmarked = [sample for sample in self.samples if not sample.mark]
        self._places = {}
        self.candidates = {each: _candidates(each, self.samples) for each in self.movable}
        self.limit = self._made_unmarked({}) * (1 + GROWTH)

    def best(self, seen: Sequence[int]) -> dict[Threshold, float]:
        """The values that fit these of the marked samples best."""
        values: dict[Threshold, float] = {}
        best = self.score(values, seen).f(self.beta)
        for _ in range(PASSES):
            before = best
            for threshold in self.movable:
                for candidate in self.candidates[threshold]:
                    tried = _moved(values, threshold, candidate)
                    reached = self.score(tried, seen).f(self.beta)
                    if reached > best + 1e-9 and self._made_unmarked(tried) <= self.limit:
                        values, best = tried, reached
            if best == before:
                break
        for threshold in list(values):
            tried = _moved(values, threshold, threshold.value)
            reached = self.score(tried, seen).f(self.beta)
            if reached >= best and self._made_unmarked(tried) <= self.limit:
                values, best = tried, reached
        return values

    def score(self, values: Mapping[Threshold, float], seen: Sequence[int]) -> Score:
        made = self._first_places(values)[0]
        total = Score()
        for i in seen:
            total += _judged(self.marked[i], made[i])
        return total

    def _made_unmarked(self, values: Mapping[Threshold, float]) -> int:
        """Unmarked stretches with a handoff by the place of the real one, or at all where there was none."""
        made = self._first_places(values)[1]
        return sum(
            place <= (sample.place or NEVER - 1) for sample, place in zip(self.unmarked, made, strict=True)
        )

    def _first_places(self, values: Mapping[Threshold, float]) -> tuple[list[int], list[int]]:
        """Per marked and per unmarked sample, the turn on which the rules hand over; `NEVER` if on none."""
        found = [self._of_rule(rule, values) for rule in self.rules.rules if rule.then.hand_over]
        marked = [min(places, default=NEVER) for places in zip(*(of[0] for of in found), strict=True)]
        unmarked = [min(places, default=NEVER) for places in zip(*(of[1] for of in found), strict=True)]
        return marked, unmarked

    def _of_rule(self, rule: Rule, values: Mapping[Threshold, float]) -> tuple[list[int], list[int]]:
        """The same for one rule. Kept: moving one threshold leaves all other rules as they were."""
        own = [each for each in self.thresholds if each.rule == rule.id]
        key: tuple[Any, ...] = (rule.id, *(values.get(each, each.value) for each in own))
        if key not in self._places:
            when = _with(rule.when, iter(key[1:]))
            marked = [_first(when, sample.turns) for sample in self.marked]
            self._places[key] = marked, [_first(when, sample.turns) for sample in self.unmarked]
        return self._places[key]


def _with(condition: Condition, values: Iterator[float]) -> Condition:
    """The condition with the next of the values in place of each number behind `gte` or `lte`, in order."""
    match condition:
        case Comparison(field, operator) if operator in ORDERED:
            return Comparison(field, operator, next(values))
        case AllOf(parts):
            return AllOf(tuple(_with(part, values) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_with(part, values) for part in parts))
        case Not(part):
            return Not(_with(part, values))
    return condition


def _judged(sample: Sample, place: int) -> Score:
    real = sample.place or NEVER
    if sample.mark == "not_needed":
        return Score(wrong=1) if place <= real else Score()
    if place > real:
        return Score(missed=1)
    if sample.mark == "too_late" and place == real:
        return Score(right=0.5, missed=0.5)
    return Score(right=1)


def _first(when: Condition, turns: Sequence[Facts]) -> int:
    return next((place for place, facts in enumerate(turns, start=1) if holds(when, facts)), NEVER)


def _moved(values: Mapping[Threshold, float], threshold: Threshold, to: float) -> dict[Threshold, float]:
    moved = {each: value for each, value in values.items() if each != threshold}
    return moved if to == threshold.value else {**moved, threshold: to}


def _candidates(threshold: Threshold, samples: Sequence[Sample]) -> list[float]:
    """Observed values of its field, spread evenly over how often they occur."""
    read = FIELDS[threshold.field].read
    seen = [read(facts) for sample in samples for facts in sample.turns]
    observed = sorted(round(float(value), 2) for value in seen if isinstance(value, int | float))
    if len(set(observed)) > CANDIDATES:
        last = len(observed) - 1
        observed = [observed[last * i // (CANDIDATES - 1)] for i in range(CANDIDATES)]
    return sorted(set(observed) - {threshold.value})
