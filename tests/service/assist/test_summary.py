"""Summaries of scripted conversations, checked field by field."""

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff_service.assist.references import masked, references
from handoff_service.assist.summary import Line, Summary, summarise
from handoff_service.assist.words import texts, told

FILES = ("conversations.yml", "conversations_more.yml", "conversations_kept_back.yml")


def scripts(*files: str) -> list[dict[str, Any]]:
    """The conversations of these files, with what their summaries say."""
    read = (yaml.safe_load(Path(__file__).with_name(file).read_text(encoding="utf-8")) for file in files)
    return [{**script, **script.get("as_told", {})} for file in read for script in file]


SCRIPTS = scripts(*FILES)
AUTHORS = {"c": "customer", "b": "bot", "a": "agent", "n": "agent"}
SHORT = {
    "t": "topic",
    "i": "intent",
    "q": "question",
    "s": "sentiment",
    "f": "fallback",
    "h": "asks_human",
    "k": "confidence",
    "r": "rejects_answer",
    "o": "owner",
    "x": "handed_over",
}


def line(number: int, who: str, text: str, signals: dict[str, Any]) -> Line:
    customer = who == "c"
    owner = {"owner": "bot"} if customer else {}
    return Line(
        id=f"m{number}",
        author=AUTHORS[who],
        text=text,
        sent_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC) + dt.timedelta(seconds=number),
        author_name="Lin" if who in "an" else None,
        private=who == "n",
        assessed=customer,
        **{**owner, **{SHORT[name]: value for name, value in signals.items()}},
    )


def summary(script: dict[str, Any]) -> Summary:
    rows = [(*row, {}) if len(row) == 2 else tuple(row) for row in script["lines"]]
    return summarise([line(number, *row) for number, row in enumerate(rows)])


scripted = pytest.mark.parametrize("script", SCRIPTS, ids=[script["name"] for script in SCRIPTS])


def test_there_are_forty_in_both_languages() -> None:
    kinds = [script["name"][:7] for script in SCRIPTS]

    assert len(SCRIPTS) == 40
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "zh shop": 13, "zh bank": 8, "en shop": 10, "en bank": 9,
    }  # fmt: skip


@scripted
def test_what_the_customer_wants(script: dict[str, Any]) -> None:
    wish = summary(script).wish

    assert (wish and [wish.topic, wish.sentence]) == script["wish"]


@scripted
def test_what_they_referred_to(script: dict[str, Any]) -> None:
    found = summary(script).references

    assert sorted([each.kind, each.text] for each in found) == sorted(script["references"])


@scripted
def test_what_the_bot_tried(script: dict[str, Any]) -> None:
    tried = [[each.did, each.text, *([each.given] if each.given else [])] for each in summary(script).tried]

    assert tried == script["tried"]


@scripted
def test_the_mood_and_where_it_goes(script: dict[str, Any]) -> None:
    feeling = summary(script).feeling

    assert (feeling and [feeling.mood, feeling.trend]) == script["mood"]


@scripted
def test_the_note_of_a_colleague(script: dict[str, Any]) -> None:
    note = summary(script).note

    assert (note and [note.author, note.text]) == script.get("note")


@scripted
def test_every_field_names_the_message_it_is_told_from(script: dict[str, Any]) -> None:
    whole = summary(script)
    said = {f"m{number}": masked(row[1]) for number, row in enumerate(script["lines"])}

    if whole.wish is not None:
        assert whole.wish.sentence in said[whole.wish.message_id]
    for reference, message_id in whole.references.items():
        assert reference.text in said[message_id]
    assert all(each.message_id in said for each in whole.tried)


@scripted
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_told_in_words_without_a_card_number(script: dict[str, Any], language: str) -> None:
    text = told(summary(script), "reason", language)

    assert "{" not in text
    assert not any(reference.kind == "card" and len(reference.text) > 4 for reference in references(text))
    assert [whole for whole in ("4111", "6222", "13812345678") if whole in text] == []


def test_the_words_of_one_conversation() -> None:
    script = next(each for each in SCRIPTS if each["name"].startswith("zh shop, the number"))

    assert told(summary(script), "客户要求转人工", "zh") == (
        "客户想要（订单）：帮我查一下我的快递到哪了。提到：订单 10045。"
        "机器人：问了订单号，客户答“10045”；查了订单 10045。转人工：客户要求转人工。情绪：平静。"
    )
    assert told(summary(script), "the customer asked for a person", "en") == (
        "The customer wants (order): 帮我查一下我的快递到哪了. Named: order 10045. "
        "The bot asked for the order number (customer: “10045”); looked up order 10045. "
        "Handed over: the customer asked for a person. Mood: calm."
    )


def test_both_languages_have_the_same_words() -> None:
    assert texts("zh").keys() == texts("en").keys()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("卡号6222021234567890123", "卡号****0123"),
        ("card 4111-1111-1111-1111 please", "card ****1111 please"),
        ("身份证110101199003078515", "身份证110****515"),
        ("打 138 1234 5678", "打 138****5678"),
        ("订单号2026110288471234的退款", "订单号2026110288471234的退款"),
        ("订单 10023，共 358 元", "订单 10023，共 358 元"),
    ],
)
def test_numbers_that_nobody_need_see_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("part", ["9", "1 ", "路", "order 1", "3月"])
def test_no_pattern_runs_wild(part: str) -> None:
    text = (part * 10_000)[:10_000]
    started = time.process_time()

    masked(text), list(references(text))

    assert time.process_time() - started < 5, "a fraction of a second on a quiet machine"
