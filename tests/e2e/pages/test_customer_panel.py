"""The customer beside the conversation: edited, looked back on, blocked; and asked once how it was."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.browser import PATIENCE, DeskPage
from tests.e2e.waiting import eventually


def panel(desk: DeskPage) -> Locator:
    return desk.page.get_by_role("complementary", name="Customer", exact=True)


@pytest.fixture
def visitor(stack):
    """A customer's client that is no browser: the customer protocol over HTTP."""
    with httpx.Client(base_url=f"{stack.settings.rasa_url}/webhooks/webchat/v1", timeout=30) as client:
        session = client.post("/session", json={}).json()
        client.headers["Authorization"] = f"Bearer {session['token']}"
        yield client


def says(visitor: httpx.Client, text: str) -> None:
    given = {"client_id": f"c-{text}"[:60], "text": text}
    assert visitor.post("/messages", json=given).status_code == 202


def state(visitor: httpx.Client) -> dict:
    return visitor.get("/messages", params={"after": 0, "wait": 0}).json()["state"]


def texts(visitor: httpx.Client, author: str) -> list[str]:
    messages = visitor.get("/messages", params={"after": 0, "wait": 0}).json()["messages"]
    return [message["text"] for message in messages if message["author"] == author]


def test_an_agent_writes_down_who_it_is_and_is_rated_and_sees_both_the_next_time(agent, visitor):
    lin = agent("lin")
    says(visitor, "转人工")
    lin.opens("mine")
    shown = panel(lin)
    expect(shown.get_by_text("Nobody has written down who this is.")).to_be_visible(timeout=PATIENCE)
    expect(shown.get_by_text("The demo shop shows its orders to everybody.")).to_be_visible(timeout=PATIENCE)
    expect(shown.get_by_text("This is the first one.")).to_be_visible()

    shown.get_by_role("button", name="Edit").click()
    expect(shown.get_by_label("Tier")).to_have_count(0)
    shown.get_by_label("Name").fill("陈静")
    shown.get_by_label("Tags").fill("press，vip")
    shown.get_by_label("Tags").press("Enter")
    expect(shown.get_by_text("press", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(lin.rows("mine").filter(has_text="陈静")).to_be_visible(timeout=PATIENCE)

    lin.says("已经处理好了")
    eventually(lambda: "已经处理好了" in texts(visitor, "agent"), "the answer came")
    assert state(visitor)["rating"] is None
    lin.resolves()
    question = eventually(lambda: state(visitor)["rating"], "the question is open")
    answer = {**question, "score": 4, "comment": "挺快的"}
    assert visitor.post("/rating", json=answer).status_code == 204
    assert visitor.post("/rating", json=answer).json()["error"]["code"] == "already_rated"
    eventually(lambda: state(visitor)["rating"] is None, "it is asked no more")

    says(visitor, "我还要人工")
    lin.opens("mine", "陈静")
    expect(shown.get_by_text("挺快的")).to_be_visible(timeout=PATIENCE)
    earlier = shown.get_by_role("region", name="Earlier conversations")
    expect(earlier.get_by_role("listitem")).to_contain_text(re.compile("Lin · solved · 4 of 5"))
    lin.page.keyboard.press("Escape")
    lin.page.set_viewport_size({"width": 900, "height": 700})
    lin.opens("mine", "陈静")
    expect(shown).to_have_count(0)
    lin.page.get_by_role("button", name="Customer details").click()
    expect(shown).to_be_visible()
    lin.page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(lin.log).to_be_visible()


def test_a_supervisor_blocks_and_lifts_and_the_customer_is_told_once(agent, visitor):
    vera = agent("vera", online=False)
    says(visitor, "转人工")
    vera.opens("queue")
    panel(vera).get_by_role("button", name="Block…").click()
    dialog = vera.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("威胁坐席")
    dialog.get_by_role("button", name="Block", exact=True).click()

    expect(panel(vera).get_by_text("威胁坐席")).to_be_visible(timeout=PATIENCE)
    eventually(lambda: state(visitor)["blocked"], "the channel knows")
    told = eventually(
        lambda: [text for text in texts(visitor, "system") if "暂时不再" in text], "the customer is told"
    )
    bot = texts(visitor, "bot")
    says(visitor, "转人工，快点")
    row = vera.rows("bot").filter(has_text="Blocked")
    expect(row).to_be_visible(timeout=PATIENCE)
    row.click()
    vera.sees("转人工，快点", "Customer")
    expect(vera.page.get_by_role("button", name="Take over")).to_be_visible()
    vera.takes_over()
    expect(vera.page.get_by_text("This customer is blocked.").first).to_be_visible(timeout=PATIENCE)

    panel(vera).get_by_role("button", name="Lift the block").click()
    expect(panel(vera).get_by_role("button", name="Block…")).to_be_visible(timeout=PATIENCE)
    says(visitor, "运费怎么算")
    eventually(lambda: len(texts(visitor, "bot")) > len(bot), "the bot answers again")
    assert [text for text in texts(visitor, "system") if "暂时不再" in text] == told
