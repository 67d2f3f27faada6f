"""Whether a condition holds for given facts, and what shows it."""

from collections.abc import Iterator

from handoff_service.decision.facts import Facts
from handoff_service.decision.fields import FIELDS, plain, shown
from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Condition, Not, Operator


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the condition is true of the facts."""
    match condition:
        case Comparison():
            return _compare(condition, facts)
        case AllOf(parts):
            return all(holds(part, facts) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts) for part in parts)
        case Not(part):
            return not holds(part, facts)


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
    actual, wanted = FIELDS[comparison.field].read(facts), comparison.value
    if isinstance(actual, frozenset):
        return not actual.isdisjoint(wanted if isinstance(wanted, tuple) else (wanted,))
    match comparison.operator:
        case Operator.eq:
            return actual == wanted
        case Operator.is_in:
            return isinstance(wanted, tuple) and actual in wanted
        case Operator.gte:
            return isinstance(actual, int | float) and isinstance(wanted, int | float) and actual >= wanted
        case Operator.lte:
            return isinstance(actual, int | float) and isinstance(wanted, int | float) and actual <= wanted


def _fields(condition: Condition) -> Iterator[str]:
    match condition:
        case Comparison(field):
            yield field
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
