"""The scripted conversations have the form that the benchmark reads and the mix that makes its score fair."""

import re
from collections import Counter
from typing import Any

import pytest
import yaml

from benchmarks._scenarios import BadScenario, Scenario, first_scores, load, parse
from handoff_service.rules.service import SHIPPED_FILE


def document(**changes: Any) -> dict[str, Any]:
    return {
        "group": "gives_up",
        "trap": True,
        "about": "The customer drops the matter.",
        "scenarios": [scenario()],
        **changes,
    }


def scenario(**changes: Any) -> dict[str, Any]:
    given = {"id": "gives_up-en-01", "language": "en", "handoff": "never", "turns": ["hello", "never mind"]}
    return {key: value for key, value in {**given, **changes}.items() if value is not None}


def test_a_scenario_takes_over_what_its_file_says():
    given = document(
        trap=False, rules=["a", "b"], priority="high", scenarios=[scenario(handoff=2, tier="gold")]
    )
    assert parse(given, "gives_up") == [
        Scenario(
            id="gives_up-en-01",
            group="gives_up",
            trap=False,
            language="en",
            tier="gold",
            turns=("hello", "never mind"),
            handoff=2,
            rules=("a", "b"),
            skills=(),
            priority="high",
        )
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (None, "gives_up: must be a mapping"),
        (document(group="other"), "the group is 'other'"),
        (document(about=None), "about must not be None"),
        (document(colour="red"), "'colour' is not known"),
        (document(trap=False), "`handoff: never` is for traps"),
        (document(scenarios=["hello"]), "scenario 1: must be a mapping"),
        (document(scenarios=[scenario(), scenario()]), "gives_up-en-01: the id is given twice"),
        (document(scenarios=[scenario(id="x-1")]), "must begin with gives_up-"),
        (document(scenarios=[scenario(id=None)]), "scenario 1: id is missing"),
        (document(scenarios=[scenario(language="fr")]), "language must be one of"),
        (document(scenarios=[scenario(turns=[])]), "turns must be 1 to 8 texts"),
        (document(scenarios=[scenario(turns=["a"] * 9)]), "turns must be 1 to 8 texts"),
        (document(scenarios=[scenario(turns=[10023])]), "turns must be 1 to 8 texts"),
        (document(scenarios=[scenario(handoff=1)]), "`never` or the last turn, 2"),
        (document(scenarios=[scenario(handoff=None)]), "handoff is missing"),
        (document(scenarios=[scenario(tier="iron")]), "tier must be one of"),
        (document(scenarios=[scenario(priority="asap")]), "priority must be one of"),
    ],
)
def test_a_bad_one_is_refused_with_the_place_and_the_reason(given, why):
    with pytest.raises(BadScenario, match=re.escape(why)):
        parse(given, "gives_up")


def test_an_empty_folder_is_no_set(tmp_path):
    with pytest.raises(BadScenario, match="no scenarios"):
        load(tmp_path)


def test_half_are_traps_and_half_are_chinese():
    scenarios = load()
    count = Counter(scenario.language for scenario in scenarios)
    assert len(scenarios) >= 220
    assert 0.45 <= sum(scenario.trap for scenario in scenarios) / len(scenarios) <= 0.55
    assert abs(count["zh"] - count["en"]) <= 0.1 * len(scenarios)


def test_each_group_is_large_enough_for_its_target():
    sizes = Counter(scenario.group for scenario in load())
    assert min(sizes.values()) >= 10


def test_no_conversation_is_scripted_twice():
    scripts = Counter((scenario.turns, scenario.tier) for scenario in load())
    assert [script for script, count in scripts.items() if count > 1] == []


def test_the_rules_named_are_shipped():
    shipped = yaml.safe_load(SHIPPED_FILE.read_text(encoding="utf-8"))
    ids = {rule["id"] for rule in shipped["rules"]}
    assert {rule for scenario in load() for rule in scenario.rules} <= ids


def test_the_first_score_tells_of_every_group_and_language():
    scenarios = load()
    told = {scenario.group for scenario in scenarios} | {scenario.language for scenario in scenarios}
    assert first_scores().keys() == told | {"all", "must be handed over", "traps"}
