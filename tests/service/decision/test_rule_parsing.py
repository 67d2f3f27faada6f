from pathlib import Path
from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_service.decision.decide import decide
from handoff_service.decision.fields import FIELDS
from handoff_service.decision.priority import Priority
from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Effect, Not, Operator, Rule, RuleSet
from handoff_service.rules.parsing import RuleError, parse_rules
from handoff_service.rules.writing import yaml_of
from tests.service.decision.factories import DEFAULT_RULES_TEXT, facts


def rule_text(when: str = "{asks_human: true}", then: str = "{hand_over: true}", rule_id: str = "r") -> str:
    """One rule in a set; `when` and `then` are flow YAML on one line or indented blocks."""
    return f"version: 1\nrules:\n  - id: {rule_id}\n    when: {when}\n    then: {then}\n"


def refused(text: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        parse_rules(text)
    return caught.value


def outcome(text: str) -> RuleSet | str:
    """The rule set, or why it is refused; any other error is a defect and comes through."""
    try:
        return parse_rules(text)
    except RuleError as error:
        return error.reason


def test_a_complete_rule_is_read() -> None:
    text = """
version: 4
rules:
  - id: big_one
    when:
      topic: [refund, loan]
      any:
        - sentiment: {gte: -0.9, lte: -0.3}
        - not: {customer.tags: press}
    then:
      hand_over: true
      priority: high
      skills: {required: [risk, loan], preferred: [senior], strict: [risk]}
      message: {zh: 请稍候, en: One moment}
"""
    assert parse_rules(text) == RuleSet(
        version=4,
        rules=(
            Rule(
                id="big_one",
                when=AllOf(
                    (
                        Comparison("topic", Operator.is_in, ("refund", "loan")),
                        AnyOf(
                            (
                                AllOf(
                                    (
                                        Comparison("sentiment", Operator.gte, -0.9),
                                        Comparison("sentiment", Operator.lte, -0.3),
                                    )
                                ),
                                Not(Comparison("customer.tags", Operator.eq, "press")),
                            )
                        ),
                    )
                ),
                then=Effect(
                    hand_over=True,
                    priority=Priority.high,
                    required=("risk", "loan"),
                    preferred=("senior",),
                    strict=frozenset({"risk"}),
                    messages={"zh": "请稍候", "en": "One moment"},
                ),
            ),
        ),
    )


def test_a_condition_as_deep_as_is_allowed_can_be_asked_and_written() -> None:
    rules = parse_rules(rule_text("{not: " * 34 + "{threat: true}" + "}" * 34))

    assert decide(facts(), rules).handoff is False
    assert parse_rules(yaml_of(rules)) == rules


def test_an_empty_list_of_rules_is_a_rule_set() -> None:
    assert parse_rules("version: 2\nrules: []") == RuleSet(2, ())


def test_the_place_of_an_error_deep_inside_is_exact() -> None:
    good = "".join(f"  - {{id: r{i}, when: {{threat: true}}, then: {{hand_over: true}}}}\n" for i in range(3))
    bad = "  - {id: r3, when: {all: [{sentimnt: {lte: -0.4}}]}, then: {hand_over: true}}\n"

    error = refused(f"version: 1\nrules:\n{good}{bad}")

    assert error.path == "rules[3].when.all[0].sentimnt"
    assert str(error) == "rules[3].when.all[0].sentimnt: unknown field, did you mean sentiment?"


@pytest.mark.parametrize(
    ("when", "path", "reason"),
    [
        ("{}", "", "empty"),
        ("[]", "", "expected a mapping"),
        ("asks_human", "", "expected a mapping"),
        ("{signals.sentiment: {lte: 0}}", ".signals.sentiment", "did you mean sentiment?"),
        ("{xyzzy: 1}", ".xyzzy", "unknown field; known: language"),
        ("{anny: [{threat: true}]}", ".anny", "did you mean any?"),
        ("{any: {threat: true}}", ".any", "expected a list of conditions, got a mapping"),
        ("{all: []}", ".all", "empty"),
        ("{not: [{threat: true}]}", ".not", "expected a mapping of fields, got a list"),
        ("{any: [{threat: true}, {not: {fallbak: true}}]}", ".any[1].not.fallbak", "did you mean fallback?"),
        ("{sentiment: {less: -0.4}}", ".sentiment.less", "unknown operator"),
        ("{sentiment: {lt: -0.4}}", ".sentiment.lt", "did you mean lte?"),
        ("{sentiment: {}}", ".sentiment", "empty"),
        ("{sentiment: low}", ".sentiment", "expected a number, got the text 'low'"),
        ("{sentiment: '-0.4'}", ".sentiment", "expected a number"),
        ("{sentiment: {lte: -4}}", ".sentiment.lte", "between -1 and 1, got -4"),
        ("{sentiment: {lte: .nan}}", ".sentiment.lte", "between -1 and 1"),
        ("{repeat_count: {gte: .inf}}", ".repeat_count.gte", "at least 0"),
        ("{repeat_count: {gte: true}}", ".repeat_count.gte", "expected a number, got true"),
        ("{repeat_count: {gte: -1}}", ".repeat_count.gte", "at least 0, got -1"),
        ("{asks_human: 1}", ".asks_human", "expected true or false, got the number 1"),
        ("{asks_human: }", ".asks_human", "expected true or false, got nothing"),
        ("{asks_human: {gte: true}}", ".asks_human.gte", "cannot be compared"),
        ("{topic: {lte: refund}}", ".topic.lte", "cannot be compared"),
        ("{topic: []}", ".topic", "at least one value"),
        ("{topic: [refund, 3]}", ".topic[1]", "expected a text, got the number 3"),
        ("{topic: {in: refund}}", ".topic.in", "at least one value"),
        ("{customer.tags: }", ".customer.tags", "expected a text, got nothing"),
        ("{customer.teir: gold}", ".customer.teir", "did you mean customer.tier?"),
        ("{language: cn}", ".language", "unknown value"),
        ("{topic: refund, topic: loan}", ".topic", "given twice"),
        ("{[a]: 1}", "", "a key must be a plain word"),
    ],
)
def test_a_bad_condition_is_refused_with_its_place(when: str, path: str, reason: str) -> None:
    error = refused(rule_text(when=when))

    assert error.path == f"rules[0].when{path}"
    assert reason in error.reason


@pytest.mark.parametrize(
    ("then", "path", "reason"),
    [
        ("{}", "", "empty"),
        ("handoff", "", "expected a mapping"),
        ("{hand_over: false}", "", "would do nothing"),
        ("{handover: true}", ".handover", "did you mean hand_over?"),
        ("{hand_over: yes please}", ".hand_over", "expected true or false"),
        ("{priority: low}", ".priority", "may only raise"),
        ("{priority: urgnt}", ".priority", "did you mean urgent?"),
        ("{priority: 3}", ".priority", "unknown priority"),
        ("{skills: [risk]}", ".skills", "expected a mapping"),
        ("{skills: {require: [risk]}}", ".skills.require", "did you mean required?"),
        ("{skills: {required: risk}}", ".skills.required", "expected a list"),
        ("{skills: {required: [risk, '']}}", ".skills.required[1]", "name of a skill"),
        ("{skills: {required: [risk, 5]}}", ".skills.required[1]", "name of a skill"),
        ("{skills: {preferred: [a, b, a]}}", ".skills.preferred[2]", "listed twice"),
        ("{skills: {required: [a], strict: [b]}}", ".skills.strict[0]", "also be listed under required"),
        ("{hand_over: true, message: hi}", ".message", "expected a mapping"),
        ("{hand_over: true, message: {zh: 好}}", ".message.en", "in every language"),
        ("{hand_over: true, message: {zh: ' ', en: hi}}", ".message.zh", "expected a text"),
        ("{hand_over: true, message: {zh: 好, en: hi, fr: oui}}", ".message.fr", "unknown key"),
        ("{priority: high, message: {zh: 好, en: hi}}", ".message", "only said when the rule hands over"),
    ],
)
def test_a_bad_effect_is_refused_with_its_place(then: str, path: str, reason: str) -> None:
    error = refused(rule_text(then=then))

    assert error.path == f"rules[0].then{path}"
    assert reason in error.reason


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("", "", "empty"),
        ("# nothing but a remark", "", "empty"),
        ("just words", "", "expected a mapping"),
        ("version: 1", "rules", "expected a list of rules"),
        ("rules: []", "version", "whole number"),
        ("version: true\nrules: []", "version", "whole number"),
        ("version: 0\nrules: []", "version", "whole number"),
        ("version: 1\nrules: []\nruels: []", "ruels", "did you mean rules?"),
        ("version: 1\nversion: 2\nrules: []", "version", "given twice"),
        ("version: 1\nrules: {a: 1}", "rules", "expected a list of rules"),
        ("version: 1\nrules: [5]", "rules[0]", "expected a mapping"),
        ("version: 1\nrules: [{id: a, when: {threat: true}}]", "rules[0].then", "missing"),
        ("version: 1\nrules: [{id: a, wen: {threat: true}}]", "rules[0].wen", "did you mean when?"),
        (rule_text(rule_id="Not-A-Word"), "rules[0].id", "expected a word"),
        (rule_text(rule_id="5"), "rules[0].id", "expected a word"),
        (rule_text(rule_id="a" * 65), "rules[0].id", "at most 64"),
        ("version: 1\nrules: [a: b: c]", "line 2, column 13", "expected ',' or ']'"),
        ("version: 1\nrules: [", "line 2, column 9", ""),
        ("version: 1\n---\nversion: 2", "line 2, column 1", "another document"),
        ("version: 1\nrules: [&a {threat: true}, *a]", "line 2, column 28", "aliases"),
        ("version: 1\nrules: &a [*a]", "line 2, column 12", "aliases"),
        ("version: !!python/object/apply:os.getcwd []\nrules: []", "version", "whole number"),
        ("version: !!python/name:os.getcwd x\nrules: []", "version", "unreadable value"),
        ("version: " + "9" * 5000 + "\nrules: []", "version", "unreadable value"),
        ("version: 1\nrules: " + "[" * 3000 + "]" * 3000, "line 2, column 47", "nested more than 40 deep"),
        (rule_text("{not: " * 38 + "{threat: true}" + "}" * 38), "line 4, column 233", "nested more than"),
        ("version: 1\nrules: " + "[" * 99_000, "line 2, column 47", "nested more than 40 deep"),
        ("version: !!bool x\nrules: []", "version", "unreadable value"),
        ("version: !!int ''\nrules: []", "version", "unreadable value"),
        ("version: !!timestamp x\nrules: []", "version", "unreadable value"),
        ("version: 0x" + "f" * 5000 + "\nrules: []", "version", "too large a number"),
        (rule_text('{"\\uD800": true}'), "rules[0].when", "must not contain NUL or lone surrogates"),
        ("version: 1 # " + "x" * 100_000, "", "too long"),
        ("version: 1\x00", "", "not YAML"),
    ],
)
def test_a_bad_document_is_refused_with_its_place(text: str, path: str, reason: str) -> None:
    error = refused(text)

    assert error.path == path
    assert reason in error.reason


def test_an_id_used_twice_is_refused_with_both_places() -> None:
    once = "  - {id: same, when: {threat: true}, then: {hand_over: true}}\n"
    error = refused(f"version: 1\nrules:\n{once}{once}")

    assert error.path == "rules[1].id"
    assert error.reason == "same is already the id of rules[0]"


def test_an_unquoted_word_that_yaml_takes_for_something_else_is_read_as_written() -> None:
    parsed = parse_rules(rule_text(when="{channel: 2024-01-31}"))

    assert parsed.rules[0].when == Comparison("channel", Operator.eq, "2024-01-31")


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused_by_name(text: str) -> None:
    assert isinstance(outcome(text), RuleSet | str)


@given(st.integers(0, len(DEFAULT_RULES_TEXT) - 1), st.text(max_size=3), st.integers(0, 20))
def test_a_slip_of_the_hand_in_a_good_set_is_parsed_or_refused_by_name(
    at: int, typed: str, lost: int
) -> None:
    assert outcome(DEFAULT_RULES_TEXT[:at] + typed + DEFAULT_RULES_TEXT[at + lost :])


def test_every_field_can_be_tested_by_a_rule() -> None:
    examples = {"flag": "true", "number": "{gte: 1}", "text": "zh", "tags": "[press]"}
    lines = "".join(f"{name}: {examples[field.kind.name]}\n" for name, field in FIELDS.items())

    when = parse_rules(rule_text(when="\n" + indent(lines, " " * 6))).rules[0].when

    assert isinstance(when, AllOf)
    assert len(when.parts) == len(FIELDS)


def test_nothing_of_the_parser_reads_files() -> None:
    """Purity is what lets a draft be tried without touching the active rules."""
    package = Path(__file__).parents[3] / "handoff_service" / "rules"
    for name in ("parsing", "document", "conditions", "effects", "errors"):
        source = (package / f"{name}.py").read_text(encoding="utf-8")
        assert "open(" not in source
        assert "pathlib" not in source
