"""The pictures of the guides, taken of the pages as they are. `make pictures` writes them."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from scripts.settings import ROOT
from tests.e2e.pages.looks.conftest import Shown
from tests.e2e.pages.looks.png import smaller

PATIENCE = 30_000
LARGEST = 200_000
"""Bytes: a reader of the guides should not wait for a picture."""


KEPT = ROOT / "docs" / "images"


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Take the picture; it is written down only where that is asked for, so that tests change no file."""
    folder = os.environ.get("BATON_PICTURES")

    def take(page: Page, name: str) -> None:
        assert (KEPT / f"{name}.png").exists() or folder, f"docs/images has no {name}.png: make pictures"
        page.wait_for_timeout(400)  # a chart that is being drawn
        taken = page.screenshot(animations="disabled", caret="hide")
        if folder:
            (ROOT / folder).mkdir(parents=True, exist_ok=True)
            (ROOT / folder / f"{name}.png").write_bytes(smaller(taken))

    return take


def test_the_pictures_that_are_kept_are_light():
    kept = list(KEPT.glob("*.png"))
    assert kept
    assert [each.name for each in kept if each.stat().st_size > LARGEST] == []


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("zh", True)])
def test_the_queue(page_of, keep, language, dark):
    page = page_of(language, "lin", dark=dark)
    page.goto("/")
    queue = page.get_by_role("region", name={"zh": "排队中", "en": "Queue"}[language])
    heading = page.get_by_role("button", name=re.compile(r"^(Queue|排队中)\s*30"))
    expect(heading).to_be_visible(timeout=PATIENCE)
    queue.get_by_role("button").first.scroll_into_view_if_needed()
    queue.get_by_role("button").first.click()
    expect(page.get_by_role("log").get_by_role("article").first).to_be_visible(timeout=PATIENCE)
    keep(page, f"queue-{language}-{'dark' if dark else 'light'}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_long_conversation(page_of, shown_in, keep, language):
    page = page_of(language, "lin")
    shown: Shown = shown_in(language)
    page.goto(f"/#{shown.scene.long}")
    log = page.get_by_role("log").get_by_role("article")
    expect(log.last).to_contain_text(shown.scene.words["long"]["desk"][-1][1], timeout=PATIENCE)
    expect(page.get_by_text("20688")).to_be_visible(timeout=PATIENCE)  # an order of the shop's
    expect(page.get_by_role("button", name=re.compile(r"^Alt\+1"))).to_be_visible(timeout=PATIENCE)
    keep(page, f"conversation-{language}-light")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_rules_with_a_trial(page_of, keep, language):
    page = page_of(language)
    page.goto("/#/rules/try")
    page.get_by_role("button", name={"zh": "试算", "en": "Try it"}[language]).click()
    chart = page.get_by_role("img", name=re.compile("Handoffs by rule|按规则"))
    expect(chart).to_be_visible(timeout=PATIENCE)
    keep(page, f"rules-{language}-light")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_wall(page_of, keep, language):
    page = page_of(language)
    page.goto("/#/wall")
    expect(page.locator("[data-figure=waiting]")).to_contain_text("30", timeout=PATIENCE)
    keep(page, f"wall-{language}-light")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_widget(page_of, shown_in, keep, language):
    page = page_of(language, None, phone=True)
    shown: Shown = shown_in(language)
    page.goto("/chat")
    page.locator("baton-chat, [data-contact]").first.click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text(shown.scene.words["widget"][-1][1], timeout=PATIENCE)
    keep(page, f"widget-{language}")
