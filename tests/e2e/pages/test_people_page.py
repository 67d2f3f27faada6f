"""Supervisors invite and let go; whoever is invited sets a password of their own."""

import re

from playwright.sync_api import expect

from tests.e2e.browser import DeskPage


def opens_page(desk: DeskPage, name: str) -> None:
    desk.page.get_by_role("button", name="Pages").click()
    desk.page.get_by_role("link", name=name).click()


def test_somebody_new_comes_in_by_a_link_and_leaves_their_conversations_when_let_go(
    agent, new_page, customer, desk
):
    vera = agent("vera", online=False)
    opens_page(vera, "Agents and skills")
    vera.page.get_by_role("button", name="Invite somebody").click()
    dialog = vera.page.get_by_role("dialog", name="Invite somebody")
    dialog.get_by_label("Name", exact=True).fill("Noor")
    dialog.get_by_label("Email").fill("noor@example.com")
    dialog.get_by_label("Skills").fill("en，returns")
    dialog.get_by_role("button", name="Make the link").click()
    box = vera.page.get_by_label("Link", exact=True)
    expect(box).to_have_value(re.compile("/#/join/.{40}"))
    link = box.input_value()
    vera.page.get_by_role("button", name="Done").click()
    row = vera.page.get_by_role("row").filter(has_text="noor@example.com")
    expect(row).to_contain_text("Invited")
    expect(row).to_contain_text("returns")

    page = new_page("zh")
    page.goto(link)
    expect(page.get_by_role("heading", name="Noor，欢迎")).to_be_visible()
    page.get_by_label("新密码").fill("noors password")
    page.get_by_label("再输入一次").fill("noors passwort")
    page.get_by_role("button", name="设置并登录").click()
    expect(page.get_by_text("两次输入的密码不一样。")).to_be_visible()
    page.get_by_label("再输入一次").fill("noors password")
    page.get_by_role("button", name="设置并登录").click()
    expect(page.get_by_text("Noor", exact=True)).to_be_visible()
    assert "join" not in page.url

    again = new_page("en")
    again.goto(link)
    expect(again.get_by_text("does not work any more")).to_be_visible()

    noor = DeskPage(page, vera.url, "zh").is_live()
    noor.goes_online()
    someone = customer("en")
    someone.says("I want a human")
    noor.opens("mine")
    desk.mei.is_now("online")
    row.get_by_role("button", name="Deactivate Noor").click()
    dialog = vera.page.get_by_role("dialog", name="Deactivate Noor?")
    expect(dialog).to_contain_text("Noor holds 1 open.")
    dialog.get_by_role("radio", name="Give them to a colleague").check()
    colleague = dialog.get_by_label("Colleague", exact=True)
    expect(colleague.get_by_role("option", name="Noor")).to_have_count(0)
    colleague.select_option(label="Mei (Online)")
    dialog.get_by_role("button", name="Deactivate").click()
    expect(row).to_contain_text("Deactivated")
    (given,) = desk.mei.conversations(owner="agent", assignee="me")
    assert desk.mei.messages(given["id"])[0]["text"] == "I want a human"
    expect(page.get_by_role("heading", name="登录")).to_be_visible(timeout=60_000)


def test_a_holiday_is_kept(agent, stack):
    vera = agent("vera", online=False)
    opens_page(vera, "Business hours")
    page = vera.page
    page.get_by_label("Time zone").fill("Asia/Shanghai")
    page.get_by_role("button", name="Add a day").click()
    page.get_by_label("Date").fill("2027-10-01")
    page.get_by_label("Name").fill("国庆节")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. They hold from the next message on.")).to_be_visible()

    page.reload()
    expect(page.get_by_label("Name")).to_have_value("国庆节")
    page.get_by_label("Open at all times").uncheck()
    page.get_by_label("Monday").fill("9 to 5")
    expect(page.get_by_text("Write it like 09:00–18:00.")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("button", name="Undo changes").click()
    expect(page.get_by_label("Open at all times")).to_be_checked()
    page.get_by_role("button", name="Remove 2027-10-01").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. They hold from the next message on.").last).to_be_visible()
