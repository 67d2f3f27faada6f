"""Answering with words kept ready, and taking words back: the agents' page beside the customer's."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import compose, enter_while_composing


@pytest.fixture
def in_hand(customer, agent):
    """A customer who has asked for a person, and Lin who has the conversation open."""

    def make(language: str = "en"):
        lin = agent("lin", language)
        someone = customer("zh")
        someone.says("转人工")
        lin.opens("mine")
        return someone, lin

    return make


def test_a_canned_answer_is_found_by_composing_and_never_sent_with_a_gap(in_hand):
    someone, lin = in_hand()
    filter_box = lin.page.get_by_role("combobox", name="Search title")
    send = lin.page.get_by_role("button", name="Send", exact=True)

    lin.box.press("/")
    expect(filter_box).to_be_focused()
    expect(lin.page.get_by_role("option")).not_to_have_count(0, timeout=30_000)
    compose(lin.page, "wenhou")
    enter_while_composing(lin.page)
    expect(filter_box).to_be_visible()
    expect(lin.box).to_have_value("/")

    filter_box.fill("问候")
    expect(lin.page.get_by_role("option").first).to_contain_text("问候")
    expect(lin.page.locator("mark")).to_have_text("{{customer.name}}")
    filter_box.press("Enter")
    expect(filter_box).to_have_count(0)
    expect(lin.box).to_have_value(re.compile(r"^您好，\{\{customer.name\}\}，我是客服Lin"))
    expect(lin.box).to_be_focused()
    expect(send).to_be_disabled()
    lin.box.press("Enter")
    expect(lin.page.get_by_text("Replace {{customer.name}} before you send")).to_be_visible()

    lin.page.keyboard.type("陈静")  # what is open is selected
    expect(send).to_be_enabled()
    lin.box.press("Enter")
    someone.sees("您好，陈静，我是客服Lin")
    assert someone.line("{{").count() == 0

    lin.box.press("/")
    filter_box.press("Escape")
    expect(lin.box).to_have_value("/")
    expect(lin.box).to_be_focused()
    lin.box.fill("")
    lin.page.keyboard.press("F4")
    lin.page.get_by_role("combobox", name="Search emoji").fill("感谢")
    lin.page.keyboard.press("Enter")
    lin.box.press("Enter")
    someone.sees("🙏")


def test_words_taken_back_are_seen_by_nobody_twice(in_hand, customer):
    someone, lin = in_hand()
    lin.says("这句发错了")
    someone.sees("这句发错了")
    lin.says("这句没错")
    someone.sees("这句没错")

    lin.line("这句发错了").get_by_role("button", name="Take back").click()
    expect(lin.line("这句发错了")).to_contain_text("the customer no longer sees it", timeout=30_000)
    someone.sees("消息已撤回")
    someone.sees("这句发错了", times=0)
    expect(lin.line("这句发错了").get_by_role("button")).to_have_count(0)

    for each in (someone, lin):
        each.page.reload()
    someone.is_connected()
    someone.sees("这句没错")
    someone.sees("消息已撤回")
    someone.sees("这句发错了", times=0)
    lin.is_live()
    lin.sees("这句发错了")
    expect(lin.line("这句发错了")).to_contain_text("Taken back")


def test_agents_keep_their_own_answers_and_supervisors_those_of_all(agent):
    lin, vera = agent("lin", online=False), agent("vera", "zh", online=False)
    lin.page.goto(f"{lin.url}/#/canned")
    shared = lin.page.get_by_role("listitem").filter(has_text="道别")
    expect(shared).to_be_visible(timeout=30_000)
    expect(shared.get_by_role("button")).to_have_count(0)

    lin.page.get_by_role("button", name="New answer").click()
    dialog = lin.page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Invoice by mail")
    dialog.get_by_label("Text in English").fill("Dear {{customer.nme}}")
    expect(dialog.get_by_text("These are no variables: customer.nme")).to_be_visible()
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_label("Text in English").fill("Dear ")
    dialog.get_by_role("button", name="Customer's name").click()
    expect(dialog.get_by_label("Text in English")).to_have_value("Dear {{customer.name}}")
    dialog.get_by_role("button", name="Save").click()
    expect(lin.page.get_by_role("listitem").filter(has_text="Invoice by mail")).to_be_visible()

    vera.page.goto(f"{vera.url}/#/canned")
    expect(vera.page.get_by_role("listitem").filter(has_text="道别")).to_be_visible(timeout=30_000)
    expect(vera.page.get_by_role("listitem").filter(has_text="Invoice by mail")).to_have_count(0)
    vera.page.get_by_role("button", name="新建常用语").click()
    dialog = vera.page.get_by_role("dialog")
    dialog.get_by_label("标题").fill("节假日安排")
    dialog.get_by_label("中文内容").fill("节假日期间照常服务。")
    dialog.get_by_role("button", name="保存").click()
    # what she shares is there for Lin without a reload, and gone when she removes it
    expect(lin.page.get_by_role("listitem").filter(has_text="节假日安排")).to_be_visible()
    vera.page.get_by_role("button", name="删除“节假日安排”").click()
    vera.page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(lin.page.get_by_role("listitem").filter(has_text="节假日安排")).to_have_count(0)

    lin.page.get_by_role("button", name="Remove Invoice by mail").click()
    lin.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(lin.page.get_by_role("listitem").filter(has_text="Invoice by mail")).to_have_count(0)


def test_the_closing_form_begins_with_the_topic_and_the_end_can_be_read_afterwards(agent, customer):
    lin = agent("lin")
    someone = customer("zh")
    someone.says("我要退款")
    expect(someone.line("退", "机器人").first).to_be_visible(timeout=30_000)
    someone.says("转人工")
    lin.opens("mine")

    lin.page.get_by_role("button", name="Resolve").click()
    dialog = lin.page.get_by_role("dialog")
    expect(dialog.get_by_label("What it was about")).to_have_value("refund")
    dialog.get_by_label("What it was about").select_option("refund.status")
    dialog.get_by_text("to follow up").click()
    dialog.get_by_role("textbox").fill("明天到账")
    dialog.get_by_role("button", name="Resolve", exact=True).click()

    summary = lin.page.get_by_role("region", name="How it ended")
    expect(summary).to_contain_text("Refunds and returns › Refund not arrived", timeout=30_000)
    expect(summary).to_contain_text("to follow up")
    expect(summary).to_contain_text("明天到账")


def test_a_supervisor_keeps_the_closing_categories_by_keyboard(agent):
    vera = agent("vera", online=False)
    vera.page.goto(f"{vera.url}/#/closing")
    rows = vera.page.get_by_role("listitem")
    expect(rows.first).to_contain_text("Orders and delivery", timeout=30_000)

    vera.page.get_by_role("button", name="Add a category").press("Enter")
    vera.page.keyboard.press("Tab")
    vera.page.keyboard.type("Points")
    vera.page.keyboard.press("Enter")
    expect(rows.last).to_contain_text("Points")
    up = vera.page.get_by_role("button", name="Move Points up")
    up.press("Enter")
    expect(up).to_be_focused()
    expect(rows.last).not_to_contain_text("Points")
    vera.page.get_by_role("button", name="Change Points").press("Enter")
    dialog = vera.page.get_by_role("dialog", name="Change")
    dialog.get_by_label("Below").select_option(label="Orders and delivery")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(rows.filter(has_text="Points")).to_have_attribute("data-level", "2")
    vera.page.get_by_role("button", name="Deactivate Points").press("Enter")
    expect(rows.filter(has_text="Points")).to_contain_text("inactive")
    vera.page.get_by_role("button", name="Remove Points").press("Enter")
    expect(rows.filter(has_text="Points")).to_have_count(0)
