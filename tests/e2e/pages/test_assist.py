"""Help for the agent: the summary at the handoff, and a suggestion that is inserted, changed and sent."""

import re

from playwright.sync_api import expect


def test_the_summary_shows_the_wish_and_a_suggestion_is_edited_and_sent(customer, agent):
    lin = agent("lin", "zh")
    someone = customer("zh")
    someone.says("订单号 10023 的电子发票在哪里开？")
    someone.sees("申请发票")
    someone.says("转人工")
    lin.opens("mine")

    summary = lin.page.locator("details", has_text="摘要")
    expect(summary).to_contain_text("订单号 10023 的电子发票在哪里开？", timeout=30_000)
    expect(summary).to_contain_text("订单 10023")
    expect(summary).to_contain_text("客户要求转人工")
    suggestions = lin.page.get_by_role("region", name="推荐回复").get_by_role("button")
    expect(suggestions).to_have_count(3, timeout=30_000)
    expect(suggestions.first).to_contain_text("发票")

    lin.box.focus()
    lin.page.keyboard.press("Alt+1")
    expect(lin.box).to_have_value(re.compile("发票"))
    expect(lin.box).to_be_focused()
    assert someone.line("稍等，我看一下").count() == 0
    lin.page.keyboard.type("稍等，我看一下。")
    lin.box.press("Enter")
    someone.sees(re.compile("发票.*稍等，我看一下。"))

    lin.box.fill("[姓名]您好")
    expect(lin.page.get_by_role("button", name="发送", exact=True)).to_be_disabled()
    lin.box.fill("")

    lin.page.set_viewport_size({"width": 390, "height": 844})
    width = lin.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
