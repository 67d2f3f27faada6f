"""The `when` of a rule: plain values → a condition."""

import math
from collections.abc import Sequence
from typing import Any

from handoff_service.decision.fields import FIELDS, Field, Kind, plain
from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Condition, Not, Operator, Scalar
from handoff_service.rules.errors import Findings, RuleError, unknown

COMBINATORS = ("all", "any", "not")
ORDERED = (Operator.gte, Operator.lte)


def parse_condition(value: Any, path: str) -> Condition:
    """A mapping whose entries must all hold: a field and its test, or `all`, `any`, `not`."""
    if not isinstance(value, dict):
        raise RuleError(path, f"expected a mapping of fields, got {_type(value)}")
    if not value:
        raise RuleError(path, "empty; it would match every turn")
    findings = Findings()
    parts = [findings.read(_entry, name, given, f"{path}.{name}") for name, given in value.items()]
    return _all_of(parts, findings)


def _all_of(parts: Sequence[Condition | None], findings: Findings) -> Condition:
    findings.done()
    read = tuple(part for part in parts if part is not None)
    return read[0] if len(read) == 1 else AllOf(read)


def _entry(name: str, value: Any, path: str) -> Condition:
    match name:
        case "all":
            return AllOf(_parts(value, path))
        case "any":
            return AnyOf(_parts(value, path))
        case "not":
            return Not(parse_condition(value, path))
    if name not in FIELDS:
        raise RuleError(path, unknown("field", name, [*FIELDS, *COMBINATORS]))
    return _comparison(name, value, path)


def _parts(value: Any, path: str) -> tuple[Condition, ...]:
    if not isinstance(value, list):
        raise RuleError(path, f"expected a list of conditions, got {_type(value)}")
    if not value:
        raise RuleError(path, "empty; list at least one condition")
    findings = Findings()
    parts = [findings.read(parse_condition, part, f"{path}[{i}]") for i, part in enumerate(value)]
    findings.done()
    return tuple(part for part in parts if part is not None)


def _comparison(name: str, value: Any, path: str) -> Condition:
    """`name: value`, `name: [one, of]`, or `name: {operator: value, …}`."""
    if isinstance(value, list):
        return _compare(name, Operator.is_in, value, path)
    if not isinstance(value, dict):
        return _compare(name, Operator.eq, value, path)
    if not value:
        raise RuleError(path, "empty; give an operator and a value")
    findings = Findings()
    tests = [findings.read(_test, name, word, given, f"{path}.{word}") for word, given in value.items()]
    return _all_of(tests, findings)


def _test(name: str, word: str, value: Any, path: str) -> Condition:
    if word not in Operator:
        raise RuleError(path, unknown("operator", word, list(Operator)))
    return _compare(name, Operator(word), value, path)


def _compare(name: str, operator: Operator, value: Any, path: str) -> Comparison:
    field = FIELDS[name]
    if operator in ORDERED and field.kind is not Kind.number:
        raise RuleError(path, f"{name} cannot be compared by {operator}; it is no number")
    if operator is not Operator.is_in:
        return Comparison(name, operator, _scalar(field, value, path))
    if not isinstance(value, list) or not value:
        raise RuleError(path, "expected a list of at least one value")
    findings = Findings()
    values = [findings.read(_scalar, field, v, f"{path}[{i}]") for i, v in enumerate(value)]
    findings.done()
    return Comparison(name, operator, tuple(values))


def _scalar(field: Field, value: Any, path: str) -> Scalar:
    match field.kind:
        case Kind.flag if isinstance(value, bool):
            return value
        case Kind.number if isinstance(value, int | float) and not isinstance(value, bool):
            return _in_range(field, value, path)
        case Kind.text if value is None:
            return None
        case Kind.text | Kind.tags if isinstance(value, str) and value:
            if field.choices and value not in field.choices:
                raise RuleError(path, unknown("value", value, field.choices))
            return value
    wanted = {Kind.flag: "true or false", Kind.number: "a number"}.get(field.kind, "a text")
    raise RuleError(path, f"expected {wanted}, got {_type(value)}")


def _in_range(field: Field, value: int | float, path: str) -> int | float:
    low = -math.inf if field.low is None else field.low
    high = math.inf if field.high is None else field.high
    if not low <= value <= high or value in (math.inf, -math.inf):
        bounds = f"at least {low:g}" if high == math.inf else f"between {low:g} and {high:g}"
        raise RuleError(path, f"expected a number {bounds}, got {plain(value)}")
    return value


def _type(value: Any) -> str:
    """What a value is, in the words of the file."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"{value}".lower()
    return f"the number {plain(value)}" if isinstance(value, int | float) else f"the text {value!r:.40}"
