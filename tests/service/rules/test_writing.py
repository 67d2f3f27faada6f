"""Whatever parses is written as YAML and JSON that parse to the same; whatever is junk is refused by name."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handoff_service.decision.fields import FIELDS, Kind
from handoff_service.decision.priority import Priority
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
from handoff_service.rules.document import read_yaml, write_yaml
from handoff_service.rules.errors import RuleError
from handoff_service.rules.parsing import parse_rules
from handoff_service.rules.writing import rules_of, yaml_of
from tests.service import hypothesis_settings  # noqa: F401 -- loads the profile
from tests.service.decision.factories import DEFAULT_RULES

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8
).filter(lambda text: text == text.strip())
texts = st.fixed_dictionaries({"zh": words, "en": words})


def scalars(name: str) -> st.SearchStrategy[Any]:
    field = FIELDS[name]
    match field.kind:
        case Kind.flag:
            return st.booleans()
        case Kind.number:
            high = 1_000 if field.high is None else field.high
            return st.integers(int(field.low or 0), int(high)) | st.floats(field.low, high)
    known = st.sampled_from(field.choices) if field.choices else words
    return known | st.none() if field.kind is Kind.text else known


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    name = draw(st.sampled_from(sorted(FIELDS)))
    ordered = FIELDS[name].kind is Kind.number
    operator = draw(st.sampled_from(list(Operator) if ordered else [Operator.eq, Operator.is_in]))
    if operator is Operator.is_in:
        return Comparison(name, operator, tuple(draw(st.lists(scalars(name), min_size=1, max_size=3))))
    return Comparison(name, operator, draw(scalars(name)))


def combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return parts.map(AllOf) | parts.map(AnyOf) | inner.map(Not)


@st.composite
def effects(draw: st.DrawFn) -> Effect:
    hand_over = draw(st.booleans())
    required = tuple(draw(st.lists(words, unique=True, max_size=3)))
    return Effect(
        hand_over=hand_over,
        priority=draw(st.sampled_from([Priority.normal, Priority.high, Priority.urgent])),
        required=required,
        preferred=tuple(draw(st.lists(words, unique=True, max_size=3))),
        strict=frozenset(draw(st.lists(st.sampled_from(required), max_size=2))) if required else frozenset(),
        messages=draw(st.just({}) | texts) if hand_over else {},
        alert=draw(st.none() | st.just({}) | texts),
    )


conditions = st.recursive(comparisons(), combined, max_leaves=6)
ids = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
rules = st.builds(Rule, ids, conditions, effects(), st.just({}) | texts)
rule_sets = st.lists(rules, max_size=5, unique_by=lambda rule: rule.id).map(lambda r: RuleSet(1, tuple(r)))

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
NEARLY = [
    "id",
    "when",
    "then",
    "any",
    "all",
    "not",
    "hand_over",
    "alert",
    "skills",
    "sentiment",
    "gte",
    "name",
]
nearly = st.recursive(
    st.none() | st.booleans() | st.floats() | st.sampled_from(["a", "zh", "urgent", "\ud800", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NEARLY), inner, max_size=4),
    max_leaves=10,
)


@given(rule_sets)
def test_what_is_written_as_yaml_reads_back_equal(given_rules: RuleSet) -> None:
    assert parse_rules(yaml_of(given_rules)) == given_rules


@given(rule_sets)
def test_what_is_written_as_json_reads_back_equal(given_rules: RuleSet) -> None:
    over_the_wire = json.loads(json.dumps(rules_of(given_rules)))

    assert parse_rules(write_yaml(over_the_wire)) == given_rules


@given(rule_sets)
def test_the_plain_values_of_a_text_are_rules_too(given_rules: RuleSet) -> None:
    shown = read_yaml(yaml_of(given_rules))["rules"]

    assert parse_rules(write_yaml(json.loads(json.dumps(shown)))) == given_rules


def test_the_shipped_rules_read_back_equal() -> None:
    assert parse_rules(yaml_of(DEFAULT_RULES)) == DEFAULT_RULES


@given(junk | st.lists(nearly, max_size=3))
def test_any_junk_is_read_or_refused_by_name(value: Any) -> None:
    try:
        parsed = parse_rules(write_yaml(value))
    except RuleError:
        return
    assert parse_rules(yaml_of(parsed)) == parsed
