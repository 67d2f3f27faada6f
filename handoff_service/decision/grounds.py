"""What a matching rule rests on, and what another one lacks. For explanations; decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from handoff_service.decision.facts import Facts
from handoff_service.decision.fields import FIELDS
from handoff_service.decision.matching import holds
from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Condition, Not, Operator, Rule, RuleSet

OUT_OF_REACH = {
    *("language", "channel", "customer.tier", "customer.tags"),
    *("business_hours", "just_resolved", "agents_online", "agents_available"),
}
"""Nothing that the customer says next changes these."""

FAR = 10.0
"""The distance of what is out of reach: further away than any rule that talk alone could fulfil."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A comparison that stands in a rule's way: it does not hold, or it does (`negated`) and should not.

    `distance`: how much of the way from a neutral turn is still missing, 1 for all of it.
    """

    comparison: Comparison
    negated: bool
    distance: float


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that would hand over, and all that it lacks."""

    rule: Rule
    missing: tuple[Gap, ...]

    @property
    def distance(self) -> float:
        return _distance(self.missing)


def grounds(condition: Condition, facts: Facts, *, wanted: bool = True) -> tuple[Comparison, ...]:
    """The comparisons that make the condition come out as `wanted`, each once. It must come out so."""
    match condition:
        case Comparison():
            return (condition,)
        case Not(part):
            return grounds(part, facts, wanted=not wanted)
        case AllOf(parts) | AnyOf(parts):
            found = (grounds(p, facts, wanted=wanted) for p in parts if holds(p, facts) is wanted)
            return tuple(dict.fromkeys(chain.from_iterable(found)))


def gaps(condition: Condition, facts: Facts, *, wanted: bool = True) -> tuple[Gap, ...]:
    """The nearest comparisons that would have to come out otherwise for the condition to be as `wanted`;
    none when it is."""
    match condition:
        case Comparison():
            if holds(condition, facts) is wanted:
                return ()
            return (Gap(condition, not wanted, _missing(condition, facts) if wanted else _whole(condition)),)
        case Not(part):
            return gaps(part, facts, wanted=not wanted)
        case AllOf(parts) | AnyOf(parts):
            each = [gaps(part, facts, wanted=wanted) for part in parts]
            if isinstance(condition, AllOf) is wanted:  # every part has to
                return tuple(dict.fromkeys(chain.from_iterable(each)))
            return min(each, key=_distance)


def nearest(facts: Facts, rules: RuleSet, limit: int) -> list[Near]:
    """The rules that would hand over but do not match, the nearest first."""
    near = [Near(rule, gaps(rule.when, facts)) for rule in rules.rules if rule.then.hand_over]
    return sorted((each for each in near if each.missing), key=lambda each: each.distance)[:limit]


def _distance(missing: Sequence[Gap]) -> float:
    return sum(gap.distance for gap in missing)


def _whole(comparison: Comparison) -> float:
    return FAR if comparison.field in OUT_OF_REACH else 1.0


def _missing(comparison: Comparison, facts: Facts) -> float:
    """Counts and scores can be part of the way there: once of twice is a half."""
    whole = _whole(comparison)
    actual, wanted = FIELDS[comparison.field].read(facts), comparison.value
    ordered = comparison.operator in (Operator.gte, Operator.lte)
    if ordered and isinstance(actual, int | float) and isinstance(wanted, int | float) and wanted:
        return whole * min(1.0, abs(wanted - actual) / abs(wanted))
    return whole
