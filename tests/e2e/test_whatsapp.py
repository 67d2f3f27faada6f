"""A customer on WhatsApp: the bot, a person, a template after a day, the bot again, through every process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.customers import WhatsAppCustomer, newcomers
from tests.e2e.waiting import eventually
from tests.service.attachments import files


@pytest.fixture
def customer(whatsapp, stack, desk) -> WhatsAppCustomer:
    return newcomers(WhatsAppCustomer, whatsapp, stack)()


def test_bot_person_and_bot_again_and_a_template_after_a_day(customer, desk, owned):
    desk.lin.is_now("online")
    customer.says("how much is shipping")
    eventually(lambda: "shipping" in " ".join(customer.texts()).lower(), "the bot answers")
    eventually(customer.was_read, "what the bot answers is shown as read")
    answer = next(each for each in customer.got() if "shipping" in str(each).lower())

    customer.does(type="location", content={"latitude": 31.2, "longitude": 121.5, "name": "Jing'an Temple"})
    customer.says("I want a human")
    held = owned(customer.sender_id, "agent")
    assert (held["channel"], held["customer"]["name"]) == ("whatsapp", "Ann")
    said = [each["text"] for each in desk.lin.messages(held["id"]) if each["author"] == "customer"]
    assert "Jing'an Temple" in said[-2], "what has no words is shown, too, though the bot had it"
    eventually(lambda: any("Lin" in text for text in customer.texts()), "told who answers")
    heard = len(customer.texts())

    def at_desk() -> list[dict]:
        return desk.lin.messages(held["id"])

    def of(message_id: str) -> dict:
        return next(each for each in at_desk() if each["id"] == message_id)

    eventually(
        lambda: any("shipping" in each["text"].lower() for each in at_desk() if each["author"] == "bot")
    )
    customer.does(type="reaction", content={"message_id": answer["id"], "emoji": "👍"})
    eventually(
        lambda: (
            [(each["author"], each["reaction"]) for each in at_desk() if each["reaction"]] == [("bot", "👍")]
        ),
        "the reaction to the bot's words",
    )
    picture = {"id": "m1", "mime_type": "image/png", "caption": "it came like this"}
    customer.does(type="image", content=picture, file=files.png().hex())
    (shown,) = eventually(
        lambda: [file for message in at_desk() for file in message["attachments"]], "the picture at the desk"
    )
    assert desk.lin.http.get(shown["url"].removeprefix("/api/v1")).content == files.png()

    film = {"id": "m2", "mime_type": "video/mp4"}
    customer.does(type="video", content=film, file=files.MP4.hex())
    eventually(lambda: at_desk()[-1]["attachments"][0]["type"] == "video/mp4", "the film at the desk")

    said = desk.lin.says(held["id"], "I see the crack.")
    eventually(lambda: "I see the crack." in customer.texts(), "the agent's words")
    assert len(customer.texts()) == heard + 1, "the bot is silent"
    customer.does(status="read", id=customer.got()[-1]["id"])
    eventually(lambda: of(said["id"])["delivery"] == "read", "known as read")
    window = desk.lin.conversation_of(customer.sender_id)["reach"]["window"]
    assert window["messages"] is None
    assert window["until"] is not None

    at = f"/conversations/{held['id']}"
    pdf = desk.lin.http.post(f"{at}/attachments", files={"file": ("label.png", files.png())}).json()
    given = {"client_id": "f1", "attachments": [pdf["id"]]}
    desk.lin.http.post(f"{at}/messages", json=given).raise_for_status()
    eventually(lambda: customer.got()[-1]["type"] == "image", "the agent's picture")

    customer.does(away=True)
    late = desk.lin.says(held["id"], "are you still there?")
    eventually(lambda: of(late["id"])["failure"] == "window_closed", "known as not sent, and why")
    (template,) = desk.lin.http.get(f"{at}/templates").json()["items"]
    chosen = {"name": template["name"], "language": template["language"], "variables": ["AB12", "Monday"]}
    given = {"client_id": "t1", "template": chosen}
    desk.lin.http.post(f"{at}/messages", json=given).raise_for_status()
    eventually(lambda: customer.got()[-1]["type"] == "template", "the template")
    assert at_desk()[-1]["text"] == "Order AB12 is on its way and comes on Monday."

    desk.lin.http.post(f"{at}/return", json={}).raise_for_status()
    owned(customer.sender_id, "bot")
    before = len(customer.texts())
    customer.says("how much is shipping")
    eventually(lambda: any("shipping" in text.lower() for text in customer.texts()[before:]), "the bot again")


@contextmanager
def unable_to_store(stack) -> Iterator[None]:
    """Rasa has said what it was told to, and cannot note that it has."""
    store = sqlite3.connect(stack.settings.data_dir / "rasa.db", isolation_level=None)
    try:
        store.execute("BEGIN IMMEDIATE")
        yield
        store.execute("ROLLBACK")
    finally:
        store.close()


def test_whether_what_perhaps_arrived_is_said_again_is_the_agents_to_decide(customer, desk, owned, stack):
    desk.lin.is_now("online")
    customer.says("I want a human")
    held = owned(customer.sender_id, "agent")
    eventually(lambda: "Lin" in "".join(customer.texts()[-1:]), "told who answers")

    def state(message: dict) -> tuple[str, str | None]:
        return next(
            (each["delivery"], each["failure"])
            for each in desk.lin.messages(held["id"])
            if each["id"] == message["id"]
        )

    def is_in_doubt(message: dict) -> bool:
        return state(message) == ("failed", "unconfirmed")

    customer.loses_the_next_answer()
    first = desk.lin.says(held["id"], "are you there?")
    eventually(lambda: is_in_doubt(first), "in doubt")
    desk.lin.http.post(f"/conversations/{held['id']}/messages/{first['id']}/resend").raise_for_status()
    eventually(lambda: state(first) == ("sent", None), "sent again")
    eventually(lambda: customer.texts().count("are you there?") == 2, "it has come again")

    customer.loses_the_next_answer()
    with unable_to_store(stack):
        second = desk.lin.says(held["id"], "once, please")
        eventually(lambda: "once, please" in customer.texts(), "it has come", timeout=60)
        eventually(lambda: is_in_doubt(second), "in doubt")
    desk.lin.says(held["id"], "what comes behind it")
    eventually(lambda: "what comes behind it" in customer.texts(), "the next one", timeout=60)
    assert customer.texts().count("once, please") == 1, "the service says it again by itself"
    assert is_in_doubt(second)


def test_an_answer_of_the_bots_that_is_refused_is_marked_at_the_desk(customer, desk):
    customer.does(refuse=[190])
    customer.says("how much is shipping")

    def marked() -> list[tuple[str, str]]:
        conversation = desk.vera.conversation_of(customer.sender_id)
        messages = desk.vera.messages(conversation["id"]) if conversation else []
        answers = [each for each in messages if each["author"] == "bot"]
        return [(each["text"], each["failure"]) for each in answers if each["delivery"] == "failed"]

    ((text, reason),) = eventually(marked, "marked at the desk")
    assert "shipping" in text.lower()
    assert reason == "not_permitted"
