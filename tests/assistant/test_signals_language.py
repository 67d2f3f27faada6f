"""Which language the customer writes."""

import pytest

from actions.signals import signals_of

LANGUAGES = [
    ("我的order 12345到哪了", "zh"),
    ("where is my 订单", "en"),
    ("iPhone 15 Pro Max 多少钱", "zh"),
    ("can you 帮我查一下 order 10023", "zh"),
    ("I want 退款", "en"),
    ("12345", "zh"),
    ("😡😡", "zh"),
    ("ok", "zh"),
    ("ok 谢谢", "zh"),
    ("zhuan ren gong", "zh"),
    ("nihao zai ma", "zh"),
    ("where is my order", "en"),
    ("refund 我的钱", "zh"),
    ("請問退款多久", "zh"),
    ("hola que tal", "en"),
    ("返金したいです", "zh"),
    ("thanks", "en"),
    ("can you help me", "en"),
    ("order status", "en"),
]


@pytest.mark.parametrize(("text", "language"), LANGUAGES)
def test_language_after_chinese_turns(text, language):
    assert signals_of(text, {}, "zh")["language"] == language


@pytest.mark.parametrize("text", ["10023", "😡😡", "ok", "", "？？", "https://a.example/b", "SF1234567"])
@pytest.mark.parametrize("before", ["zh", "en"])
def test_without_words_it_stays_as_it_was(text, before):
    assert signals_of(text, {}, before)["language"] == before


def test_without_words_or_turns_before():
    assert signals_of("10023", {}, None)["language"] == "zh"
    assert signals_of("hi", {}, None)["language"] == "en"
    assert signals_of("10023", {}, "tlh")["language"] == "zh"


def test_another_script_keeps_the_language_of_before():
    assert signals_of("注文はどこですか", {}, "zh")["language"] == "zh"
    assert signals_of("注文はどこですか", {}, None)["language"] == "en"
