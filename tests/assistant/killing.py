"""What tests share that kill a connector again and again, beside an assistant that outlives it.

Each life of the connector is a process of its own, which kills itself (SIGKILL) at a random step of a random
turn, or is killed from outside at a random arrival at a customer's. BATON_KILL_SEED repeats the kills of a
test that failed, BATON_KILL_ROUNDS says how many there are.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage, register
from rasa.shared.core.events import UserUttered
from sanic import Sanic

ROUNDS = int(os.environ.get("BATON_KILL_ROUNDS") or 20)
FORK = multiprocessing.get_context("fork")
# A customer's new lines in a life: enough for every kill below to come in the middle of them.
_LINES = 2
LINES = ROUNDS * _LINES
"""What a customer writes in all lives together."""
_LAST_STEP, _LAST_ARRIVAL = 11, 8
# More unanswered lines of one customer than those of so many lives are no conversation any more.
_LIVES_UNTIL_PEACE = 20


@dataclass(frozen=True)
class Life:
    """Customers write until they have written so many `lines`. It ends before that many steps of turns, or at
    that arrival; in peace, when all is done, where both are None."""

    lines: int
    step: int | None = None
    arrival: int | None = None

    @property
    def in_peace(self) -> bool:
        return self.step is None and self.arrival is None


def lives(channel: str) -> Iterator[Life]:
    """ROUNDS that end by being killed, now and then one in peace, and a line that says how far it is."""
    seed = int(os.environ.get("BATON_KILL_SEED") or time.time_ns() % 1_000_000)
    print(f"\n{channel}: {ROUNDS} kills, BATON_KILL_SEED={seed}", flush=True)
    chance = random.Random(seed)
    for number in range(1, ROUNDS + 1):
        lines = number * _LINES
        if chance.random() < 0.6:
            yield Life(lines, step=chance.randint(0, _LAST_STEP))
        else:
            yield Life(lines, arrival=chance.randint(1, _LAST_ARRIVAL))
        if number % _LIVES_UNTIL_PEACE == 0 or number == ROUNDS:
            yield Life(lines)
            print(f"{channel}: killed {number} times", flush=True)


class DiskAgent:
    """An assistant whose tracker outlives it. Like Rasa, it speaks during a turn and saves its tracker at the
    end; every step of a turn may be its last."""

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


def serve(
    connector: Callable[[], InputChannel], folder: Path, steps_to_live: int | None, ready: Connection
) -> None:
    """The process of one life; it ends by being killed. `ready` gets its port."""

    async def forever() -> None:
        app = Sanic(f"kill_{uuid.uuid4().hex}", configure_logging=False)
        app.config.ACCESS_LOG = False
        app.ctx.agent = DiskAgent(folder / "tracker.db", steps_to_live)
        register([connector()], app, route="/webhooks/")
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        await server.startup()
        await server.before_start()
        ready.send(listening.getsockname()[1])
        await server.after_start()
        await asyncio.Event().wait()

    asyncio.run(forever())
