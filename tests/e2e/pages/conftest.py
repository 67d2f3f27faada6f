"""A real browser on the real stack, each person in a context of their own."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.e2e.browser import CustomerPage, DeskPage
from tests.e2e.conftest import Desk
from tests.e2e.stack import Stack

LOCALES = {"zh": "zh-CN", "en": "en-GB"}


def chromium() -> str | None:
    wanted = os.environ.get("BATON_CHROMIUM")
    return shutil.which(wanted) if wanted else shutil.which("chromium") or shutil.which("/usr/bin/chromium")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: install it (apt install chromium) or name one in BATON_CHROMIUM")
    with sync_playwright() as playwright:
        # Containers seldom allow Chromium's own sandbox; the pages are ours. A page that a test makes up has
        # no address, and Chromium would keep it from what is on this machine.
        args = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"]
        browser = playwright.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page of a new person. Scripts that fail, or that the page's policy forbids, fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def make(language: str = "zh", **options: object) -> Page:
        context = browser.new_context(locale=LOCALES[language], **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", heard)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def customer(stack: Stack, desk: Desk, new_page: Callable[..., Page]) -> Callable[..., CustomerPage]:
    """Open the customer's page."""

    def make(language: str = "zh", page: Page | None = None, **options: object) -> CustomerPage:
        page = page or new_page(language, **options)
        return CustomerPage(page, stack.settings.handoff_url, language).open()

    return make


@pytest.fixture
def agent(stack: Stack, desk: Desk, new_page: Callable[..., Page]) -> Callable[..., DeskPage]:
    """Log in at the desk."""

    def make(name: str = "lin", language: str = "en", *, online: bool = True, **options: object) -> DeskPage:
        page = DeskPage(new_page(language, **options), stack.settings.handoff_url, language).open()
        page.logs_in(f"{name}@example.com", stack.password)
        page.is_live()
        if online:
            page.goes_online()
        return page

    return make
