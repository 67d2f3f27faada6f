"""Whether a condition holds for given facts, and what shows it."""

from collections.abc import Iterator

from handoff_service.decision.facts import Facts
from handoff_service.decision.fields import FIELDS, plain, shown
from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Condition, Not, Operator


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the condition is true of the facts."""
    # Written for speed: a backtest asks it a few dozen times for each of its turns.
    if isinstance(condition, Comparison):
        return _compare(condition, facts)
    if isinstance(condition, Not):
        return not holds(condition.part, facts)
    wanted = isinstance(condition, AnyOf)
    for part in condition.parts:
        if holds(part, facts) is wanted:
            return wanted
    return not wanted


def evidence(condition: Condition, facts: Facts) -> dict[str, str]:
    """Field → what it shows, for every test that makes this condition hold. The condition must hold."""
    match condition:
        case Comparison(field):
            return {field: shown(field, facts)}
        case AllOf(parts) | AnyOf(parts):
            found: dict[str, str] = {}
            for part in parts:
                if holds(part, facts):
                    found |= evidence(part, facts)
            return found
        case Not(part):
            # A signal that did not fire has no span to show, only its value.
            return {field: plain(FIELDS[field].read(facts)) for field in _fields(part)}


def _compare(comparison: Comparison, facts: Facts) -> bool:
    actual, wanted, operator = FIELDS[comparison.field].read(facts), comparison.value, comparison.operator
    if isinstance(actual, frozenset):
        return not actual.isdisjoint(wanted if isinstance(wanted, tuple) else (wanted,))
    if operator is Operator.eq:
        return actual == wanted
    if operator is Operator.is_in:
        return isinstance(wanted, tuple) and actual in wanted
    if not isinstance(actual, int | float) or not isinstance(wanted, int | float):
        return False
    return actual >= wanted if operator is Operator.gte else actual <= wanted


def _fields(condition: Condition) -> Iterator[str]:
    match condition:
        case Comparison(field):
            yield field
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
