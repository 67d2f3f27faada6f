"""A customer on 蓝莺IM: the bot, a person, the bot again, through every process."""

import json

import pytest

from tests.e2e.customers import LanyingCustomer, newcomers
from tests.e2e.waiting import eventually
from tests.service.attachments import files

SENTENCE = "我想转人工客服"
TEXT, IMAGE, READ, RECALL = 0, 1, 9, 10


@pytest.fixture
def customer(lanying, stack, desk) -> LanyingCustomer:
    return newcomers(LanyingCustomer, lanying, stack)()


def test_bot_person_and_bot_again(customer, desk, owned):
    desk.lin.is_now("online")
    customer.says("how much is shipping")
    eventually(lambda: "shipping" in " ".join(customer.texts()).lower(), "the bot answers")

    answered = len(customer.texts())
    unanswered = {"ext": json.dumps({"ai": {"ai_generate": False}})}
    customer.does(content="how much is shipping, for the record", **unanswered)
    customer.does(content=SENTENCE, **unanswered)
    held = owned(customer.sender_id, "agent")
    assert held["channel"] == "lanying"
    eventually(lambda: any("Lin" in text for text in customer.texts()), "told who answers")
    assert not [text for text in customer.texts()[answered:] if "shipping" in text.lower()], "not answered"

    def of_customer() -> list[str]:
        return [each["text"] for each in desk.lin.messages(held["id"]) if each["author"] == "customer"]

    eventually(
        lambda: of_customer()[-2:] == ["how much is shipping, for the record", SENTENCE], "both at the desk"
    )
    notes = [each["text"] for each in desk.lin.messages(held["id"]) if each["private"]]
    assert len(notes) == 1
    assert "GET /message/conversation" in notes[0]

    heard = len(customer.texts())
    customer.says(SENTENCE)
    customer.does(ctype="IMAGE", content="", file=files.png().hex(), name="broken.png")

    def shown() -> list[dict]:
        return [each for message in desk.lin.messages(held["id"]) for each in message["attachments"]]

    (picture,) = eventually(shown, "the picture at the desk")
    assert desk.lin.http.get(picture["url"].removeprefix("/api/v1")).content == files.png()
    desk.lin.http.post(f"/conversations/{held['id']}/read").raise_for_status()
    eventually(lambda: customer.got(READ), "told that it was read")

    said = desk.lin.says(held["id"], "I see the crack.")
    eventually(lambda: "I see the crack." in customer.texts(), "the agent's words")
    eventually(
        lambda: (
            {each["id"]: each for each in desk.lin.messages(held["id"])}[said["id"]]["delivery"] == "sent"
        ),
        "known as sent",
    )
    assert len(customer.texts()) == heard + 1, "the bot is silent, and one handoff is enough"
    desk.lin.http.post(f"/conversations/{held['id']}/messages/{said['id']}/recall").raise_for_status()
    (taken_back,) = eventually(lambda: customer.got(RECALL), "taken back at the provider")
    (words,) = [each for each in customer.got(TEXT) if each["content"] == "I see the crack."]
    assert taken_back["related_mid"] == words["id"]
    sent = desk.lin.http.post(
        f"/conversations/{held['id']}/attachments", files={"file": ("label.png", files.png())}
    ).json()
    desk.lin.http.post(
        f"/conversations/{held['id']}/messages", json={"client_id": "f1", "attachments": [sent["id"]]}
    ).raise_for_status()
    (label,) = eventually(lambda: customer.got(IMAGE), "the agent's picture")
    assert json.loads(label["attachment"])["dName"] == "label.png"

    desk.lin.http.post(f"/conversations/{held['id']}/return", json={}).raise_for_status()
    owned(customer.sender_id, "bot")
    before = len(customer.texts())
    customer.says("how much is shipping")
    eventually(lambda: any("shipping" in text.lower() for text in customer.texts()[before:]), "the bot again")
