"""Somebody at a page, who finds things by role and by the words of their language."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages.looks import words
from tests.e2e.pages.looks.conftest import Shown
from tests.service.callers import API

PATIENCE = 30_000


class Visit:
    """`phone`: some ways are others there."""

    def __init__(self, page: Page, shown: Shown, *, phone: bool) -> None:
        self.page = page
        self.shown = shown
        self.phone = phone
        self.given = shown.scene.words

    def word(self, key: str, **values: object) -> str:
        raise NotImplementedError

    def _within(self) -> Locator:
        """What is open: nothing outside it can be reached."""
        raise NotImplementedError

    def presses(self, key: str, **values: object) -> None:
        name = self.word(key, **values)
        self._within().get_by_role("button", name=name, exact=True).first.click(timeout=PATIENCE)

    def fills(self, key: str, text: str) -> None:
        self._within().get_by_label(self.word(key), exact=True).fill(text)

    def sees(self, key: str, **values: object) -> None:
        expect(self.page.get_by_text(self.word(key, **values)).first).to_be_visible(timeout=PATIENCE)


class DeskVisit(Visit):
    def word(self, key: str, **values: object) -> str:
        return words.filled(words.console(self.shown.scene.language)[key], values)

    def _within(self) -> Locator:
        dialog = self.page.locator("dialog[open]")
        return dialog if dialog.count() else self.page.locator("body")

    def goes(self, path: str) -> None:
        self.page.goto(f"/#{path}")
        begun = self.page.get_by_role("main") if path else self.page.get_by_role("searchbox")
        expect(begun).to_be_visible(timeout=PATIENCE)

    def opens(self, conversation: str) -> None:
        self.page.goto(f"/#{conversation}")
        expect(self.page.get_by_role("log").get_by_role("article").last).to_be_visible(timeout=PATIENCE)

    def asks(self, key: str, **values: object) -> None:
        """Press what opens a dialog."""
        self.presses(key, **values)
        expect(self.page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)

    def fills_choice(self, key: str, value: str) -> None:
        label = self.page.locator("label").filter(has_text=self.word(key))
        label.get_by_role("combobox").select_option(value)

    def fetched(self, path: str) -> Any:
        answer = self.page.request.get(API + path)
        assert answer.ok, answer.text()
        return answer.json()

    def conversation(self, which: str) -> str:
        """The id of the first of these."""
        return str(self.fetched(f"/conversations?limit=1&{which}")["items"][0]["id"])

    def shows_customer(self) -> None:
        """Beside the conversation, or over it on a phone."""
        panel = self.page.get_by_role("complementary")
        if not panel.count():
            self.presses("customer.toggle")
        expect(panel.get_by_role("heading", name=self.word("customer.earlier"))).to_be_visible(
            timeout=PATIENCE
        )

    def hides_customer(self) -> None:
        self.presses("customer.close")

    def leaves(self) -> None:
        """A dialog or a menu."""
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        expect(self.page.locator(":popover-open")).to_have_count(0)


class WidgetVisit(Visit):
    def word(self, key: str, **values: object) -> str:
        return words.filled(words.widget(self.shown.scene.language)[key], values)

    def _within(self) -> Locator:
        return self.page.get_by_role("dialog").first

    def opens(self) -> None:
        """As a new visitor, whatever was said before."""
        self.page.goto("/chat")
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.goto("/chat")
        self.page.locator("[data-contact]").click()
        expect(self._within()).to_be_visible(timeout=PATIENCE)

    def line(self, text: str) -> Locator:
        return self._within().get_by_role("article").filter(has_text=text)
