"""The numbers in a rule set's text that may be moved: those behind `gte` and `lte`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from handoff_service.decision.fields import FIELDS, Kind
from handoff_service.rules.conditions import ORDERED
from handoff_service.rules.errors import RuleError
from handoff_service.rules.file import parse


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number and where it stands: `path` as in errors, `start`…`end` as offsets in the text."""

    rule: str
    path: str
    field: str
    operator: str
    value: float
    start: int
    end: int


def thresholds_of(text: str) -> list[Threshold]:
    """In the order of the text. `text` must be a valid rule set; raises `RuleError` otherwise."""
    parse(text)
    found: list[Threshold] = []
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    rules = _entries(root)["rules"] if root else None
    assert isinstance(rules, yaml.SequenceNode)  # `parse` had refused anything else
    for i, node in enumerate(rules.value):
        rule = _entries(node)
        found += _of_condition(str(rule["id"].value), rule["when"], f"rules[{i}].when")
    return found


def with_values(text: str, values: Mapping[Threshold, float]) -> str:
    """The text with these numbers in their places; every other character stays, comments too.

    Raises `RuleError` where a value is not allowed.
    """
    for threshold in sorted(values, key=lambda each: -each.start):
        text = text[: threshold.start] + _written(values[threshold]) + text[threshold.end :]
    parse(text)
    return text


def _written(value: float) -> str:
    """As YAML reads it back: never with an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _of_condition(rule: str, node: yaml.Node, path: str) -> Iterator[Threshold]:
    for name, value in _entries(node).items():
        place = f"{path}.{name}"
        if isinstance(value, yaml.SequenceNode) and name in ("all", "any"):
            for i, part in enumerate(value.value):
                yield from _of_condition(rule, part, f"{place}[{i}]")
        elif name == "not":
            yield from _of_condition(rule, value, place)
        elif name in FIELDS and FIELDS[name].kind is Kind.number and isinstance(value, yaml.MappingNode):
            for word, number in _entries(value).items():
                if word in ORDERED:
                    start, end = number.start_mark.index, number.end_mark.index
                    yield Threshold(
                        rule, f"{place}.{word}", name, word, float(yaml.safe_load(number.value)), start, end
                    )


def _entries(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise RuleError("", "expected a mapping")
    return {str(key.value): value for key, value in node.value}
