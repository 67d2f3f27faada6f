"""The guide to the rules names every field and effect, as the code has them, and its example is one."""

import re

import pytest

from handoff_service.decision.fields import FIELDS, Field, Kind
from handoff_service.rules.effects import KEYS
from handoff_service.rules.parsing import parse_rules
from tests.service.docs.pages import blocks, cells, page

PAGES = ("docs/guide/rules.md", "docs/guide/rules.zh-CN.md")
HOLDS = {
    Kind.flag: ("true or false", "true 或 false"),
    Kind.number: ("number", "数"),
    Kind.text: ("text", "文本"),
    Kind.tags: ("tags", "标签"),
}


def fields(name: str) -> dict[str, str]:
    """What each field holds, as the page's table of three columns says."""
    return {row[0].strip("`"): row[1] for row in cells(name) if len(row) == 3 and row[0].startswith("`")}


def bounds(field: Field) -> list[str]:
    return [f"{bound:g}" for bound in (field.low, field.high) if bound is not None]


@pytest.mark.parametrize("name", PAGES)
def test_the_fields_are_those_of_the_code_in_their_order(name: str) -> None:
    assert list(fields(name)) == list(FIELDS)


@pytest.mark.parametrize("language", [0, 1], ids=PAGES)
def test_what_each_field_holds_is_what_a_rule_may_compare_it_with(language: int) -> None:
    for name, told in fields(PAGES[language]).items():
        field = FIELDS[name]
        assert told.startswith(HOLDS[field.kind][language]), name
        assert re.findall(r"-?\d", told) == bounds(field), name
        assert re.findall(r"`(\w+)`", told) == list(field.choices), name


@pytest.mark.parametrize("name", PAGES)
def test_every_effect_is_told(name: str) -> None:
    told = {re.match(r"`(\w+)", row[0])[1] for row in cells(name) if re.match(r"`(\w+): ", row[0])}  # type: ignore[index]

    assert set(KEYS) <= told


@pytest.mark.parametrize("name", PAGES)
def test_the_example_is_a_rule_set(name: str) -> None:
    [example] = blocks(name, "yaml")

    assert [rule.id for rule in parse_rules(example.body).rules] == ["refund_unsettled"]


def test_both_pages_have_the_same_sections_and_commands() -> None:
    english, chinese = map(page, PAGES)

    assert re.findall(r"^#+ ", english, re.MULTILINE) == re.findall(r"^#+ ", chinese, re.MULTILINE)
    assert [b.body for b in blocks(PAGES[0], "bash")] == [b.body for b in blocks(PAGES[1], "bash")]
