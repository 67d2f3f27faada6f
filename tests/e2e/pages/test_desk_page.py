"""The agents' page and the customer's, side by side."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import compose, enter_while_composing

ARRIVED = re.compile("Sent|Delivered|Read")
"""How far an agent's words have come depends on what the customer is looking at."""


@pytest.fixture
def in_hand(customer, agent):
    """A customer who has asked for a person, and Lin who has the conversation open."""

    def make(**options):
        lin = agent("lin", **options)
        someone = customer("zh")
        someone.says("转人工")
        lin.opens("mine")
        return someone, lin

    return make


def test_from_the_bot_to_a_person_and_back(in_hand):
    someone, lin = in_hand()
    lin.sees("转人工", "Customer")
    expect(lin.page.get_by_text("You have this conversation")).to_be_visible(timeout=30_000)
    expect(lin.page.get_by_text("Asked for a person").first).to_be_visible()

    lin.says("您好，我是 Lin 😀")
    someone.sees("您好，我是 Lin 😀", "Lin（人工客服）")
    expect(lin.line("您好，我是 Lin 😀", "Lin")).to_contain_text("Read", timeout=30_000)
    someone.says("我的订单在哪")
    lin.sees("我的订单在哪", "Customer")
    assert lin.line("", "Bot").filter(has_text="订单").count() == 0

    lin.gives_back("已经登记")
    someone.sees("已经登记", "系统")
    expect(lin.rows("mine")).to_have_count(0)
    someone.says("运费怎么算")
    someone.sees(re.compile("运费.*元|费"), "机器人")


def test_the_transcript_is_complete_in_order_and_without_repeats(in_hand):
    someone, lin = in_hand()
    for text in ("一", "二", "三"):
        someone.says(f"第{text}句")
    lin.sees("第三句")
    lin.says("收到")
    someone.sees("收到")
    expected = [text for text in lin.texts() if re.match("第.句|收到", text)]
    assert expected == ["第一句", "第二句", "第三句", "收到"]
    lin.page.reload()
    lin.is_live()
    lin.sees("收到")
    assert [text for text in lin.texts() if re.match("第.句|收到", text)] == expected


def test_an_answer_that_was_lost_on_the_way_is_repeated_and_said_once(in_hand):
    someone, lin = in_hand()
    failed = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST" or failed:
            route.continue_()
            return
        failed.append(route.fetch().status)  # the service has it, the page does not know
        route.abort("connectionreset")

    lin.page.route(re.compile("/messages$"), lose_the_first_answer)
    lin.says("只说一遍")
    someone.sees("只说一遍")
    lin.sees("只说一遍")
    expect(lin.line("只说一遍")).to_contain_text(ARRIVED, timeout=30_000)
    assert failed == [202]
    assert someone.line("只说一遍").count() == 1


def test_what_the_service_refuses_is_shown_with_its_reason_and_can_be_discarded(in_hand, desk):
    someone, lin = in_hand()
    (conversation,) = desk.lin.conversations(owner="agent", assignee="me")

    def too_late(route: Route) -> None:
        if route.request.method == "POST":
            desk.lin.does(conversation["id"], "return")
        route.continue_()

    lin.page.route(re.compile("/messages$"), too_late)
    lin.says("来不及了")
    expect(lin.line("来不及了")).to_contain_text("not with you any more")
    lin.line("来不及了").get_by_role("button", name="Discard").click()
    lin.sees("来不及了", times=0)
    assert someone.line("来不及了").count() == 0


def test_two_want_the_same_conversation_and_the_second_is_told(customer, agent, desk):
    someone = customer("zh")
    someone.says("转人工")
    sam, mei = agent("sam", online=False), agent("mei", online=False)
    for each in (sam, mei):
        each.opens("queue")
    # Mei's page is made not to hear of Sam's claim in time.
    mei.page.route(
        re.compile("/claim$"), lambda route: (sam.takes_over(), sam.box.wait_for(), route.continue_())
    )
    mei.takes_over()
    expect(mei.page.get_by_role("alert").filter(has_text="Somebody else was faster")).to_be_visible()
    expect(mei.box).to_be_hidden()
    sam.says("您好")
    someone.sees("您好", "Sam（人工客服）")


def test_the_queue_is_live_and_says_why_and_how_long(customer, agent):
    lin = agent("lin", online=False)
    expect(lin.page.get_by_text("Nobody is waiting.")).to_be_visible()
    someone = customer("zh")
    someone.says("转人工")
    row = lin.rows("queue").first
    expect(row).to_contain_text("No. 1", timeout=30_000)
    expect(row).to_contain_text("Asked for a person")
    expect(row).to_contain_text("Chinese")
    waited = row.get_by_text(re.compile(r"^\d+:\d\d$"))
    first = waited.inner_text()
    expect(waited).not_to_have_text(first)
    lin.opens("queue")
    lin.page.get_by_text("Why it was handed over:").click()
    expect(lin.page.get_by_text("was handed over: the customer asked for a person")).to_be_visible()
    lin.takes_over()
    lin.says("您好")
    someone.sees("您好", "Lin（人工客服）")


def test_unread_messages_are_counted_until_they_are_looked_at(customer, agent):
    lin = agent("lin")
    someone = customer("zh")
    someone.says("转人工")
    row = lin.rows("mine").first
    expect(row).to_be_visible(timeout=30_000)
    someone.says("有人吗")
    expect(row).to_contain_text("unread", timeout=30_000)
    expect(lin.page).to_have_title(re.compile(r"^\(\d\) Baton$"))
    lin.opens("mine")
    expect(lin.page).to_have_title("Baton")
    lin.page.reload()
    lin.is_live()
    expect(lin.page).to_have_title("Baton")


def test_a_service_that_goes_away_is_shown_and_nothing_is_doubled_when_it_is_back(in_hand, stack):
    someone, lin = in_hand()
    lin.says("第一句")
    someone.sees("第一句")
    stack.kill("handoff")
    expect(lin.page.get_by_text("No connection")).to_be_visible(timeout=30_000)
    lin.says("第二句")
    expect(lin.line("第二句")).to_contain_text(re.compile("Sending|Not sent"))
    someone.says("还在吗")
    stack.start("handoff")
    lin.is_live()
    for text in ("第一句", "第二句", "还在吗"):
        lin.sees(text)
    someone.sees("第二句")
    expect(lin.line("第二句")).to_contain_text(ARRIVED, timeout=30_000)


def test_what_the_bot_does_is_seen_live_and_can_be_taken_over(customer, agent, desk):
    someone = customer("zh")
    someone.says("你好")
    someone.sees(re.compile(".+"), "机器人")
    lin = agent("lin", online=False)
    newest = desk.lin.conversations(owner="bot", status="open")[0]
    lin.opens("bot", newest["sender_id"].split(":")[-1][:6])
    lin.sees("你好", "Customer")
    expect(lin.box).to_be_hidden()
    someone.says("运费怎么算")
    lin.sees(re.compile("费"), "Bot")
    lin.takes_over()
    lin.says("我来接手")
    someone.sees("我来接手", "Lin（人工客服）")
    asked = someone.line("", "机器人").count()
    someone.says("你好")
    lin.sees("你好", "Customer", times=2)
    lin.says("在的")
    someone.sees("在的")
    assert someone.line("", "机器人").count() == asked, "the bot spoke while a person had the conversation"


def test_what_could_not_be_delivered_says_why_and_can_be_sent_again(rest, agent):
    customer = rest()
    customer.says("转人工")
    lin = agent("lin")
    lin.opens("mine")
    lin.says("您好")
    expect(lin.line("您好")).to_contain_text("this channel only answers", timeout=30_000)
    with lin.page.expect_response(re.compile("/resend$")) as answer:
        lin.line("您好").get_by_role("button", name="Send again").click()
    assert answer.value.status == 202
    expect(lin.line("您好")).to_contain_text("this channel only answers", timeout=30_000)
    lin.sees("您好")


def test_who_reads_further_up_is_told_of_news_and_not_pulled_down(in_hand):
    someone, lin = in_hand(viewport={"width": 1280, "height": 420})
    for number in range(12):
        lin.says(f"第 {number} 条")
    expect(lin.line("第 11 条")).to_contain_text(ARRIVED, timeout=30_000)
    button = lin.page.get_by_role("button", name="New messages below")
    expect(button).to_be_hidden()
    lin.log.evaluate("log => log.scrollTo(0, 0)")
    someone.says("看得到吗")
    expect(button).to_be_visible(timeout=30_000)
    expect(lin.line("看得到吗")).not_to_be_in_viewport()
    button.click()
    expect(lin.line("看得到吗")).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_enter_that_chooses_a_word_does_not_send_and_a_draft_stays_with_its_conversation(in_hand, customer):
    _, lin = in_hand()
    lin.box.focus()
    compose(lin.page, "nin")
    enter_while_composing(lin.page)
    expect(lin.box).to_have_value("nin")
    lin.box.fill("还没写完")
    another = customer("zh")
    another.says("转人工")
    expect(lin.rows("mine")).to_have_count(2, timeout=30_000)
    lin.rows("mine").nth(1).click()
    expect(lin.box).to_have_value("")
    lin.rows("mine").nth(0).click()
    expect(lin.box).to_have_value("还没写完")


def test_a_note_is_kept_for_colleagues_and_never_shown_to_the_customer(in_hand):
    someone, lin = in_hand()
    lin.writes("note")
    lin.box.fill("先核对")
    lin.writes("reply")
    expect(lin.box).to_have_value("")
    lin.writes("note")
    expect(lin.box).to_have_value("先核对")
    lin.says("先核对身份")
    lin.sees("先核对身份", "Lin (note for colleagues)")
    expect(lin.box).to_have_value("")
    lin.writes("reply")
    lin.says("马上为您查")
    someone.sees("马上为您查")
    someone.page.reload()
    someone.is_connected().sees("马上为您查")
    assert someone.line("先核对身份").count() == 0
    lin.page.reload()
    lin.sees("先核对身份", "Lin (note for colleagues)")


def test_what_is_put_off_says_until_when_and_what_is_closed_is_taken_up_again(in_hand):
    someone, lin = in_hand()
    lin.says("明天给您答复")
    someone.sees("明天给您答复")
    lin.page.get_by_role("main").get_by_role("button", name="Put off").click()
    dialog = lin.page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Tomorrow, 9:00").check()
    dialog.get_by_role("button", name="Put off").click()
    expect(lin.page.get_by_role("main").get_by_text(re.compile("^Put off until .*09:00$"))).to_be_visible()
    expect(lin.rows("mine")).to_have_count(0)
    expect(lin.rows("put off").first).to_contain_text(re.compile("until .*09:00"))
    lin.resolves()
    lin.page.get_by_role("button", name="Reopen").click()
    expect(lin.rows("mine")).to_have_count(1)
    lin.says("还是我")
    someone.sees("还是我", "Lin（人工客服）")


def test_a_transfer_by_skill_reaches_a_colleague_live_with_the_note(in_hand, agent):
    someone, lin = in_hand()
    mei = agent("mei")
    lin.page.get_by_role("main").get_by_role("button", name="Transfer").click()
    dialog = lin.page.get_by_role("dialog")
    dialog.get_by_label("Skill", exact=True).select_option("risk")
    dialog.get_by_role("textbox").fill("卡可能丢了")
    dialog.get_by_role("button", name="Transfer").click()
    expect(lin.rows("mine")).to_have_count(0)
    expect(lin.page.get_by_text("has gone to somebody else")).to_be_visible()

    expect(mei.rows("mine")).to_have_count(1, timeout=30_000)
    mei.opens("mine")
    mei.sees("卡可能丢了", "Lin (note for colleagues)")
    mei.says("我来帮您挂失")
    someone.sees("我来帮您挂失", "Mei（人工客服）")
    assert someone.line("卡可能丢了").count() == 0


def test_who_goes_offline_says_what_becomes_of_their_conversations(in_hand, agent, desk):
    someone, lin = in_hand()
    mei = agent("mei")
    offline = lin.page.get_by_role("radio", name="Offline")
    dialog = lin.page.get_by_role("dialog")

    offline.check(force=True)
    dialog.get_by_role("button", name="Cancel").click()
    expect(lin.page.get_by_role("radio", name="Online")).to_be_checked()
    assert desk.lin.conversations(owner="agent", assignee="me")

    offline.check(force=True)
    dialog.get_by_role("radio", name="Give them to a colleague").check()
    dialog.get_by_label("Colleague", exact=True).select_option(label="Mei (Online)")
    dialog.get_by_role("button", name="Go offline").click()
    expect(lin.rows("mine")).to_have_count(0)
    expect(offline).to_be_checked()
    mei.opens("mine")
    mei.says("我是 Mei")
    someone.sees("我是 Mei", "Mei（人工客服）")

    # Logging out is leaving too.
    mei.page.get_by_role("button", name="Log out").click()
    dialog = mei.page.get_by_role("dialog", name="Log out")
    dialog.get_by_role("button", name="Cancel").click()
    expect(mei.page.get_by_role("radio", name="Online")).to_be_checked()
    mei.page.get_by_role("button", name="Log out").click()
    dialog.get_by_role("button", name="Log out").click()
    expect(mei.page.get_by_role("heading", name="Log in to the desk")).to_be_visible()
    (waiting,) = desk.vera.conversations(owner="queue")
    assert waiting["assignee"] is None
    assert desk.mei.http.get("/me").json()["presence"] == "offline"


def test_a_wrong_password_is_said_clearly_and_an_ended_session_asks_again(agent, new_page, stack):
    lin = agent("lin", online=False)
    lin.page.context.clear_cookies()
    lin.page.get_by_role("radio", name="Away").click(force=True)  # the answer takes the page away
    expect(lin.page.get_by_role("alert").filter(has_text="session has ended")).to_be_visible()
    lin.logs_in("lin@example.com", "not it")
    expect(lin.page.get_by_role("alert").filter(has_text="Email or password is wrong")).to_be_visible()
    lin.logs_in("lin@example.com", stack.password)
    lin.is_live()
    lin.page.get_by_role("button", name="Log out").click()
    expect(lin.page.get_by_role("heading", name="Log in to the desk")).to_be_visible()
    lin.page.reload()
    expect(lin.page.get_by_role("heading", name="Log in to the desk")).to_be_visible()


def test_a_resolved_conversation_leaves_the_lists_and_the_next_message_opens_a_new_one(in_hand):
    someone, lin = in_hand()
    lin.says("都处理好了")
    someone.sees("都处理好了")
    lin.resolves("退款已到账")
    expect(lin.page.get_by_text("Resolved. A new message")).to_be_visible()
    expect(lin.rows("mine")).to_have_count(0)
    assert someone.line("退款已到账").count() == 0
    someone.says("转人工")
    lin.opens("mine")
    expect(lin.page.get_by_role("button", name="Earlier conversation")).to_be_visible()
    lin.page.get_by_role("button", name="Earlier conversation").click()
    lin.sees("都处理好了")


def test_the_desk_on_a_phone_shows_one_thing_at_a_time(in_hand):
    _, lin = in_hand(language="zh", viewport={"width": 390, "height": 844})
    expect(lin.rows("mine").first).to_be_hidden()
    assert lin.page.evaluate("document.documentElement.scrollWidth") == 390
    expect(lin.page.get_by_role("button", name="发送")).to_be_in_viewport()
    lin.page.get_by_role("button", name="返回列表").click()
    expect(lin.rows("mine").first).to_be_visible()
    assert lin.page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_draft_survives_a_reload_and_goes_with_what_was_sent(in_hand):
    someone, lin = in_hand()
    lin.box.fill("请稍等，我在")
    lin.page.reload()
    lin.is_live()
    expect(lin.box).to_have_value("请稍等，我在")
    lin.box.press("Enter")
    someone.sees("请稍等，我在")
    lin.page.reload()
    lin.sees("请稍等，我在")
    expect(lin.box).to_have_value("")


def test_what_is_closed_is_found_again_by_what_was_said(in_hand):
    someone, lin = in_hand()
    someone.says("紫色的雨伞坏了")
    lin.sees("紫色的雨伞坏了")
    lin.resolves()
    expect(lin.rows("mine")).to_have_count(0)
    lin.page.get_by_role("button", name="Closed").click()
    expect(lin.rows("closed").first).to_be_visible()
    expect(lin.searches("紫色的雨伞")).to_have_count(1)
    lin.rows("results").click()
    lin.sees("紫色的雨伞坏了", "Customer")
    lin.searches("没有人说过的话")
    expect(lin.page.get_by_text("Nothing found for “没有人说过的话”.")).to_be_visible()
    lin.searches("")
    expect(lin.page.get_by_text("You hold no conversation.")).to_be_visible()


def test_the_keyboard_alone_is_enough(customer, agent):
    someone = customer("zh")
    someone.says("转人工")
    lin = agent("lin", online=False)
    expect(lin.rows("queue")).to_have_count(1, timeout=30_000)
    keys = lin.page.keyboard
    keys.press("?")
    expect(lin.page.get_by_role("dialog")).to_contain_text("Take over")
    keys.press("Escape")
    keys.press("j")
    expect(lin.page.get_by_text("Take the conversation over to answer.")).to_be_visible()
    keys.press("c")
    expect(lin.box).to_be_focused()
    keys.type("Just a moment? jkcbe/")
    expect(lin.box).to_have_value("Just a moment? jkcbe/")
    keys.press("Enter")
    someone.sees("Just a moment? jkcbe/")
    keys.press("Escape")
    expect(lin.box).to_be_hidden()
    keys.press("j")
    expect(lin.box).to_be_focused()
    keys.press("Shift+Tab")  # out of the box, where letters are letters
    keys.press("e")
    expect(lin.page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    keys.type("done")
    lin.page.get_by_role("dialog").get_by_role("button", name="Resolve", exact=True).press("Enter")
    expect(lin.page.get_by_text("Resolved. A new message")).to_be_visible()


def test_rows_are_walked_with_the_arrow_keys(agent):
    lin = agent("lin", online=False)
    rows = _bot_conversations(lin.page, 300)
    first = lin.rows("bot").first
    expect(first).to_be_visible()
    first.focus()
    for _ in range(40):
        lin.page.keyboard.press("ArrowDown")
    focused = lin.page.locator(":focus")
    expect(focused).to_contain_text(rows[40]["sender_id"])
    expect(focused).to_be_in_viewport()


def test_thousands_are_drawn_by_what_can_be_seen_of_them(agent):
    lin = agent("lin", online=False)
    rows = _bot_conversations(lin.page, 5_000)
    _messages(lin.page, 2_000)
    row = lin.rows("bot").filter(has_text=rows[1]["sender_id"])
    expect(row).to_be_visible()
    assert lin.page.locator("nav").get_by_role("button").count() <= 200
    row.click()
    expect(lin.line("message 1999")).to_be_in_viewport()
    assert lin.log.get_by_role("article").count() <= 200
    lin.log.evaluate("log => log.scrollTo(0, 0)")
    expect(lin.line(re.compile("message 0$"))).to_be_in_viewport()
    assert lin.log.get_by_role("article").count() <= 200


def test_appearance_and_language_are_chosen_and_kept(agent):
    lin = agent("lin", online=False, color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = lin.page.evaluate(background)
    lin.page.get_by_role("button", name="Settings").click()
    lin.page.get_by_label("Appearance").select_option("dark")
    assert lin.page.evaluate(background) != light
    lin.page.get_by_label("Language").select_option("zh")
    expect(lin.page.get_by_text("没有人在排队。")).to_be_visible()
    lin.page.reload()
    expect(lin.page.get_by_text("没有人在排队。")).to_be_visible()
    assert lin.page.evaluate(background) != light
    assert lin.page.evaluate("document.documentElement.lang") == "zh-CN"


def _bot_conversations(page: Page, count: int) -> list[dict[str, Any]]:
    """The page is shown so many conversations of the bot, newest first; gives them as it gets them."""
    rows = [_conversation(number) for number in range(count)]

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        shown = rows if query.get("owner") == ["bot"] else []
        route.fulfill(json={"items": shown, "next_cursor": None})

    page.route(re.compile(r"/conversations\?"), answer)
    page.reload()
    return rows


def _conversation(number: int) -> dict[str, Any]:
    at = f"2026-03-02T{9 - number // 3600:02}:{59 - number // 60 % 60:02}:{59 - number % 60:02}Z"
    return {
        "id": f"c{number}",
        "sender_id": f"many{number:05}",
        "channel": "webchat",
        "owner": "bot",
        "control": "confirmed",
        "status": "open",
        "epoch": 1,
        "previous_id": None,
        "assignee": None,
        "priority": "normal",
        "skills": {"required": [], "preferred": []},
        "position": None,
        "estimated_wait_seconds": None,
        "handoff": None,
        "customer": None,
        "language": "en",
        "unread": 0,
        "created_at": at,
        "updated_at": at,
    }


def _messages(page: Page, count: int) -> None:
    """Whichever conversation the page opens has so many messages."""
    items = [
        {
            "id": f"m{number}",
            "seq": number,
            "author": ("customer", "bot")[number % 2],
            "author_name": None,
            "text": f"{'words of some length ' * (number % 40)}message {number}",
            "attachments": [],
            "sent_at": f"2026-03-02T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            "delivery": None,
            "failure": None,
            "client_id": None,
        }
        for number in range(count)
    ]

    def answer(route: Route) -> None:
        messages = urlsplit(route.request.url).path.endswith("/messages")
        number = int(re.search(r"/conversations/c(\d+)", route.request.url)[1])
        route.fulfill(json={"items": items, "next_cursor": None} if messages else _conversation(number))

    page.route(re.compile(r"/conversations/c\d+(/messages)?(\?|$)"), answer)
