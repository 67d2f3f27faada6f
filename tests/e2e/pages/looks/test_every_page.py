"""Every page in both languages, light and dark, wide and on a phone: nothing is cut off, axe finds nothing.

BATON_LOOKS is a folder: each place is photographed into it, to be looked at.
"""

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from scripts.settings import ROOT
from tests.e2e.pages.looks import tours
from tests.e2e.pages.looks.conftest import Shown
from tests.e2e.pages.looks.visit import DeskVisit, Visit, WidgetVisit

AXE = (ROOT / "console/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SEEING = Path(__file__).with_name("seeing.js").read_text(encoding="utf-8")
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FINDINGS = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target }) => target)}`);
}"""

# Four in place of eight: any two of language, theme and width meet.
COMBINATIONS = [("en", False, False), ("zh", True, False), ("zh", False, True), ("en", True, True)]
TOURS: list[tuple[Callable[..., Iterator[str]], type[Visit], str | None]] = [
    (tours.without_logging_in, DeskVisit, None),
    (tours.supervising, DeskVisit, "vera"),
    (tours.answering, DeskVisit, "lin"),
    (tours.writing_as_a_customer, WidgetVisit, None),
]


@pytest.mark.parametrize(("language", "dark", "phone"), COMBINATIONS)
@pytest.mark.parametrize(("tour", "kind", "who"), TOURS, ids=lambda given: getattr(given, "__name__", ""))
def test_every_page(
    page_of: Callable[..., Page],
    shown_in: Callable[[str], Shown],
    tour: Callable[..., Iterator[str]],
    kind: type[Visit],
    who: str | None,
    language: str,
    dark: bool,
    phone: bool,
) -> None:
    page = page_of(language, who, dark=dark, phone=phone)
    name = "-".join([tour.__name__, language, "dark" if dark else "light", "phone" if phone else "wide"])
    numbers = itertools.count(1)
    amiss = []
    try:
        for where in tour(kind(page, shown_in(language), phone=phone)):
            amiss += [f"{where}: {each}" for each in _seen(page)]
            _keep(page, f"{name}-{next(numbers):02}-{where}")
    except BaseException:
        _keep(page, f"{name}-{next(numbers):02}-FAILED")
        raise
    assert amiss == []


def _seen(page: Page) -> list[str]:
    """What is amiss with the page as it stands."""
    page.evaluate(DRAWN)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(FINDINGS)
    told: list[str] = page.evaluate(SEEING)
    return [*found, *told]


def _keep(page: Page, name: str) -> None:
    if folder := os.environ.get("BATON_LOOKS"):
        file = re.sub(r"[^\w-]+", "-", name)
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{file}.png", animations="disabled", caret="hide")
