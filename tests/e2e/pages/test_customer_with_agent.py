"""The widget of a customer who waits for, or has, an agent."""

import re
import time

from playwright.sync_api import expect

from tests.e2e.browser import PATIENCE
from tests.e2e.waiting import eventually

OFFLINE_SECONDS = 60


def test_who_waits_sees_their_place_and_may_go_on_with_the_assistant(customer, desk):
    first, second = customer("zh"), customer("en")
    first.says("转人工")
    expect(first.page.get_by_text("排队中，您在第 1 位")).to_be_visible(timeout=PATIENCE)
    second.says("I want a human")
    expect(second.page.get_by_text("You are number 2 in the queue")).to_be_visible(timeout=PATIENCE)

    first.page.get_by_role("button", name="继续咨询智能助手").click()
    expect(first.page.get_by_text("排队中")).to_be_hidden(timeout=PATIENCE)
    first.says("运费怎么算")
    first.sees(re.compile("费.*元|元"), "机器人")
    expect(second.page.get_by_text("You are number 1 in the queue")).to_be_visible(timeout=PATIENCE)
    second.page.get_by_role("button", name="Keep waiting").click()
    expect(second.page.get_by_text("You keep your place.")).to_be_visible()


def test_who_does_not_want_to_wait_leaves_a_message_and_goes_on(customer, desk):
    someone = customer("en")
    someone.says("I want a human")
    someone.page.get_by_role("button", name="Leave a message").click(timeout=PATIENCE)
    form = someone.panel.get_by_role("form", name="Leave a message")
    form.get_by_role("textbox", name="Your message").fill("My parcel 10023 is broken")
    form.get_by_role("button", name="Send the message").click()
    expect(form.get_by_role("alert")).to_have_text("Enter an e-mail address or a phone number.")
    expect(form.get_by_role("textbox", name="E-mail")).to_be_focused()
    form.get_by_role("textbox", name="E-mail").fill("li@example.com")
    form.get_by_role("button", name="Send the message").click()
    expect(someone.page.get_by_text("We will answer you at li@example.com.")).to_be_visible(timeout=PATIENCE)

    someone.page.get_by_role("button", name="Back to the chat").click()
    someone.sees("My parcel 10023 is broken", "You")
    someone.sees(re.compile("your message"), "System")
    (left,) = eventually(lambda: desk.vera.conversations(kind="message", status="open"), "at the desk")
    assert "My parcel 10023 is broken" in [message["text"] for message in desk.vera.messages(left["id"])]
    someone.says("how much is shipping")
    someone.sees(re.compile("shipping|delivery|free", re.I), "Bot")


def test_a_customer_sees_who_answers_that_they_type_and_what_they_have_read(customer, desk):
    desk.lin.is_now("online")
    someone = customer("zh")
    someone.says("转人工")
    (conversation,) = eventually(lambda: desk.lin.conversations(owner="agent", assignee="me"), "with Lin")
    expect(someone.panel.get_by_text("Lin 正在为您服务")).to_be_visible(timeout=PATIENCE)
    expect(someone.line("转人工", "我")).to_contain_text("已发送")
    desk.lin.does(conversation["id"], "read")
    expect(someone.line("转人工", "我")).to_contain_text("已读", timeout=PATIENCE)
    desk.lin.http.post(f"/conversations/{conversation['id']}/typing", json={}).raise_for_status()
    expect(someone.panel.get_by_text("Lin 正在输入…")).to_be_visible(timeout=PATIENCE)
    message = desk.lin.says(conversation["id"], "您好")
    someone.sees("您好", "Lin（人工客服）")

    def delivery() -> str:
        (found,) = [m for m in desk.lin.messages(conversation["id"]) if m["id"] == message["id"]]
        return found["delivery"]

    eventually(lambda: delivery() == "read", "read by the customer")


def test_who_was_helped_is_asked_once_how_it_was_and_the_supervisor_reads_it(customer, desk, agent):
    desk.lin.is_now("online")
    someone = customer("en")
    someone.says("I want a human")
    (conversation,) = eventually(lambda: desk.lin.conversations(owner="agent", assignee="me"), "with Lin")
    desk.lin.says(conversation["id"], "All done, it is on its way.")
    someone.sees("All done, it is on its way.", "Lin (customer service)")
    desk.lin.does(conversation["id"], "resolve")

    card = someone.panel.get_by_role("form", name="How satisfied are you with our service?")
    card.get_by_role("radio", name="4, satisfied").check(timeout=PATIENCE, force=True)
    card.get_by_role("textbox").fill("quick and kind")
    card.get_by_role("button", name="Send the rating").click()
    expect(someone.page.get_by_text("Thank you for your rating.")).to_be_visible(timeout=PATIENCE)
    someone.page.reload()
    someone.is_connected()
    someone.sees("All done, it is on its way.")
    expect(card).to_be_hidden()

    vera = agent("vera", online=False)
    vera.page.get_by_role("button", name="Pages").click()
    vera.page.get_by_role("link", name="Satisfaction").click()
    of_lin = vera.page.get_by_role("region", name="By agent").get_by_role("row").filter(has_text="Lin")
    expect(of_lin).to_contain_text(re.compile(r"\d\.\d.*%"), timeout=PATIENCE)
    expect(vera.page.get_by_role("img", name=re.compile("4, satisfied: Answers [1-9]"))).to_be_visible()
    said = vera.page.get_by_role("listitem").filter(has_text="quick and kind")
    expect(said).to_contain_text("4, satisfied · Lin")
    vera.page.get_by_label("Asked").select_option(label="at any time")
    said.first.get_by_role("link", name="Conversation").click()
    vera.sees("All done, it is on its way.")


def test_a_minute_without_a_network_loses_nothing_and_doubles_nothing(customer, desk):
    desk.lin.is_now("online")
    someone = customer("zh")
    someone.says("转人工")
    (conversation,) = eventually(lambda: desk.lin.conversations(owner="agent", assignee="me"), "with Lin")
    someone.sees("转人工", "我")

    context = someone.page.context
    context.set_offline(True)
    began = time.monotonic()
    expect(someone.page.get_by_role("status").filter(has_text="您已离线")).to_be_visible()
    answers = [f"第 {number:02} 条回复" for number in range(1, 21)]
    written = ["离线时写的第一句", "离线时写的第二句"]
    for text in answers[:10]:
        desk.lin.says(conversation["id"], text)
    someone.says(written[0])
    for text in answers[10:]:
        desk.lin.says(conversation["id"], text)
    someone.says(written[1])
    while time.monotonic() - began < OFFLINE_SECONDS:
        for text in written:
            expect(someone.line(text, "我")).to_contain_text("等待网络恢复")
        assert [text for text in someone.texts() if text in answers] == []
        someone.page.wait_for_timeout(5000)

    context.set_offline(False)
    for text in (*answers, *written):
        someone.sees(text)
    expect(someone.line(written[1], "我")).to_contain_text("已发送")
    shown = someone.texts()
    assert [text for text in shown if text in answers] == answers
    assert [text for text in shown if text in written] == written

    def arrived() -> list[str]:
        messages = desk.lin.messages(conversation["id"])
        return [message["text"] for message in messages if message["text"] in written]

    eventually(lambda: len(arrived()) >= len(written), "both at the desk")
    assert arrived() == written
    someone.page.reload()
    someone.is_connected()
    someone.sees(answers[-1])
    assert someone.texts() == shown
