"""A customer on 蓝莺IM: the bot, a person, the bot again, through every process."""

import json

import pytest

from tests.e2e.waiting import eventually
from tests.service.attachments import files

LIN, BOT = 2302128618881, 2302128618880
SENTENCE = "我想转人工客服"
READ, IMAGE = 9, 1


class Customer:
    """One of the app's users."""

    def __init__(self, provider, stack) -> None:
        self._provider = provider
        self._rasa_url = stack.settings.rasa_url
        self.sender_id = f"lanying:default:{LIN}"

    def says(self, text: str = "", **more: object) -> None:
        self._provider.writes(self._rasa_url, content=text, **more)

    def got(self, content_type: int = 0) -> list[dict]:
        return [each for each in self._provider.messages() if each["content_type"] == content_type]

    def texts(self) -> list[str]:
        return [each["content"] for each in self.got()]


@pytest.fixture
def customer(lanying, stack, desk) -> Customer:
    return Customer(lanying, stack)


def test_bot_person_and_bot_again(customer, desk, owned):
    desk.lin.is_now("online")
    customer.says("how much is shipping")
    eventually(lambda: "shipping" in " ".join(customer.texts()).lower(), "the bot answers")

    customer.says(SENTENCE, ext=json.dumps({"ai": {"ai_generate": False}}))
    held = owned(customer.sender_id, "agent")
    assert held["channel"] == "lanying"
    eventually(lambda: any("Lin" in text for text in customer.texts()), "told who answers")
    notes = [each["text"] for each in desk.lin.messages(held["id"]) if each["private"]]
    assert len(notes) == 1
    assert "GET /message/conversation" in notes[0]

    heard = len(customer.texts())
    customer.says(SENTENCE)
    customer.says("", ctype="IMAGE", file=files.png().hex(), name="broken.png")

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
