"""Every page in both languages, light and dark: nothing is cut off, and axe finds nothing serious."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scripts.settings import ROOT
from tests.e2e.pages.looks.conftest import Shown

PATIENCE = 30_000
AXE = ROOT / "console/node_modules/axe-core/axe.min.js"
SEEING = Path(__file__).with_name("seeing.js").read_text(encoding="utf-8")
FINDINGS = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target }) => target)}`);
}"""
PAGES = (
    *("", "/canned", "/wall", "/teams", "/closing", "/rules", "/rules/try", "/rules/history"),
    *("/satisfaction", "/people", "/hours", "/audit"),
)
OPENED = {  # in English and Chinese: the button that opens a dialog, and on which page
    "/teams": ("New team", "新建团队"),
    "/people": ("Invite somebody", "邀请成员"),
}


def _names(language: str) -> int:
    return ("en", "zh").index(language)


def _seen(page: Page, where: str) -> list[str]:
    """What is amiss with the page as it stands."""
    page.wait_for_timeout(200)  # what was fetched is drawn
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FINDINGS)
    told: list[str] = page.evaluate(SEEING)
    return [f"{where}: {each}" for each in [*found, *told]]


def _desk(page: Page, shown: Shown) -> Iterator[str]:
    """The places of the console, one after the other."""
    for path in PAGES:
        page.goto(f"/#{path}")
        begun = page.get_by_role("main" if path else "searchbox")
        expect(begun).to_be_visible(timeout=PATIENCE)
        yield path or "the inbox"
        if path in OPENED:
            opens = OPENED[path][_names(shown.scene.language)]
            page.get_by_role("button", name=opens).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            yield f"{path}, a dialog"
            page.keyboard.press("Escape")
    page.goto(f"/#{shown.scene.long}")
    expect(page.get_by_role("log").get_by_role("article").last).to_be_visible(timeout=PATIENCE)
    yield "a conversation"


COMBINATIONS = [("en", False, False), ("zh", True, False), ("zh", False, True), ("en", True, True)]


@pytest.mark.parametrize(("language", "dark", "phone"), COMBINATIONS[:2])
def test_the_console(
    page_of: Callable[..., Page], shown_in: Callable[[str], Shown], language: str, dark: bool, phone: bool
) -> None:
    page = page_of(language, dark=dark, phone=phone)
    amiss = [told for where in _desk(page, shown_in(language)) for told in _seen(page, where)]
    assert amiss == []


@pytest.mark.parametrize(("language", "dark", "phone"), COMBINATIONS)
def test_what_is_seen_without_logging_in(
    page_of: Callable[..., Page], shown_in: Callable[[str], Shown], language: str, dark: bool, phone: bool
) -> None:
    page = page_of(language, None, dark=dark, phone=phone)
    page.goto("/")
    expect(page.get_by_role("textbox").first).to_be_visible(timeout=PATIENCE)
    amiss = _seen(page, "the log-in")
    page.goto("/#/join/a-link-that-has-ended")
    expect(page.get_by_role("main")).to_be_visible(timeout=PATIENCE)
    amiss += _seen(page, "a link that has ended")
    page.goto("/chat")
    amiss += _seen(page, "the shop")
    page.locator("[data-contact]").click()
    expect(page.get_by_role("dialog")).to_contain_text(
        shown_in(language).scene.words["widget"][-1][1], timeout=PATIENCE
    )
    amiss += _seen(page, "the widget")
    assert amiss == []
