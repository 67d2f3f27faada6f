"""What passes through a channel: made storable, made harmless, made one message."""

from typing import Any

import pytest
from rasa.shared.core.events import BotUttered
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from channels.content import as_plain_words, author_of, content_of, is_command, outside_json, storable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("\ud83d lone", "\ufffd lone"),
        ("lone \udc00", "lone \ufffd"),
        ("😀 中文 مرحبا \u202e \u200d", "😀 中文 مرحبا \u202e \u200d"),
        ("", ""),
    ],
)
def test_only_what_cannot_be_stored_is_replaced(text: str, kept: str) -> None:
    assert storable(text) == kept
    kept.encode()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b'{"a\\u0000": ["\\ud800", "\\ud83d\\ude00"]}', {"a\ufffd": ["\ufffd", "😀"]}),
        ('["\ud800"]'.encode("utf-8", "surrogatepass"), ["\ufffd"]),
        ("[NaN, -Infinity, 1e999, 1.5]", [None, None, None, 1.5]),
        (f"[{2**63 - 1}, {2**63}, {-(2**63)}, true]", [2**63 - 1, None, -(2**63), True]),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_what_others_write_becomes_what_can_be_kept_everywhere(written: Any, value: Any) -> None:
    assert outside_json(written) == value


@pytest.mark.parametrize("written", [b"", b"{", b"\xff", "9" * 5_000, b"[" * 100_000, b'{"a":' * 5_000])
def test_what_is_no_json_is_told_in_one_way(written: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- whatever the text
        outside_json(written)


@pytest.mark.parametrize("depth", [60, 480, 900])
def test_what_nobody_means_so_deep_is_cut_off(depth: int) -> None:
    value, levels = outside_json('{"a":' * depth + "1" + "}" * depth), 0
    while value:
        value, levels = value["a"], levels + 1
    assert (value, levels) == (None, 50)


@pytest.mark.parametrize(
    "text", ["/restart", " /restart", "\n/handoff", '/a{"b":"c"}', "/a@0.5", "/转人工", "//", "/"]
)
def test_rasa_reads_no_intent_out_of_guarded_words(text: str) -> None:
    """Checked against Rasa's own parser, so that a change there is noticed."""
    guarded = as_plain_words(text)
    parsed = YAMLStoryReader.unpack_regex_message(Message({TEXT: guarded.strip()}))
    assert is_command(text)
    assert parsed.get(INTENT) is None
    assert guarded.endswith(text)


def test_without_the_guard_rasa_would_obey() -> None:
    assert YAMLStoryReader.unpack_regex_message(Message({TEXT: "/restart"})).get(INTENT)["name"] == "restart"


@pytest.mark.parametrize(
    "text", ["hello", "1/2 price?", "https://shop.example/a", "／restart", "\u2060/restart"]
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert as_plain_words(text) == text


@pytest.mark.parametrize(
    ("message", "content"),
    [
        ({"text": "hi"}, {"text": "hi"}),
        ({"text": "two\n\nparagraphs"}, {"text": "two\n\nparagraphs"}),
        ({"text": None}, None),
        ({"text": ""}, None),
        ({}, None),
        (
            {"text": None, "image": "https://a.example/b.png"},
            {"text": "", "image": "https://a.example/b.png"},
        ),
        (
            {
                "text": "sure?",
                "buttons": [{"title": "Yes", "payload": "/affirm"}, {"title": "No"}, "rubbish", {}],
            },
            {
                "text": "sure?",
                "buttons": [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "No"}],
            },
        ),
        (
            {"text": "pick", "quick_replies": [{"title": "A", "payload": "a"}]},
            {"text": "pick", "buttons": [{"title": "A", "payload": "a"}]},
        ),
        (
            {
                "elements": [
                    {
                        "title": "Kettle",
                        "subtitle": "199",
                        "image_url": "k.png",
                        "buttons": [{"title": "Buy", "payload": "/buy"}],
                    }
                ]
            },
            {"text": "Kettle : 199", "buttons": [{"title": "Buy", "payload": "/buy"}], "image": "k.png"},
        ),
        ({"attachment": {"type": "image", "payload": {"src": "a.png"}}}, {"text": "", "image": "a.png"}),
        ({"text": "see", "attachment": "https://a.example/f.pdf"}, {"text": "see\nhttps://a.example/f.pdf"}),
        ({"custom": {"map": 1}}, {"text": "", "custom": {"map": 1}}),
        ({"custom": {"text": "a map", "map": 1}}, {"text": "a map", "custom": {"text": "a map", "map": 1}}),
        (
            {"text": "bad \ud800", "custom": {"k\x00": ["\udfff"]}},
            {"text": "bad \ufffd", "custom": {"k\ufffd": ["\ufffd"]}},
        ),
    ],
)
def test_one_response_becomes_one_message(message: dict[str, Any], content: dict[str, Any] | None) -> None:
    assert content_of(message) == content


def test_the_events_of_rasa_itself_become_one_message_with_one_image() -> None:
    event = BotUttered(
        "look", data={"image": "a.png", "attachment": "a.png", "buttons": None, "elements": None}
    )
    assert content_of(event.message()) == {"text": "look", "image": "a.png"}


@pytest.mark.parametrize(
    ("message", "author"),
    [
        ({}, {"author": "bot"}),
        ({"author": "agent", "author_name": "Lin"}, {"author": "agent", "author_name": "Lin"}),
        ({"author": "system"}, {"author": "system"}),
        ({"author": "customer"}, {"author": "bot"}),
        ({"author": ["agent"], "author_name": 7}, {"author": "bot"}),
    ],
)
def test_only_known_authors_speak(message: dict[str, Any], author: dict[str, str]) -> None:
    assert author_of(message) == author
