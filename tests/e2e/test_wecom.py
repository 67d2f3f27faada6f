"""A customer on WeCom, whom people in WeCom's own client answer, through every process."""

import pytest

from tests.e2e.customers import WecomCustomer, newcomers
from tests.e2e.killing import KILLS, rasa_is_killed
from tests.e2e.waiting import eventually
from tests.service.attachments import files

WITH_BOT, IN_POOL = 1, 2


@pytest.fixture
def customer(wecom, stack, desk, answered_by) -> WecomCustomer:
    answered_by("wecom")
    return newcomers(WecomCustomer, wecom, stack)()


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
    shown = owned(customer.sender_id, "queue")
    assert (shown["assignee"], shown["outside"], shown["position"]) == (None, True, None)
    counts = desk.lin.http.get("/conversations/counts", params={"sender_id": customer.sender_id}).json()
    assert (counts["outside"], counts["queue"]) == (1, 0)

    customer.hears(person="Wang", picture=files.png().hex())
    (message,) = eventually(
        lambda: [each for each in desk.lin.messages(held["id"]) if each["attachments"]], "a person's picture"
    )
    assert message["author_name"] == "企业微信客服 · WeCom agent Wang"
    (picture,) = message["attachments"]
    assert desk.lin.http.get(picture["url"].removeprefix("/api/v1")).content == files.png()

    customer.hears(person="Wang", does="ends")
    owned(customer.sender_id, "bot")
    eventually(lambda: any("How was our colleagues' service?" in text for text in customer.texts()), "asked")
    before = len(customer.texts())
    customer.says("how much is shipping")
    eventually(lambda: len(customer.texts()) > before, "the bot again")
    eventually(lambda: customer.state() == WITH_BOT, "the session is the bot's again")


class WithWang:
    """A customer and a person in WeCom's own client write to each other; as `killing.Exchange`."""

    def __init__(self, customer, desk, conversation_id) -> None:
        self.customer = customer
        self.lines = [f"line {number}" for number in range(6)]
        self._words = [f"word {number}" for number in range(6)]
        self._at_desk = lambda: desk.lin.messages(conversation_id)

    def writers(self):
        return [(self.customer.insists, self.lines), (self._says, self._words)]

    def ends(self) -> None:
        self.lines.append("that is all")
        self.customer.says(self.lines[-1])
        self._words.append("goodbye")
        self._says(self._words[-1])

    def is_well(self) -> bool:
        """The desk has all of it, each side's in order and once, and the bot is silent."""
        told = [(each["author"], each["text"]) for each in self._at_desk()]
        assert [text for author, text in told if author == "customer"][1:] == self.lines
        assert [text for author, text in told if author == "agent"] == self._words
        return True

    def _says(self, text: str) -> None:
        self.customer.hears(person="Wang", text=text)


@pytest.mark.parametrize("kill", range(KILLS))
def test_rasa_killed_loses_doubles_and_confuses_nothing(kill, customer, desk, owned, stack):
    customer.says("I want to talk to a human")
    held = owned(customer.sender_id, "queue")
    eventually(lambda: customer.state() == IN_POOL, "in WeCom's pool")
    customer.hears(person="Wang", does="taken")
    heard = customer.texts()
    rasa_is_killed(stack, kill, [WithWang(customer, desk, held["id"])])
    assert customer.texts() == heard, "the bot is silent"
