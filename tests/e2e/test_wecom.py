"""A customer on WeCom, whom people in WeCom's own client answer, through every process."""

import pytest

from tests.e2e.killing import rasa_dies_while_the_customer_writes
from tests.e2e.waiting import eventually

ACCOUNT, LIN = "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw", "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"
WITH_BOT, IN_POOL = 1, 2


class Customer:
    def __init__(self, provider, stack) -> None:
        self._provider = provider
        self._rasa_url = stack.settings.rasa_url
        self.sender_id = f"wecom:default:{ACCOUNT}:{LIN}"

    def says(self, text: str) -> None:
        self._provider.writes(self._rasa_url, text=text)

    def hears(self, **person: str) -> None:
        self._provider.writes(self._rasa_url, **person)

    def texts(self) -> list[str]:
        messages = self._provider.messages()
        said = [each["text"]["content"] for each in messages if each["msgtype"] == "text"]
        return said + [each["msgmenu"]["head_content"] for each in messages if each["msgtype"] == "msgmenu"]

    def state(self) -> int:
        return next(each["state"] for each in self._provider.messages() if each["msgtype"] == "state")


@pytest.fixture
def customer(wecom, stack, desk) -> Customer:
    return Customer(wecom, stack)


def test_bot_a_person_in_wecom_and_bot_again(customer, desk, owned):
    desk.lin.is_now("online")
    customer.says("how much is shipping")
    eventually(lambda: "shipping" in " ".join(customer.texts()).lower(), "the bot answers")

    customer.says("I want to talk to a human")
    held = owned(customer.sender_id, "queue")
    eventually(lambda: customer.state() == IN_POOL, "in WeCom's pool")
    assert any("passing you to a colleague" in text for text in customer.texts()), "the bot's last words"

    customer.hears(person="Wang", does="taken")
    heard = len(customer.texts())
    customer.says("are you there?")
    customer.hears(person="Wang", text="How can I help?")

    def said() -> list[tuple[str, str]]:
        return [(each["author"], each["text"]) for each in desk.lin.messages(held["id"])]

    eventually(lambda: ("agent", "How can I help?") in said(), "kept at the desk")
    eventually(lambda: ("customer", "are you there?") in said(), "kept at the desk, too")
    assert len(customer.texts()) == heard, "the bot is silent"
    assert owned(customer.sender_id, "queue")["assignee"] is None

    customer.hears(person="Wang", does="ends")
    owned(customer.sender_id, "bot")
    eventually(lambda: any("How was our colleagues' service?" in text for text in customer.texts()), "asked")
    before = len(customer.texts())
    customer.says("how much is shipping")
    eventually(lambda: len(customer.texts()) > before, "the bot again")
    eventually(lambda: customer.state() == WITH_BOT, "the session is the bot's again")


def test_rasa_is_killed_while_the_customer_writes(customer, desk, owned, stack):
    desk.lin.is_now("online")
    customer.says("I want to talk to a human")
    held = owned(customer.sender_id, "queue")
    rasa_dies_while_the_customer_writes(stack, desk, customer.says, held["id"])
