"""The web chat is killed again and again while customers write: nothing lost, doubled or out of order.

Customers resend what was not acknowledged, as the page does.
"""

import asyncio
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from channels import taking
from channels.webchat import WebchatInput
from tests.assistant.channel_fakes import ORIGIN
from tests.assistant.customer_client import Page
from tests.assistant.killing import FORK, LINES, Life, lives, serve

CUSTOMERS = 3


class WatchedPage(Page):
    """Reports what is new; what it only catches up on after a reconnection kills nobody."""

    def __init__(self, url: str, http: aiohttp.ClientSession, arrived: "Arrivals") -> None:
        super().__init__(url, http)
        self.caught_up_at = 0
        self._arrived = arrived

    def show(self, message: dict[str, Any]) -> None:
        super().show(message)
        if message["number"] > self.caught_up_at:
            self._arrived.one_more()


class Writer:
    """A customer who writes numbered lines, remembers what was shown, resends what was not confirmed."""

    def __init__(self, name: str) -> None:
        self.lines = [f"{name} {number}" for number in range(LINES)]
        self.confirmed: dict[str, dict[str, Any]] = {}
        self.token: str | None = None
        self.visitor: str | None = None
        self.shown: dict[int, dict[str, Any]] = {}

    async def write(self, url: str, lines: int, arrived: "Arrivals") -> None:
        """Go on writing until that many lines are confirmed and answered, or the server is gone."""
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
                page = WatchedPage(url, http, arrived)
                page.shown = self.shown
                session = await page.open(**({} if self.token is None else {"token": self.token}))
                assert session.status == 200, session.body
                self.token, self.visitor = page.token, page.visitor
                page.caught_up_at = session.body["last"]
                async with page.listening(after=max(self.shown, default=0)):
                    for line in self.lines[:lines]:
                        if line not in self.confirmed:
                            answer = await page.say(line, client_id=line)
                            assert answer.status == 202, answer.body
                            self.confirmed[line] = answer.body
                    await page.until(lambda: len(self.shown) >= 3 * lines or page.gone)
        except aiohttp.ClientError:
            assert arrived.killed_or_dying, "the server may only go away by being killed"


class Arrivals:
    """Counts what customers get and kills the server at the chosen one."""

    def __init__(self, pid: int, kill_at: int | None, dying: bool) -> None:
        self._pid = pid
        self._left = kill_at
        self.killed_or_dying = dying

    def one_more(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self.killed_or_dying = True
                os.kill(self._pid, signal.SIGKILL)


def all_done(folder: Path, limit: float = 10.0) -> None:
    """Wait until the inbox is worked off: a customer has the answer a moment before its turn has ended."""
    end = time.monotonic() + limit
    with closing(sqlite3.connect(folder / "webchat.db")) as inbox:
        while inbox.execute("SELECT 1 FROM inbox WHERE status != 'done'").fetchone():
            assert time.monotonic() < end, "a message is never handled to the end"
            time.sleep(0.02)


def ends_in_peace(life: Life, folder: Path, writers: list[Writer]) -> bool:
    """Let the server live; whether that ended otherwise than by being killed."""

    def connector() -> WebchatInput:
        return WebchatInput(path=folder / "webchat.db", sites={"default": {"origins": [ORIGIN]}})

    here, there = FORK.Pipe()
    process = FORK.Process(target=serve, args=(connector, folder, life.step, there), daemon=True)
    process.start()
    try:
        assert here.poll(30), "the server did not start"
        url = f"http://127.0.0.1:{here.recv()}"
        arrived = Arrivals(process.pid, life.arrival, dying=life.step is not None)

        async def everybody() -> None:
            await asyncio.gather(*(writer.write(url, life.lines, arrived) for writer in writers))

        asyncio.run(asyncio.wait_for(everybody(), 60))
        if arrived.killed_or_dying:
            process.join(10)
        else:
            all_done(folder)
        return process.exitcode != -signal.SIGKILL
    finally:
        process.kill()
        process.join(10)


def test_killed_at_random_points_nothing_is_lost_doubled_or_out_of_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "RATE_MESSAGES", 1_000_000)  # they write faster than anybody types
    writers = [Writer(f"customer {name}") for name in range(CUSTOMERS)]
    for life in lives("webchat"):
        assert ends_in_peace(life, tmp_path, writers) is life.in_peace

    tracker = sqlite3.connect(tmp_path / "tracker.db")
    inbox = sqlite3.connect(tmp_path / "webchat.db")
    assert inbox.execute("SELECT DISTINCT status FROM inbox").fetchall() == [("done",)]
    for writer in writers:
        conversation = f"webchat:default:{writer.visitor}"
        timeline = [writer.shown[number] for number in sorted(writer.shown)]
        assert [message["number"] for message in timeline] == list(range(1, 3 * LINES + 1)), "no gap"
        own = [message for message in timeline if message["author"] == "customer"]
        assert [message["text"] for message in own] == writer.lines, "each once, in order"
        assert [message["id"] for message in own] == [writer.confirmed[line]["id"] for line in writer.lines]
        said = [message["text"] for message in timeline if message["author"] == "bot"]
        assert said == [f"{line} {part}" for line in writer.lines for part in ("first", "second")]
        handled = tracker.execute("SELECT text FROM turn WHERE conversation = ?", (conversation,)).fetchall()
        assert [text for (text,) in handled] == writer.lines, "handled to the end once, in order"
    tracker.close()
    inbox.close()
