"""A customer on WeChat: the bot, a person, the bot again, through every process."""

import pytest

from tests.e2e.customers import WechatCustomer, newcomers
from tests.e2e.waiting import eventually
from tests.service.attachments import files


@pytest.fixture
def customer(wechat, stack, desk) -> WechatCustomer:
    return newcomers(WechatCustomer, wechat, stack)()


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

    customer.does(picture=files.png().hex())

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
    customer.does(taps="Satisfied")
    eventually(lambda: desk.lin.http.get(f"/conversations/{held['id']}").json()["rating"] == 4, "rated")
    eventually(lambda: any("thank you for your feedback" in text for text in customer.texts()), "thanked")

    before = len(customer.texts())
    customer.says("how much is shipping")
    eventually(lambda: any("shipping" in text.lower() for text in customer.texts()[before:]), "the bot again")
