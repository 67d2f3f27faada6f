"""Solved or not, under an answer of the bot: said once, to Rasa or to the service."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from channels.feedback import asks_feedback
from tests.assistant.channel_fakes import FakeAgent, run, serving
from tests.assistant.customer_client import client
from tests.assistant.fake_visits import serving_visits
from tests.assistant.test_channel_visits import until


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "webchat.db"


def answering(text: str, seen: list[UserMessage]) -> Callable[[UserMessage], Any]:
    """A bot with one answer."""

    async def turn(message: UserMessage) -> None:
        seen.append(message)
        answer = {"text": text, "utter_action": "utter_opening_hours"}
        await message.output_channel.send_response(message.sender_id, answer)

    return turn


@pytest.mark.parametrize(
    ("text", "words"), [("Nine to six.", "Not solved"), ("九点到六点。", "没有解决"), ("OK", None)]
)
def test_not_solved_is_a_turn_in_the_customers_words(db: Path, text: str, words: str | None) -> None:
    seen: list[UserMessage] = []

    async def test() -> None:
        async with serving(db, FakeAgent(answering(text, seen))) as server, client(server) as lin:
            await lin.say("when?")
            answer = (await lin.sees(2))[1]
            assert answer["feedback"] == "ask"
            given = {"client_id": "f", "feedback": {"message": answer["id"], "solved": False}}
            if words is None:
                given["text"] = "👎"
            accepted = [await lin.call("POST", "/messages", given) for _ in range(2)]
            assert [each.status for each in accepted] == [202, 202]
            assert accepted[0].body["id"] == accepted[1].body["id"]
            shown = await lin.sees(5)
            said = next(each for each in shown if each["number"] == accepted[0].body["number"])
            assert (said["author"], said["text"]) == ("customer", words or "👎")
            assert [each["feedback"] for each in shown if each.get("replaces") == answer["id"]] == [
                "unsolved"
            ]
            assert shown[1]["feedback"] == "unsolved", "who comes later is not asked again"

    run(test())
    assert [message.text for message in seen] == ["when?", "/reject_answer"]
    feedback = seen[1].metadata["feedback"]
    assert feedback["solved"] is False
    assert seen[1].metadata["button_title"] == (words or "👎")


def test_solved_is_told_to_the_service_alone(db: Path) -> None:
    seen: list[UserMessage] = []

    async def test() -> None:
        async with (
            serving_visits() as desk,
            serving(db, FakeAgent(answering("Nine to six.", seen)), desk=desk.desk) as server,
            client(server) as lin,
        ):
            await lin.say("when?")
            answer = (await lin.sees(2))[1]
            feedback = {"message": answer["id"], "solved": True}
            for client_id in ("here", "in another tab"):
                given = {"client_id": client_id, "feedback": feedback}
                assert (await lin.call("POST", "/messages", given)).status == 202
            late = {"client_id": "changed my mind", "feedback": {**feedback, "solved": False}}
            assert (await lin.call("POST", "/messages", late)).status == 202
            await until(lambda: bool(desk.told))
            await asyncio.sleep(0.1)
            assert desk.told == [(lin.conversation, "feedback", {"message_id": answer["id"], "solved": True})]
            news = (await lin.messages(2)).body["messages"]
            assert [(each["replaces"], each["feedback"]) for each in news] == [(answer["id"], "solved")]

    run(test())
    assert len(seen) == 1


def test_only_an_answer_of_the_bots_can_be_judged(db: Path) -> None:
    seen: list[UserMessage] = []

    async def test() -> None:
        async with (
            serving(db, FakeAgent(answering("Nine.", seen))) as server,
            client(server) as lin,
            client(server) as sam,
        ):
            await lin.say("when?")
            question, answer = await lin.sees(2)
            for customer, message_id in ((lin, "guess"), (lin, question["id"]), (sam, answer["id"])):
                given = {"client_id": "f", "feedback": {"message": message_id, "solved": False}}
                refused = await customer.call("POST", "/messages", given)
                assert (refused.status, refused.code) == (404, "not_found")
            for rubbish in ("x", [], {"message": answer["id"]}, {"message": 5, "solved": True}, 1):
                refused = await lin.call("POST", "/messages", {"client_id": "f", "feedback": rubbish})
                assert refused.code == "invalid_payload"
        assert len(seen) == 1

    run(test())
    count = sqlite3.connect(db).execute("SELECT count(*) FROM timeline").fetchone()
    assert count == (2,)


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ({"text": "Nine to six.", "utter_action": "utter_opening_hours"}, True),
        ({"text": "Which order?", "utter_action": "utter_ask_order_form_order_number"}, False),
        ({"text": "Hello!", "utter_action": "utter_greet"}, False),
        ({"text": "This one?", "utter_action": "utter_offer", "buttons": [{"title": "Yes"}]}, False),
        ({"text": "", "utter_action": "utter_picture"}, False),
        ({"text": "said by hand"}, False),
    ],
)
def test_what_is_no_answer_is_not_asked_about(message: dict[str, Any], asked: bool) -> None:
    assert asks_feedback(message, frozenset({"utter_greet"})) is asked
