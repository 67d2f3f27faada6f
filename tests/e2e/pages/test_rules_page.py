"""A supervisor changes a rule by forms, tries it on what was said, puts it in force, and goes back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import DeskPage


@pytest.fixture
def vera(agent, stack):
    """At the page of the rules; what was in force before is in force again afterwards."""
    desk: DeskPage = agent("vera", online=False)
    before = desk.page.request.get(f"{desk.url}/api/v1/rules").json()["version"]
    desk.page.goto(f"{desk.url}/#/rules")
    yield desk
    headers = {"X-Baton": "1"}
    desk.page.request.post(f"{desk.url}/api/v1/rules/versions/{before}/activate", headers=headers, data={})
    desk.page.request.delete(f"{desk.url}/api/v1/rules/draft", headers=headers)


def test_from_a_form_to_a_trial_to_being_in_force_and_back(vera, customer):
    someone = customer("zh")
    someone.says("运费怎么算")
    someone.sees(re.compile("运费"), "机器人")
    page = vera.page
    version = page.request.get(f"{vera.url}/api/v1/rules").json()["version"]

    page.get_by_role("button", name="Add a rule").click()
    card = page.get_by_role("article").last
    card.get_by_role("button", expanded=False).click()
    card.get_by_label("Name (English)").fill("Writes Chinese")
    card.get_by_label("Id, for reports").fill("writes_chinese")
    card.get_by_label("What is looked at").select_option("language")
    card.get_by_label("Value", exact=True).select_option("zh")
    page.get_by_role("button", name="Save draft").click()
    # a name in one language only
    expect(page.get_by_text("These rules cannot be used yet:")).to_be_visible()
    card.get_by_label("Name (Chinese)").fill("写中文")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved. It decides nothing yet.")).to_be_visible()

    page.get_by_role("link", name="Try on history").click()
    page.get_by_role("button", name="Try it").click()
    row = page.get_by_role("row").filter(has_text="writes_chinese")
    expect(row.get_by_role("cell").nth(1)).not_to_have_text("0", timeout=60_000)
    expect(page.get_by_role("img", name=re.compile("Handoffs by rule"))).to_be_visible()

    page.get_by_role("button", name="Put in force").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("trying it out")
    dialog.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text(f"Version {version + 1} is in force")).to_be_visible()
    someone.says("运费怎么算")
    someone.sees(re.compile("转接|同事"), "机器人")

    page.get_by_role("link", name="History", exact=True).click()
    expect(page.get_by_text("trying it out")).to_be_visible()
    page.get_by_role("button", name=f"Back to version {version}").click()
    page.get_by_role("dialog").get_by_role("button", name="Back to this one").click()
    expect(page.get_by_text(f"Version {version} is in force")).to_be_visible()
