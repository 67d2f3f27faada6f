"""All signals together: the contract's shape, odd input, a broken signal, several threads."""

import importlib
import json
import pkgutil
import re
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import actions.signals as signals_package
from actions.signals import SIGNALS_VERSION, assemble, nlp, signals_of

CONTRACT = Path(__file__).parents[1] / "contract"
FAQ = {"intent": {"name": "opening_hours", "confidence": 0.7}}


def test_the_contract_names_the_same_signals():
    request = json.loads((CONTRACT / "turn_request.json").read_text())
    parse_data = request["tail"][0]["parse_data"]
    shown, agreed = signals_of(request["text"], parse_data, None), request["signals"]

    # How strong the feeling is depends on what the sentiment model was last trained on.
    for signals in (shown, agreed):
        assert -0.8 < signals.pop("sentiment") <= -0.4
        assert signals["why"].pop("sentiment").startswith("太慢 -0.56, !")
    assert shown == agreed


def test_the_contract_names_the_same_question():
    request = json.loads((CONTRACT / "turn_request_question.json").read_text())
    parse_data = request["tail"][0]["parse_data"]
    shown, agreed = signals_of(request["text"], parse_data, None), request["signals"]

    assert shown.pop("sentiment") == pytest.approx(agreed.pop("sentiment"), abs=0.1)
    assert shown == agreed


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "😀",
        "👨‍👩‍👧‍👦",
        "a" * 10_000,
        "转" * 10_000,
        "！" * 10_000,
        "转人工" * 3_000,
        "\0",
        "\ud83d",
        "退\ud83d款\0",
        "مرحبا",
        "\u202eabc",
        "ﷺ",
        "/",
        "/greet",
        '/inform{"a": 1}',
        "EXTERNAL: x",
        "退货したいです",
        "Позовите человека",
        "😀" * 10_000,
        "\u200b" * 10_000,
        "\ud83d" * 10_000,
        "ﷺ" * 10_000,
        "\n" * 5_000,
        "a" * 100_000,
        "?!.,~" * 2_000,
        "[动画表情]",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "[[[((({{{",
    ],
)
def test_odd_texts_show_something_that_can_be_sent(text):
    signals = signals_of(text, FAQ, None)
    json.dumps(signals, allow_nan=False).encode()
    json.dumps(signals, allow_nan=False, ensure_ascii=False).encode()
    assert signals["version"] == SIGNALS_VERSION
    assert signals["language"] in ("zh", "en")
    assert -1 <= signals["sentiment"] <= 1


@pytest.mark.parametrize(
    "parse_data",
    [
        {},
        {"intent": None},
        {"intent": {}},
        {"intent": {"name": None, "confidence": None}},
        {"intent": {"name": "greet", "confidence": "high"}},
        {"intent": {"name": "greet", "confidence": float("nan")}},
        {"intent": {"name": "greet", "confidence": 7}},
    ],
)
def test_whatever_the_classifier_says_the_words_count(parse_data):
    signals = signals_of("转人工", parse_data, None)
    assert signals["asks_human"]
    assert 0 <= signals["confidence"] <= 1


def test_only_the_first_2000_characters_count():
    assert signals_of("。" * 1_990 + "转人工", FAQ, None)["asks_human"]
    assert not signals_of("。" * 2_000 + "转人工", FAQ, None)["asks_human"]


def test_invisible_characters_hide_nothing():
    assert signals_of("转\u200b人\u200b工", FAQ, None)["asks_human"]


@pytest.mark.parametrize(
    "name", ["sentiment", "asks_human", "topic", "language", "threat", "question", "stance"]
)
def test_a_signal_that_fails_costs_only_itself(name, monkeypatch):
    def fail(*_):
        raise RuntimeError("broken")

    text = "垃圾！我要退款，投诉到12315，转人工"
    whole = signals_of(text, FAQ, None)
    monkeypatch.setattr(assemble, name, fail)
    damaged = signals_of(text, FAQ, None)
    allowed = {name, "why", "failed"} | ({"asks_human", "gives_up"} if name == "stance" else set())
    assert {key for key in whole if whole[key] != damaged[key]} <= allowed
    assert damaged["why"][name] == "the signal failed"
    assert (whole["failed"], damaged["failed"]) == ([], [name])


def test_words_that_cannot_be_read_cost_the_words_not_the_turn(monkeypatch):
    def fail():
        raise RuntimeError("broken")

    monkeypatch.setattr(nlp, "chinese", fail)
    signals = signals_of("卡没了", {"intent": {"name": "card_lost", "confidence": 0.9}}, "zh")
    assert (signals["topic"], signals["asks_human"], signals["failed"]) == ("fraud", False, ["reading"])


def test_a_lost_card_is_urgent_even_when_the_signal_fails(monkeypatch):
    def fail(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(assemble, "topic", fail)
    assert (
        signals_of("卡没了", {"intent": {"name": "card_lost", "confidence": 0.9}}, None)["topic"] == "fraud"
    )


def test_fallback_keeps_rasas_name_for_it():
    signals = signals_of("吧啦吧啦", {"intent": {"name": "nlu_fallback", "confidence": 0.4}}, None)
    assert (signals["fallback"], signals["intent"], signals["confidence"]) == (True, "nlu_fallback", 0.4)


def test_a_button_shows_its_intent_and_no_words():
    signals = signals_of(
        '/return_refund{"order": "10023"}', {"intent": {"name": "return_refund", "confidence": 1.0}}, "en"
    )
    assert (signals["topic"], signals["language"]) == ("refund", "en")
    assert signals["question"] == {"key": "return_refund", "terms": [], "about": {}, "again": False}


def test_many_threads_read_the_same_as_one():
    texts = [
        "不用转人工",
        "我要转人工",
        "where is my 订单",
        "太失望了！",
        "I'll call my lawyer",
        "10023",
    ] * 20
    alone = [signals_of(text, FAQ, "zh") for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: signals_of(text, FAQ, "zh"), texts))
    assert together == alone


def test_words_of_customers_are_not_kept_in_memory():
    signals_of("转人工 warm up", FAQ, None)
    before = [len(language.vocab.strings) for language in (nlp.chinese(), nlp.english())]
    for number in range(200):
        signals_of(f"单号 qx{number}zz 在哪", FAQ, None)
    assert [len(language.vocab.strings) for language in (nlp.chinese(), nlp.english())] == before


@pytest.mark.parametrize(
    "piece",
    [
        "转人工",
        "human ",
        "please human ",
        "不要",
        "not ",
        "“转人工”意思",
        "唔",
        "没用。",
        "1",
        "ﷺ",
        "我欠三万，",
        "my friend ",
        "I owe ",
        "if ",
    ],
)
def test_twice_the_text_is_twice_the_work(piece):
    """Counted in calls, which are the same on every machine; up to the length that is read at all."""
    half, whole = (piece * 2000)[:900], (piece * 2000)[:1800]
    signals_of(whole, FAQ, None)
    assert _calls(whole) < 2.2 * _calls(half)


def _patterns():
    for module in pkgutil.iter_modules(signals_package.__path__, "actions.signals."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield pytest.param(value, id=f"{module.name.removeprefix('actions.signals.')}.{name}")


# A piece of each kind that a pattern may repeat.
PIECES = ["a", "1", "1,", "我", "不", "一万", '"', "「", "!", "?", " ", "\n", "@", "a@", "-", "1-", "_", "."]
PIECES += [
    "my friend ",
    "i ",
    "if ",
    "我朋友",
    "如果",
    "没有",
    "ren gong ",
    "no ",
    "my ",
    "to the ",
    "A",
    "how ",
]


@pytest.mark.parametrize("pattern", _patterns())
def test_no_pattern_takes_time_that_grows_with_the_square(pattern):
    """In 5,000 characters the square is a quarter of a second and more, the length itself a few milliseconds.

    Measured in the thread's own time, which no other process on the machine adds to.
    """
    for piece in PIECES:
        text = (piece * 5_000)[:5_000]
        before = time.thread_time()
        deque(pattern.finditer(text), maxlen=0)
        pattern.fullmatch(text)
        assert time.thread_time() - before < 0.1, piece


def _calls(text):
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        signals_of(text, FAQ, None)
    finally:
        sys.setprofile(before)
    return calls


PHOTO = {"intent": {"name": "send_attachment", "confidence": 1.0}}


def test_a_photo_alone_shows_nothing_but_itself():
    shown = signals_of("", PHOTO, "en", attachments=["image/jpeg", "audio/ogg", None])

    assert shown.pop("why") == {"attachments": "audio, file, image", "language": "no words; as before"}
    assert shown == {
        "version": SIGNALS_VERSION,
        **{"language": "en", "intent": "send_attachment", "confidence": 1.0, "fallback": False},
        **{"sentiment": 0.0, "asks_human": False, "gives_up": False, "topic": None, "rejects_answer": False},
        **{"threat": False, "needs_advice": False, "question": None, "attachments": 3, "without_words": True},
        "failed": [],
    }


def test_a_photo_inside_a_form_is_no_failed_answer():
    shown = signals_of("", PHOTO, "zh", requested_slot="order_number", attachments=["image/png"])

    assert (shown["fallback"], shown["question"], shown["without_words"]) == (False, None, True)


def test_words_beside_a_photo_are_assessed_as_words():
    parse_data = {"intent": {"name": "request_human", "confidence": 0.9}}
    alone, beside = (
        signals_of("转人工！", parse_data, None, attachments=given) for given in ([], ["image/png"])
    )

    assert (beside["attachments"], beside["without_words"], beside["asks_human"]) == (1, False, True)
    beside["why"].pop("attachments")
    assert {**beside, "attachments": 0} == alone
