"""The customer's widget, on its own with the assistant."""

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.browser import PATIENCE, CustomerPage, compose, enter_while_composing

LONG = 10_000
POSTED = re.compile(r"/webchat/v1/messages$")


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


def test_an_answer_that_did_not_help_is_followed_by_another_way(customer):
    page = customer("zh")
    page.says("运费怎么算")
    page.sees(re.compile("费"), "机器人")
    page.presses("没有解决")
    page.sees("没有解决", "我")
    expect(page.line("", "机器人").nth(1)).to_be_visible(timeout=PATIENCE)
    page.page.reload()
    page.is_connected()
    page.sees("没有解决", "我")


def test_nothing_is_asked_of_the_server_before_the_chat_is_opened(new_page, stack):
    page = new_page("zh")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{stack.settings.handoff_url}/chat")
    shop = CustomerPage(page, stack.settings.handoff_url, "zh")
    expect(shop.launcher).to_be_visible()
    assert [url for url in asked if "/webhooks/" in url] == []

    page.get_by_role("button", name="联系客服 Contact us").click()
    shop.is_connected()
    assert {url.split("/")[2] for url in asked} == {
        url.split("/")[2] for url in (stack.settings.handoff_url, stack.settings.rasa_url)
    }


def test_the_language_follows_the_browser_and_can_be_switched(customer):
    page = customer("en")
    expect(page.panel).to_have_accessible_name("Customer service")
    page.page.get_by_role("button", name="Settings").click()
    page.page.get_by_role("combobox", name="Language").select_option("中文")
    expect(page.page.get_by_role("heading", name="在线客服")).to_be_visible()
    expect(page.panel.locator("xpath=..")).to_have_attribute("lang", "zh-CN")
    page.page.reload()
    expect(page.page.get_by_role("button", name="发送", exact=True)).to_be_visible()


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
    page.says("<img src=x onerror=\"document.title='broken'\"><b>你好</b> javascript:alert(1) 😀 مرحبا")
    page.sees("<b>你好</b> javascript:alert(1) 😀 مرحبا", "我")
    assert page.log.locator("img, b, a").count() == 0
    expect(page.page).to_have_title("云杉家居 Spruce Home")


def test_a_text_that_is_too_long_cannot_be_sent(customer):
    page = customer("en")
    send = page.page.get_by_role("button", name="Send", exact=True)
    page.box.fill("😀" * LONG)  # one character each, as the server counts
    expect(page.page.get_by_text("0 characters left")).to_be_visible()
    expect(send).to_be_enabled()
    page.box.fill("a" * (LONG + 1))
    expect(page.page.get_by_text("1 characters too many")).to_be_visible()
    expect(send).to_be_disabled()


def test_a_dead_server_is_shown_and_what_was_written_meanwhile_is_sent_once(customer, stack):
    page = customer("zh")
    page.says("你好")
    page.sees("你好", "我")
    page.sees(re.compile(".+"), "机器人")

    stack.kill("rasa")
    stack.kill("handoff")
    expect(page.page.get_by_role("status").filter(has_text="连接已断开")).to_be_visible()
    page.says("运费怎么算")
    expect(page.line("运费怎么算", "我")).to_contain_text("等待网络恢复")

    stack.start("rasa", "handoff")
    page.is_connected()
    page.sees("运费怎么算", "我")
    page.sees(re.compile("费"), "机器人")
    expect(page.line("运费怎么算", "我")).to_contain_text("已发送")


def test_words_unsent_at_a_reload_are_sent_after_it_and_once(new_page, customer):
    page = new_page("zh")
    shown = customer("zh", page=page)
    reached = []

    def lose_the_answer(route: Route) -> None:
        reached.append(route.fetch().status)  # the server has it, the page does not know
        route.abort("connectionreset")

    page.route(POSTED, lose_the_answer)
    with page.expect_event("requestfailed"):
        shown.says("运费怎么算")
    page.unroute(POSTED)
    page.reload()
    shown.is_connected()
    shown.sees("运费怎么算", "我")
    shown.sees(re.compile("费"), "机器人")
    expect(shown.line("运费怎么算", "我")).to_contain_text("已发送")
    assert 202 in reached


def test_a_draft_survives_a_reload_and_is_not_sent_by_it(customer):
    page = customer("zh")
    page.box.fill("写到一半")
    page.page.reload()
    page.is_connected()
    expect(page.box).to_have_value("写到一半")
    expect(page.log.get_by_role("article")).to_have_count(0)


def test_a_refused_token_leads_to_a_new_conversation(customer):
    page = customer("zh")
    page.says("你好")
    page.sees(re.compile(".+"), "机器人")
    forged = json.dumps({"token": "x" * 43, "lastSeen": 3})
    page.page.evaluate(
        "visit => Object.keys(localStorage).forEach("
        "key => key.startsWith('baton.visit') && localStorage.setItem(key, visit))",
        forged,
    )
    page.page.reload()
    expect(page.page.get_by_role("alert").filter(has_text="不能在这里继续")).to_be_visible()
    expect(page.box).to_be_hidden()

    page.page.get_by_role("button", name="开始新会话").click()
    page.is_connected()
    expect(page.log.get_by_role("article")).to_have_count(0)
    page.says("你好")
    page.sees(re.compile(".+"), "机器人")


def test_two_tabs_show_the_same_and_one_of_them_holds_the_line(new_page, customer):
    page = new_page("zh")
    first = customer("zh", page=page)
    first.says("你好")
    first.sees(re.compile(".+"), "机器人")
    other = page.context.new_page()
    second = CustomerPage(other, first.url, "zh").open()
    second.sees("你好", "我")

    second.says("运费怎么算")
    for each in (first, second):
        each.sees("运费怎么算", "我")
        each.sees(re.compile("费"), "机器人")
    assert first.texts() == second.texts()
    # both are visible here, so the one that was opened last leads
    other.close()
    first.says("谢谢")
    first.sees("谢谢", "我")
    expect(first.line("谢谢", "我")).to_contain_text("已发送")


def test_what_came_while_the_chat_was_closed_is_counted_on_its_button(customer):
    page = customer("zh")
    held: list[Route] = []
    page.page.route(POSTED, lambda route: held.append(route))  # the answer cannot be faster than the closing
    with page.page.expect_request(POSTED):
        page.says("运费怎么算")
    page.panel.press("Escape")
    expect(page.panel).to_be_hidden()
    held[0].continue_()
    expect(page.launcher).to_have_accessible_name("联系客服，1 条未读", timeout=PATIENCE)
    expect(page.launcher).to_be_focused()
    page.launcher.press("Enter")
    page.sees(re.compile("费"), "机器人")
    expect(page.box).to_be_focused()
    page.page.get_by_role("button", name="关闭", exact=True).click()
    expect(page.launcher).to_have_accessible_name("联系客服")


HOSTILE = """
* { all: unset !important; font: 40px cursive !important; color: red !important; letter-spacing: 1em; }
html { font-size: 62.5%; direction: rtl; --baton-accent: #0a7d54 }
div, section, button, form { display: none !important; position: static !important; }
body { transform: none; text-transform: uppercase; line-height: 4; visibility: visible }
"""


def test_it_works_on_a_foreign_site_with_hostile_styles_and_a_strict_policy(new_page, stack):
    site = f"http://localhost:{stack.settings.handoff_port}"  # another origin than 127.0.0.1
    desk, bot = stack.settings.handoff_url, stack.settings.rasa_url
    policy = (
        f"default-src 'none'; script-src {desk}; connect-src {bot}; style-src 'self'; img-src {bot}; "
        "require-trusted-types-for 'script'"
    )
    attributes = f'data-webchat="{bot}" data-language="en" data-title="Help" async'
    body = (
        '<!doctype html><link rel="stylesheet" href="/hostile.css"><p>A foreign site</p>'
        f'<script src="{desk}/widget.js" {attributes}></script>'
    )
    page = new_page("zh")
    page.route(f"{site}/hostile.css", lambda route: route.fulfill(body=HOSTILE, content_type="text/css"))
    page.route(
        f"{site}/foreign",
        lambda route: route.fulfill(
            body=body, content_type="text/html", headers={"Content-Security-Policy": policy}
        ),
    )
    shown = CustomerPage(page, desk, "en").open(f"{site}/foreign")
    expect(shown.panel).to_have_accessible_name("Help")
    shown.says("hello")
    shown.sees("hello", "You")
    shown.sees(re.compile(".+"), "Bot")

    look = page.evaluate(
        """() => {
            const root = document.querySelector("[data-baton-widget]").shadowRoot;
            const style = (selector) => getComputedStyle(root.querySelector(selector));
            return {
                text: style(".text").fontSize,
                colour: style("textarea").color,
                spacing: style(".text").letterSpacing,
                direction: style(".panel").direction,
                width: root.querySelector(".panel").offsetWidth,
                transform: style(".text").textTransform,
                accent: style(".header").backgroundColor,
            };
        }"""
    )
    assert look == {
        "text": "15px",
        "colour": "rgb(23, 28, 39)",
        "spacing": "normal",
        "direction": "ltr",
        "width": 400,
        "transform": "none",
        "accent": "rgb(10, 125, 84)",  # the one thing that a site decides
    }
    page.reload()
    shown.is_connected()
    shown.sees("hello", "You")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(customer, width, height, scheme):
    page: CustomerPage = customer("zh", viewport={"width": width, "height": height}, color_scheme=scheme)
    page.says("x" * 300 + " 你好")
    page.sees("你好", "我")
    assert page.page.evaluate("document.documentElement.scrollWidth") == width
    assert page.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    expect(page.page.get_by_role("button", name="发送", exact=True)).to_be_in_viewport(ratio=1)
    panel = page.panel.bounding_box()
    full = {"x": 0, "y": 0, "width": width, "height": height}
    assert (panel == full) == (width == 390)
