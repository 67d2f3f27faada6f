"""A customer on WeChat: the bot, a person, the bot again, through every process."""

import pytest

from tests.e2e.killing import rasa_dies_while_the_customer_writes
from tests.e2e.waiting import eventually
from tests.service.attachments import files

LIN = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"


class Customer:
    """A follower of the Official Account."""

    def __init__(self, provider, stack) -> None:
        self._provider = provider
        self._rasa_url = stack.settings.rasa_url
        self.sender_id = f"wechat:default:{LIN}"

    def says(self, text: str = "", **more: str) -> None:
        self._provider.writes(self._rasa_url, text=text, **more)

    def got(self, kind: str) -> list[dict]:
        return [each for each in self._provider.messages() if each["msgtype"] == kind]

    def texts(self) -> list[str]:
        """With those above menus."""
        parts = [each[each["msgtype"]] for each in self._provider.messages()]
        return [text for each in parts if (text := each.get("content") or each.get("head_content"))]


@pytest.fixture
def customer(wechat, stack, desk) -> Customer:
    return Customer(wechat, stack)


def test_bot_person_and_bot_again(customer, desk, owned):
    desk.lin.is_now("online")
    customer.says("how much is shipping")
    eventually(lambda: "shipping" in " ".join(customer.texts()).lower(), "the bot answers")

    customer.says("I want to talk to a human")
    held = owned(customer.sender_id, "agent")
    assert held["channel"] == "wechat"
    eventually(lambda: any("Lin" in text for text in customer.texts()), "told who answers")
    window = desk.lin.http.get(f"/conversations/{held['id']}").json()["reach"]["window"]
    assert 0 < window["messages"] <= 5

    customer.says(picture=files.png().hex())

    def shown() -> list[dict]:
        return [each for message in desk.lin.messages(held["id"]) for each in message["attachments"]]

    (picture,) = eventually(shown, "the picture at the desk")
    assert desk.lin.http.get(picture["url"].removeprefix("/api/v1")).content == files.png()

    heard = len(customer.texts())
    said = desk.lin.says(held["id"], "I see the crack.")
    eventually(lambda: "I see the crack." in customer.texts(), "the agent's words")
    assert len(customer.texts()) == heard + 1, "the bot is silent"
    sent = desk.lin.http.post(
        f"/conversations/{held['id']}/attachments", files={"file": ("label.png", files.png())}
    ).json()
    desk.lin.http.post(
        f"/conversations/{held['id']}/messages", json={"client_id": "f1", "attachments": [sent["id"]]}
    ).raise_for_status()
    eventually(lambda: customer.got("image"), "the agent's picture")
    delivery = {each["id"]: each["delivery"] for each in desk.lin.messages(held["id"])}
    assert delivery[said["id"]] == "sent"

    customer.says("thank you")
    eventually(lambda: desk.lin.messages(held["id"])[-1]["text"] == "thank you", "heard at the desk")
    desk.lin.http.post(f"/conversations/{held['id']}/return", json={}).raise_for_status()
    owned(customer.sender_id, "bot")
    (question,) = eventually(lambda: customer.got("msgmenu"), "asked how satisfied they are")
    assert [each["content"] for each in question["msgmenu"]["list"]][3:] == ["Satisfied", "Very satisfied"]
    customer.says(taps="Satisfied")
    eventually(lambda: desk.lin.http.get(f"/conversations/{held['id']}").json()["rating"] == 4, "rated")
    eventually(lambda: any("thank you for your feedback" in text for text in customer.texts()), "thanked")

    before = len(customer.texts())
    customer.says("how much is shipping")
    eventually(lambda: any("shipping" in text.lower() for text in customer.texts()[before:]), "the bot again")


def test_rasa_is_killed_while_the_customer_writes(customer, desk, owned, stack):
    desk.lin.is_now("online")
    customer.says("I want to talk to a human")
    held = owned(customer.sender_id, "agent")
    rasa_dies_while_the_customer_writes(stack, desk, customer.says, held["id"])
