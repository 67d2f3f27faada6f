"""The comparison of questions, on what the assistant sends."""

import json
from pathlib import Path

import pytest

from handoff_service.decision.facts import Signals
from handoff_service.decision.questions import COMPARED, TEXT, Question, likeness, same_question, times_asked

CONTRACT = Path(__file__).parents[2] / "contract"


def question(key: str, terms: str = "", again: bool = False, **about: str) -> Question:
    return Question(
        key,
        frozenset(terms.split()),
        {kind: frozenset(names.split()) for kind, names in about.items()},
        again,
    )


def test_the_contracts_question_is_read_whole() -> None:
    sent = json.loads((CONTRACT / "turn_request_question.json").read_text())["signals"]

    read = Signals.from_dict(sent).question

    assert read is not None
    assert read.to_dict() == sent["question"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (question("invoice"), question("invoice", "change title"), True),
        (question("invoice", number="1"), question("invoice", number="2"), False),
        (question("invoice", number="1"), question("invoice", number="1 2"), True),
        (question("invoice", number="1"), question("invoice"), True),
        (question("invoice", number="1"), question("invoice", place="york"), True),
        (question("refund_status", "refund when"), question("return_refund", "refund when"), True),
        (question("refund_status", "refund"), question("return_refund", "refund send back"), False),
        (
            question("refund_status", "refund", number="1"),
            question("return_refund", "refund", number="2"),
            False,
        ),
        (question("refund_status", "refund when"), question(TEXT, "refund when now"), True),
        (question(TEXT, "gift wrap"), question(TEXT, "gift wrap ?how"), True),
        (question(TEXT, "gift wrap"), question(TEXT, "gift card"), False),
        (question(TEXT, "?how delete review"), question(TEXT, "?how write review"), False),
        (question(TEXT), question(TEXT), False),
        (question(TEXT, "weather", place="york"), question(TEXT, "weather", place="leeds"), False),
    ],
)
def test_two_questions_are_the_same_or_not_in_either_order(
    one: Question, other: Question, same: bool
) -> None:
    assert same_question(one, other) is same_question(other, one) is same


def test_how_it_is_asked_weighs_less_than_what_is_asked() -> None:
    assert likeness(question(TEXT, "?how pay"), question(TEXT, "?when pay")) > 0.6
    assert likeness(question(TEXT, "?how pay"), question(TEXT, "?how return")) < 0.4
    assert likeness(question(TEXT), question(TEXT)) == 0.0


def test_a_question_without_an_object_is_about_the_last_one() -> None:
    first, second = question("order_status", number="1"), question("order_status", number="2")
    bare = question("order_status")

    assert times_asked([first, second, bare]) == 2
    assert times_asked([first, bare, second]) == 1
    assert times_asked([bare, first, bare]) == 3


def test_asking_again_repeats_the_last_question_unless_it_names_another_object() -> None:
    asked = question("stock", "jacket", colour="blue")

    assert times_asked([asked, question(TEXT, "listen", again=True)]) == 2
    assert (
        times_asked([asked, question(TEXT, "listen", again=True), question(TEXT, "hello", again=True)]) == 3
    )
    assert times_asked([asked, question("stock", colour="red", again=True)]) == 1
    assert times_asked([question(TEXT, "listen", again=True)]) == 1
    assert times_asked([]) == 0


def test_an_endless_conversation_is_compared_with_its_last_questions_only() -> None:
    assert times_asked([question("invoice")] * 1000) == COMPARED
