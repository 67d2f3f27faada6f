"""What calls an agent to the desk: sound and notification, each only where it is switched on, and the warning
before a conversation is taken back."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.browser import PATIENCE, DeskPage
from tests.e2e.conftest import REPLY_WITHIN
from tests.e2e.waiting import eventually

STUBS = """
    window.called = [];
    window.AudioContext = class {
        currentTime = 0;
        createOscillator() {
            called.push("a tone");
            return { frequency: {}, connect: (next) => next, start() {}, stop() {} };
        }
        createGain() {
            return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect() {} };
        }
    };
    window.Notification = class {
        static permission = "default";
        static requestPermission = async () => (this.permission = "granted");
        constructor(title, { body }) {
            called.push(`${title}: ${body}`);
            window.shown = this;
        }
        close() {}
    };
    Object.defineProperty(document, "visibilityState", { get: () => window.away ? "hidden" : "visible" });
"""


def looks_away(page: Page, away: bool) -> None:
    page.evaluate(
        "away => { window.away = away; document.dispatchEvent(new Event('visibilitychange')); }", away
    )


def called(page: Page) -> list[str]:
    """Since it was last asked."""
    return page.evaluate("called.splice(0)")


def switches(desk: DeskPage, *names: str) -> None:
    desk.page.get_by_role("button", name="Settings").click()
    for name in names:
        desk.page.get_by_role("checkbox", name=name).click()
    desk.page.keyboard.press("Escape")


def test_sound_and_notification_call_the_agent_and_each_can_be_turned_off(customer, agent):
    lin = agent("lin", online=False)
    lin.page.add_init_script(STUBS)
    lin.page.reload()
    lin.is_live().goes_online()
    switches(lin, "Sound for what is new", "Notifications of the browser")
    assert called(lin.page) == ["a tone", "a tone"], "heard once, when it is switched on"

    looks_away(lin.page, True)
    someone = customer("zh")
    someone.says("转人工")
    row = lin.rows("mine").first
    expect(row).to_be_visible(timeout=PATIENCE)
    heard = called(lin.page)
    assert heard.count("a tone") == 2
    (told,) = [each for each in heard if each != "a tone"]
    assert told.startswith("Baton desk: ")
    assert "转人工" not in told, "that somebody came, but not their words"
    lin.page.evaluate("window.focus = () => undefined; shown.onclick()")
    expect(lin.log).to_be_visible(timeout=PATIENCE)
    lin.sees("转人工", "Customer")

    switches(lin, "Sound for what is new")
    called(lin.page)
    someone.says("有人吗")
    lin.sees("有人吗")
    assert [each for each in called(lin.page) if each == "a tone"] == []
    switches(lin, "Notifications of the browser")
    someone.says("喂")
    lin.sees("喂")
    assert called(lin.page) == []


def nearly_due(stack, conversation_id: str) -> None:
    """The customer has waited so long that the agent has 25 seconds left."""
    since = datetime.now(UTC) - REPLY_WITHIN + timedelta(seconds=25)
    with closing(sqlite3.connect(stack.settings.data_dir / "handoff.db", timeout=30)) as database, database:
        done = database.execute(
            "UPDATE conversations SET waiting_since = ? WHERE id = ?",
            (since.replace(tzinfo=None).isoformat(" "), conversation_id),
        )
        assert done.rowcount == 1


def test_a_warning_comes_before_a_conversation_is_taken_back_and_goes_with_an_answer(
    customer, agent, desk, stack
):
    lin = agent("lin")
    someone = customer("zh")
    someone.says("转人工")
    (held,) = eventually(lambda: desk.lin.conversations(owner="agent", assignee="me"), "with Lin")
    nearly_due(stack, held["id"])

    lin.page.goto(f"{lin.url}/#/canned")  # wherever in the console
    lin.page.reload()
    warning = lin.page.get_by_role("alert").filter(has_text=re.compile(r"0:\d\d"))
    expect(warning).to_be_visible(timeout=PATIENCE)
    warning.get_by_role("button").click()
    lin.sees("转人工", "Customer")
    lin.says("您好")
    someone.sees("您好")
    expect(warning).to_be_hidden()
    assert desk.lin.conversations(owner="agent")[0]["answer_due_at"] is None

    lin.page.get_by_role("button", name="Take back").click()
    expect(lin.line("您好")).to_contain_text("Taken back", timeout=PATIENCE)
    someone.sees("您好", times=0)
    due = datetime.fromisoformat(desk.lin.conversations(owner="agent")[0]["answer_due_at"])
    assert due > datetime.now(UTC) + timedelta(seconds=60), "the customer waits anew"
