"""Supervisors: the wall, from which they assign, and teams, to which conversations are passed on."""

import re

from playwright.sync_api import expect

PATIENCE = 30_000


def test_a_supervisor_assigns_from_the_wall_and_it_follows_live(customer, agent):
    lin, vera = agent("lin", online=False), agent("vera", online=False)
    vera.page.goto(f"{vera.url}/#/wall")
    board = vera.page.locator("[data-figure=waiting]")
    expect(board).to_contain_text("0")
    someone = customer("zh")
    someone.says("转人工")
    row = vera.page.get_by_role("region", name="Waiting now").get_by_role("row").filter(has_text="Chinese")
    expect(row).to_contain_text(re.compile(r"\d:\d\d"), timeout=PATIENCE)
    expect(board).to_contain_text("1")

    row.get_by_role("button", name=re.compile("^Assign")).click()
    dialog = vera.page.get_by_role("dialog")
    dialog.get_by_role("checkbox").check()  # Lin is not online
    dialog.get_by_label("Colleague").select_option(label="Lin (Offline)")
    dialog.get_by_role("button", name="Assign").click()

    expect(lin.rows("mine")).to_have_count(1, timeout=PATIENCE)
    expect(vera.page.get_by_text("Nobody is waiting.")).to_be_visible()
    expect(
        vera.page.get_by_role("region", name="Agents").get_by_role("row").filter(has_text="Lin")
    ).to_contain_text("1/", timeout=PATIENCE)
    expect(vera.page.get_by_role("img", name=re.compile("Handoffs per hour"))).to_be_visible()


def test_a_team_is_made_and_a_conversation_passed_on_to_it(customer, agent):
    lin, mei, vera = agent("lin"), agent("mei", online=False), agent("vera", online=False)
    vera.page.goto(f"{vera.url}/#/teams")
    vera.page.get_by_role("button", name="New team").click()
    dialog = vera.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("夜班")
    dialog.get_by_label("Skills").fill("zh, en")
    dialog.get_by_role("checkbox", name="Mei").check()
    dialog.get_by_role("button", name="Save").click()
    expect(vera.page.get_by_role("row").filter(has_text="夜班")).to_contain_text("Mei")

    someone = customer("zh")
    someone.says("转人工")
    lin.opens("mine")
    mei.goes_online()
    lin.page.get_by_role("main").get_by_role("button", name="Transfer").click()
    choice = lin.page.get_by_role("dialog")
    choice.get_by_role("radio", name="To a team").check(force=True)
    choice.get_by_label("Team", exact=True).select_option(label="夜班")
    choice.get_by_role("button", name="Transfer").click()

    expect(mei.rows("mine")).to_have_count(1, timeout=PATIENCE)
    expect(mei.rows("mine").first).to_contain_text("夜班")

    vera.page.get_by_role("button", name="Remove 夜班").click()
    vera.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(vera.page.get_by_text("There are no teams yet.")).to_be_visible()
