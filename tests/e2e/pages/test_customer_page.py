"""The customer's page, on its own with the assistant."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import CustomerPage, compose, enter_while_composing

LONG = 10_000


def test_a_question_is_answered_and_the_history_survives_a_reload(customer):
    page = customer("zh")
    page.says("运费怎么算")
    page.sees("运费怎么算", "我")
    page.sees(re.compile("费"), "机器人")
    before = page.texts()

    page.page.reload()
    page.is_connected()
    expect(page.log.get_by_role("article")).to_have_count(len(before))
    assert page.texts() == before


def test_the_language_follows_the_browser_and_can_be_switched(customer):
    page = customer("en")
    expect(page.page).to_have_title("Customer service")
    page.page.get_by_role("combobox", name="Language").select_option("中文")
    expect(page.page.get_by_role("heading", name="在线客服")).to_be_visible()
    expect(page.page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.page.reload()
    expect(page.page.get_by_role("button", name="发送")).to_be_visible()


def test_enter_that_chooses_a_word_does_not_send(customer):
    page = customer("zh")
    page.box.focus()
    compose(page.page, "nihao")
    enter_while_composing(page.page)
    expect(page.box).to_have_value("nihao")
    expect(page.log.get_by_role("article")).to_have_count(0)

    page.box.fill("你好")
    page.box.press("Shift+Enter")
    page.box.press_sequentially("在吗")
    expect(page.box).to_have_value("你好\n在吗")
    page.box.press("Enter")
    page.sees(re.compile("你好\n在吗"), "我")


def test_what_people_write_is_never_markup(customer):
    page = customer("zh")
    page.says("<img src=x onerror=\"document.title='broken'\"><b>你好</b> 😀 مرحبا")
    page.sees("<b>你好</b> 😀 مرحبا", "我")
    assert page.log.locator("img, b").count() == 0
    expect(page.page).to_have_title("在线客服")


def test_a_text_that_is_too_long_cannot_be_sent(customer):
    page = customer("en")
    send = page.page.get_by_role("button", name="Send", exact=True)
    page.box.fill("😀" * LONG)  # one character each, as the server counts
    expect(page.page.get_by_text("0 characters left")).to_be_visible()
    expect(send).to_be_enabled()
    page.box.fill("a" * (LONG + 1))
    expect(page.page.get_by_text("1 characters too many")).to_be_visible()
    expect(send).to_be_disabled()


def test_a_broken_line_is_shown_and_what_was_written_meanwhile_is_sent_once(new_page, customer):
    page = new_page("zh")
    lines = []
    cut = False

    def through(line) -> None:
        if cut:
            line.close()
        else:
            lines.append(line)
            line.connect_to_server()

    page.route_web_socket(re.compile("socket.io"), through)
    shown = customer("zh", page=page)
    shown.says("你好")
    shown.sees("你好", "我")
    shown.sees(re.compile(".+"), "机器人")

    cut = True
    lines[-1].close()
    expect(page.get_by_role("status").filter(has_text="连接已断开")).to_be_visible()
    shown.says("运费怎么算")
    expect(shown.line("运费怎么算", "我")).to_contain_text("发送中")

    cut = False
    shown.is_connected()
    shown.sees("运费怎么算", "我")
    shown.sees(re.compile("费"), "机器人")
    expect(shown.line("运费怎么算", "我")).to_contain_text("已发送")


def test_words_unsent_at_a_reload_are_sent_after_it(new_page, customer):
    page = new_page("zh")
    answering = True

    def deaf(line) -> None:
        server = line.connect_to_server()
        line.on_message(lambda data: server.send(data) if answering or '"message"' not in data else None)

    page.route_web_socket(re.compile("socket.io"), deaf)
    shown = customer("zh", page=page)
    answering = False
    shown.says("运费怎么算")
    expect(shown.line("运费怎么算", "我")).to_contain_text("发送中")
    answering = True
    page.reload()
    shown.is_connected()
    shown.sees("运费怎么算", "我")
    shown.sees(re.compile("费"), "机器人")


def test_a_refused_token_leads_to_a_new_conversation(customer):
    page = customer("zh")
    page.says("你好")
    page.sees(re.compile(".+"), "机器人")
    forged = json.dumps({"token": "x" * 43, "lastSeen": 3})
    page.page.evaluate("visit => localStorage.setItem('baton.visit', visit)", forged)
    page.page.reload()
    expect(page.page.get_by_role("alert").filter(has_text="不能在这里继续")).to_be_visible()
    expect(page.box).to_be_hidden()

    page.page.get_by_role("button", name="开始新会话").click()
    page.is_connected()
    expect(page.log.get_by_role("article")).to_have_count(0)
    page.says("你好")
    page.sees(re.compile(".+"), "机器人")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(customer, width, height, scheme):
    page: CustomerPage = customer("zh", viewport={"width": width, "height": height}, color_scheme=scheme)
    page.says("x" * 300 + " 你好")
    page.sees("你好", "我")
    assert page.page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.page.get_by_role("button", name="发送")).to_be_in_viewport()
