"""Every field, operator and shipped rule has words, in both languages."""

import re

import pytest

from handoff_service.decision.fields import FIELDS, Kind
from handoff_service.decision.grounds import Gap
from handoff_service.decision.rules import Comparison, Operator
from handoff_service.explaining import words
from tests.service.decision.factories import DEFAULT_RULES, facts

PLACEHOLDER = re.compile(r"\{(\w+)\}")
HAN = re.compile(r"[一-鿿]")
NO_WORDS = {"rule", "rule_named", "need.gte", "and", "or", "quoted", "alert"}
"""Texts that hold nothing to translate in one language or the other."""


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    zh, en = words.texts("zh"), words.texts("en")

    assert zh.keys() == en.keys()
    for key in zh:
        assert set(PLACEHOLDER.findall(zh[key])) == set(PLACEHOLDER.findall(en[key])), key


def test_each_text_is_in_its_own_language() -> None:
    assert [k for k, text in words.texts("zh").items() if k not in NO_WORDS and not HAN.search(text)] == []
    assert [k for k, text in words.texts("en").items() if HAN.search(text)] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", FIELDS)
def test_every_field_has_words_for_all_that_it_may_show(name: str, language: str) -> None:
    wanted = {
        Kind.flag: {"yes", "no"},
        Kind.number: {"is"},
        Kind.text: {"is", "none"},
        Kind.tags: {"is", "none"},
    }[FIELDS[name].kind]

    assert {f"{name}.{each}" for each in wanted} <= words.texts(language).keys()
    assert words.state(name, facts(learned_score=None), language)
    assert words.state(name, facts(learned_score=0.5, tier="gold", tags=frozenset("ab")), language)


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("operator", Operator)
def test_every_operator_has_words_for_what_is_lacking(operator: Operator, language: str) -> None:
    wanted = (2, 3) if operator is Operator.is_in else 2
    told = words.lack(Gap(Comparison("agents_online", operator, wanted), False, 1.0), facts(), language)

    assert "1" in told
    assert "2" in told


@pytest.mark.parametrize("rule", DEFAULT_RULES.rules, ids=lambda rule: rule.id)
def test_every_shipped_rule_has_a_name(rule: object) -> None:
    assert set(rule.name) == {"zh", "en"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr, zh;q=0.5", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("zh_CN.UTF-8", "zh"),
    ],
)
def test_the_language_that_is_asked_for(header: str, language: str) -> None:
    assert words.preferred(header) == language
