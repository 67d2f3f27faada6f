"""The server is killed again and again while customers write: nothing lost, doubled or out of order.

Each round runs the connector in a process of its own with an assistant that, like Rasa, speaks during a turn
and saves its tracker at the end. The process kills itself (SIGKILL) at a random step of a random turn or is
killed from outside after a random number of arrivals; customers resend what was not acknowledged, as the page
does. A seed that fails can be repeated with BATON_KILL_SEED.
"""

import asyncio
import multiprocessing
import os
import random
import signal
import socket
import sqlite3
import time
import uuid
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
from rasa.core.channels.channel import UserMessage, register
from rasa.shared.core.events import UserUttered
from sanic import Sanic

from channels.webchat import WebchatInput
from tests.assistant.channel_fakes import ORIGIN
from tests.assistant.customer_client import Page

ROUNDS = 10
CUSTOMERS = 3
# Lines that each customer writes in a round: enough new ones for every kill below to come in the middle of
# them.
LINES_PER_ROUND = 2
LAST_KILL_STEP, LAST_KILL_ARRIVAL = 11, 8
FORK = multiprocessing.get_context("fork")


class DiskAgent:
    """An assistant whose tracker outlives it. Every step of a turn may be its last."""

    def __init__(self, path: Path, steps_to_live: int | None) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS turn (conversation, message_id, text)")
        self._steps = steps_to_live
        self.tracker_store = SimpleNamespace(retrieve_full_tracker=self._tracker, event_broker=None)

    def is_ready(self) -> bool:
        return True

    async def handle_message(self, message: UserMessage) -> None:
        await self._step()
        for part in ("first", "second"):
            await message.output_channel.send_response(message.sender_id, {"text": f"{message.text} {part}"})
            await self._step()
        self._db.execute(
            "INSERT INTO turn VALUES (?, ?, ?)", (message.sender_id, message.message_id, message.text)
        )
        await self._step()

    async def _step(self) -> None:
        await asyncio.sleep(0)
        if self._steps is not None:
            self._steps -= 1
            if self._steps < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    async def _tracker(self, conversation: str) -> Any:
        found = self._db.execute("SELECT text, message_id FROM turn WHERE conversation = ?", (conversation,))
        return SimpleNamespace(
            events=[UserUttered(text, message_id=message_id) for text, message_id in found]
        )


def serve(folder: Path, steps_to_live: int | None, ready: Connection) -> None:
    """The process of one round; it ends by being killed."""

    async def forever() -> None:
        app = Sanic(f"kill_{uuid.uuid4().hex}", configure_logging=False)
        app.config.ACCESS_LOG = False
        app.ctx.agent = DiskAgent(folder / "tracker.db", steps_to_live)
        register(
            [WebchatInput(path=folder / "webchat.db", sites={"default": {"origins": [ORIGIN]}})],
            app,
            route="/webhooks/",
        )
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        await server.startup()
        await server.before_start()
        ready.send(listening.getsockname()[1])
        await server.after_start()
        await asyncio.Event().wait()

    asyncio.run(forever())


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
        self.lines = [f"{name} {number}" for number in range(ROUNDS * LINES_PER_ROUND)]
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


def round_of(folder: Path, writers: list[Writer], lines: int, steps: int | None, kill_at: int | None) -> bool:
    """One life of the server; whether it ended by being killed."""
    here, there = FORK.Pipe()
    process = FORK.Process(target=serve, args=(folder, steps, there), daemon=True)
    process.start()
    try:
        assert here.poll(30), "the server did not start"
        url = f"http://127.0.0.1:{here.recv()}"
        arrived = Arrivals(process.pid, kill_at, dying=steps is not None)

        async def everybody() -> None:
            await asyncio.gather(*(writer.write(url, lines, arrived) for writer in writers))

        asyncio.run(asyncio.wait_for(everybody(), 60))
        if arrived.killed_or_dying:
            process.join(10)
        else:
            all_done(folder)
        return process.exitcode == -signal.SIGKILL
    finally:
        process.kill()
        process.join(10)


def test_killed_at_random_points_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    seed = int(os.environ.get("BATON_KILL_SEED") or time.time_ns() % 1_000_000)
    print(f"BATON_KILL_SEED={seed}")  # shown by pytest when the test fails
    chance = random.Random(seed)
    writers = [Writer(f"customer {name}") for name in range(CUSTOMERS)]
    for number in range(ROUNDS):
        steps = chance.randint(0, LAST_KILL_STEP) if chance.random() < 0.6 else None
        kill_at = chance.randint(1, LAST_KILL_ARRIVAL) if steps is None else None
        assert round_of(tmp_path, writers, (number + 1) * LINES_PER_ROUND, steps, kill_at), "not killed"
    lines = ROUNDS * LINES_PER_ROUND
    assert not round_of(tmp_path, writers, lines, steps=None, kill_at=None)

    tracker = sqlite3.connect(tmp_path / "tracker.db")
    inbox = sqlite3.connect(tmp_path / "webchat.db")
    assert inbox.execute("SELECT DISTINCT status FROM inbox").fetchall() == [("done",)]
    for writer in writers:
        conversation = f"webchat:default:{writer.visitor}"
        timeline = [writer.shown[number] for number in sorted(writer.shown)]
        assert [message["number"] for message in timeline] == list(range(1, 3 * lines + 1)), "no gap"
        own = [message for message in timeline if message["author"] == "customer"]
        assert [message["text"] for message in own] == writer.lines, "each once, in order"
        assert [message["id"] for message in own] == [writer.confirmed[line]["id"] for line in writer.lines]
        said = [message["text"] for message in timeline if message["author"] == "bot"]
        assert said == [f"{line} {part}" for line in writer.lines for part in ("first", "second")]
        handled = tracker.execute("SELECT text FROM turn WHERE conversation = ?", (conversation,)).fetchall()
        assert [text for (text,) in handled] == writer.lines, "handled to the end once, in order"
    tracker.close()
    inbox.close()
