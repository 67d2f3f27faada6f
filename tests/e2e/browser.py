"""The two pages as people use them: found by role and label, never by how they are built."""

import base64
import re

from playwright.sync_api import Locator, Page, expect

PATIENCE = 30_000
"""Milliseconds; the machine may be busy with a Rasa server that is starting."""

WORDS = {
    "zh": {
        "chat": "联系客服",
        "connected": "已连接",
        "write": "写消息",
        "live": "实时",
        "email": "邮箱",
        "password": "密码",
        "login": "登录",
        "mine": "我的会话",
        "queue": "排队中",
        "bot": "机器人接待中",
        "put off": "已搁置",
        "closed": "已结束",
        "results": "搜索结果",
        "online": "在线",
        "claim": "接管",
        "return": "交回机器人",
        "return_confirm": "交回",
        "resolve": "标为已解决",
        "resolve_confirm": "确认解决",
        "reply": "回复",
        "note": "备注",
    },
    "en": {
        "chat": "Contact customer service",
        "connected": "Connected",
        "write": "Write a message",
        "live": "Live",
        "email": "Email",
        "password": "Password",
        "login": "Log in",
        "mine": "Mine",
        "queue": "Queue",
        "bot": "With the bot",
        "put off": "Put off",
        "closed": "Closed",
        "results": "Search results",
        "online": "Online",
        "claim": "Take over",
        "return": "Return to bot",
        "return_confirm": "Return",
        "resolve": "Resolve",
        "resolve_confirm": "Resolve",
        "reply": "Reply",
        "note": "Note",
    },
}


class _Talking:
    """What both pages have: a log of lines and a box to write in."""

    def __init__(self, page: Page, url: str, language: str) -> None:
        self.page = page
        self.url = url
        self.words = WORDS[language]

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("form").get_by_role("textbox")

    def line(self, text: str | re.Pattern[str], author: str | None = None) -> Locator:
        """Lines that contain the text, by whoever's accessible name begins so."""
        lines = self.log.get_by_role("article", name=author) if author else self.log.get_by_role("article")
        return lines.filter(has_text=text)

    def texts(self) -> list[str]:
        """What was said, from the top of the page to the bottom."""
        return self.log.get_by_role("article").locator("p[dir=auto]").all_inner_texts()

    def says(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def sees(self, text: str | re.Pattern[str], author: str | None = None, *, times: int = 1) -> None:
        expect(self.line(text, author)).to_have_count(times, timeout=PATIENCE)


class CustomerPage(_Talking):
    """The widget, on the demo shop at `/chat` or on another site."""

    def open(self, address: str = "") -> "CustomerPage":
        self.page.goto(address or f"{self.url}/chat")
        self.launcher.click(timeout=PATIENCE)
        return self.is_connected()

    @property
    def launcher(self) -> Locator:
        """The button above the page, told from a shop's own; its name says how much is unread."""
        name = re.compile(f"^{self.words['chat']}($|[,，])")
        return self.page.get_by_role("button", name=name).and_(self.page.locator("[aria-expanded]"))

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def box(self) -> Locator:
        return self.panel.get_by_role("form", name=self.words["write"]).get_by_role("textbox")

    def is_connected(self) -> "CustomerPage":
        light = self.panel.get_by_role("img", name=self.words["connected"], exact=True)
        expect(light).to_be_visible(timeout=PATIENCE)
        return self

    def presses(self, title: str) -> None:
        self.panel.get_by_role("group").get_by_role("button", name=title).click()


class DeskPage(_Talking):
    """The page at `/`."""

    def open(self) -> "DeskPage":
        self.page.goto(f"{self.url}/")
        return self

    def logs_in(self, email: str, password: str) -> None:
        self.page.get_by_label(self.words["email"]).fill(email)
        self.page.get_by_label(self.words["password"], exact=True).fill(password)
        self.page.get_by_role("button", name=self.words["login"]).click()

    def is_live(self) -> "DeskPage":
        expect(self.page.get_by_text(self.words["live"], exact=True)).to_be_visible(timeout=PATIENCE)
        return self

    def goes_online(self) -> None:
        radio = self.page.get_by_role("radio", name=self.words["online"])
        with self.page.expect_response(lambda answer: answer.url.endswith("/me/presence")):
            radio.check(force=True)  # the radio itself is drawn as a segment

    def rows(self, group: str) -> Locator:
        """The conversations in `mine`, `queue`, `bot`, `put off`, `closed`, or a search's `results`."""
        return self.page.get_by_role("region", name=self.words[group]).get_by_role("button")

    def opens(self, group: str, text: str | None = None) -> None:
        rows = self.rows(group)
        (rows.filter(has_text=text) if text else rows).first.click(timeout=PATIENCE)
        expect(self.log.get_by_role("article").first).to_be_visible(timeout=PATIENCE)

    def searches(self, text: str) -> Locator:
        """What is found, as rows."""
        self.page.get_by_role("searchbox").fill(text)
        return self.rows("results")

    def takes_over(self) -> None:
        self.page.get_by_role("button", name=self.words["claim"]).click()

    def writes(self, kind: str) -> None:
        """What is written from now on is a `reply` or a `note`."""
        self.page.get_by_role("radio", name=self.words[kind], exact=True).check(force=True)

    def gives_back(self, note: str = "") -> None:
        self._ends("return", note)

    def resolves(self, note: str = "") -> None:
        self._ends("resolve", note)

    def _ends(self, how: str, note: str) -> None:
        self.page.get_by_role("button", name=self.words[how]).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill(note)
        dialog.get_by_role("button", name=self.words[f"{how}_confirm"], exact=True).click()


def hand_files(target: Locator, kind: str, *files: tuple[str, str, bytes]) -> None:
    """`paste` files there, or `drop` them: each is its name, type and content."""
    given = [[name, type_, base64.b64encode(content).decode()] for name, type_, content in files]
    target.evaluate(
        """(target, [kind, files]) => {
            const data = new DataTransfer();
            for (const [name, type, content] of files) {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                data.items.add(new File([bytes], name, { type }));
            }
            const how = { bubbles: true, cancelable: true, composed: true };
            const events = kind === "paste"
                ? [new ClipboardEvent("paste", { ...how, clipboardData: data })]
                : ["dragover", "drop"].map((each) => new DragEvent(each, { ...how, dataTransfer: data }));
            events.forEach((event) => target.dispatchEvent(event));
        }""",
        [kind, given],
    )


def compose(page: Page, letters: str) -> None:
    """Begin to write with an input method: the letters are there, the word is not chosen yet."""
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition",
        {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)},
    )


def enter_while_composing(page: Page) -> None:
    """The Enter that chooses a word, as browsers report it: key code 229."""
    session = page.context.new_cdp_session(page)
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
