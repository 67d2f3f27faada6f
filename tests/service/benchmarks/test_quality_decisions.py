"""What the benchmark makes of the outcomes."""

from typing import Any

import pytest

from benchmarks._scenarios import Scenario
from benchmarks.quality_decisions import Outcome, errors, report


def scenario(handoff: int | None, **changes: Any) -> Scenario:
    given: dict[str, Any] = {
        "id": "anger-en-01",
        "group": "anger",
        "trap": False,
        "language": "en",
        "tier": None,
        "turns": ("hello", "you again"),
        "handoff": handoff,
        "rules": (),
        "skills": (),
        "priority": None,
    }
    return Scenario(**{**given, **changes})


@pytest.mark.parametrize(
    ("expected", "actual", "right"),
    [(2, 2, True), (2, 1, False), (2, None, False), (None, None, True), (None, 1, False)],
)
def test_only_the_expected_turn_is_right(expected, actual, right):
    assert Outcome(scenario(expected), actual).right is right


def test_a_handoff_is_as_described_by_rule_skills_and_priority():
    wanted = scenario(2, rules=("a", "b"), skills=("risk",), priority="high")
    assert Outcome(wanted, 2, "b", ("en", "risk"), "urgent").as_described
    assert not Outcome(wanted, 2, "c", ("en", "risk"), "urgent").as_described
    assert not Outcome(wanted, 2, "b", ("en",), "urgent").as_described
    assert not Outcome(wanted, 2, "b", ("en", "risk"), "normal").as_described


def test_the_report_counts_overall_by_language_and_by_group_beside_the_first_score():
    outcomes = [
        Outcome(scenario(2), 2, "a"),
        Outcome(scenario(2, language="zh"), 1, "a"),
        Outcome(scenario(None, group="jokes", trap=True), None),
    ]
    *figures, described = report(outcomes, {"all": 0.5, "jokes": 0.9})
    assert [line.split() for line in figures] == [
        ["all", "0.667", "2/3", "first", "0.500", "target", "0.95", "missed"],
        ["zh", "0.000", "0/1"],
        ["en", "1.000", "2/2"],
        ["must", "be", "handed", "over", "0.500", "1/2"],
        ["anger", "0.500", "1/2"],
        ["traps", "1.000", "1/1"],
        ["jokes", "1.000", "1/1", "first", "0.900", "target", "0.90"],
    ]
    assert described == "  right handoffs with rule, skills and priority as described: 1/1"


def test_wrong_ones_are_listed_with_what_happened():
    assert errors([Outcome(scenario(2), 1, "vip"), Outcome(scenario(2)), Outcome(scenario(2), 2, "a")]) == [
        "  anger-en-01: expected turn 2, was turn 1 (vip)",
        "  anger-en-01: expected turn 2, was never",
    ]
