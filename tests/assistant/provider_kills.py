"""Killing a provider's connector again and again, between its network and an assistant that outlives it.

Each round runs the connector in a process of its own, which kills itself (SIGKILL) at a random step of a
random turn, or is killed from outside when the network has got a random number of messages. The network's
emulator lives on, and brings what was not acknowledged again, as the real one does.
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
from typing import Protocol

from rasa.core.channels.channel import register
from sanic import Sanic

from channels.provider import ProviderInput
from tests.assistant.test_channel_kill import DiskAgent

CUSTOMERS = 3
LINES_PER_ROUND = 2
LAST_KILL_STEP, LAST_KILL_ARRIVAL = 11, 8
FORK = multiprocessing.get_context("fork")


class Network(Protocol):
    """An emulator, as the kills need it."""

    def connector(self, path: Path) -> ProviderInput:
        """A new one, for a new process."""

    def at(self, url: str) -> None:
        """The connector is there now."""

    async def writes(self, customer: int, line: str, number: int) -> None:
        """The customer's line of that number, the same each time, until it is acknowledged."""

    def said_to(self, customer: int) -> list[str]:
        """What has arrived, in order."""


def serve(network: Network, folder: Path, steps_to_live: int | None, ready: Connection) -> None:
    """The process of one round; it ends by being killed."""

    async def forever() -> None:
        app = Sanic(f"kill_{uuid.uuid4().hex}", configure_logging=False)
        app.config.ACCESS_LOG = False
        app.ctx.agent = DiskAgent(folder / "tracker.db", steps_to_live)
        register([network.connector(folder / "channel.db")], app, route="/webhooks/")
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True)
        await server.startup()
        await server.before_start()
        ready.send(listening.getsockname()[1])
        await server.after_start()
        await asyncio.Event().wait()

    asyncio.run(forever())


class Writer:
    """A customer: what was not acknowledged comes again, before anything new."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.acknowledged = 0

    def line(self, number: int) -> str:
        return f"customer {self.number} line {number}"

    async def write(self, network: Network, lines: int) -> None:
        """Until so many lines are acknowledged."""
        while self.acknowledged < lines:
            await network.writes(self.number, self.line(self.acknowledged), self.acknowledged)
            self.acknowledged += 1


async def round_of(
    network: Network,
    folder: Path,
    writers: list[Writer],
    lines: int,
    *,
    steps: int | None = None,
    kill_at: int | None = None,
) -> bool:
    """One life of the server; whether it ended by being killed. `kill_at`: arrivals until then."""
    here, there = FORK.Pipe()
    process = FORK.Process(target=serve, args=(network, folder, steps, there), daemon=True)
    process.start()
    try:
        assert await asyncio.to_thread(here.poll, 30), "the server did not start"
        network.at(f"http://127.0.0.1:{here.recv()}")
        before = _arrived(network)
        writing = [asyncio.create_task(writer.write(network, lines)) for writer in writers]

        def over() -> bool:
            if not process.is_alive():
                return True
            if kill_at is not None and _arrived(network) - before >= kill_at:
                os.kill(process.pid, signal.SIGKILL)
                process.join(10)
                return True
            return steps is None and kill_at is None and _is_done(folder, lines)

        end = time.monotonic() + 60
        while not over():
            assert time.monotonic() < end, "neither killed nor done"
            await asyncio.sleep(0.01)
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        return process.exitcode == -signal.SIGKILL
    finally:
        process.kill()
        await asyncio.to_thread(process.join, 10)


async def killed_at_random(network: Network, folder: Path, rounds: int) -> None:
    """As many kills, then a life in peace; then nothing is lost, handled twice or out of order.

    What an assistant says may arrive twice, where the network knows no repetitions; it is never missing.
    """
    seed = int(os.environ.get("BATON_KILL_SEED") or time.time_ns() % 1_000_000)
    print(f"BATON_KILL_SEED={seed}")  # shown by pytest when the test fails
    chance = random.Random(seed)
    writers = [Writer(number) for number in range(CUSTOMERS)]
    for number in range(1, rounds + 1):
        steps = chance.randint(0, LAST_KILL_STEP) if chance.random() < 0.6 else None
        kill_at = chance.randint(1, LAST_KILL_ARRIVAL) if steps is None else None
        lines = number * LINES_PER_ROUND
        killed = await round_of(network, folder, writers, lines, steps=steps, kill_at=kill_at)
        assert killed, "not killed"
    assert not await round_of(network, folder, writers, rounds * LINES_PER_ROUND)

    for writer in writers:
        wrote = [writer.line(number) for number in range(rounds * LINES_PER_ROUND)]
        assert _handled(folder, writer) == wrote, "handled to the end once, in order"
        said = [f"{line} {part}" for line in wrote for part in ("first", "second")]
        assert _once(network.said_to(writer.number)) == said


def _arrived(network: Network) -> int:
    return sum(len(network.said_to(customer)) for customer in range(CUSTOMERS))


def _is_done(folder: Path, lines: int) -> bool:
    with closing(sqlite3.connect(folder / "channel.db")) as channel:
        unfinished = channel.execute(
            "SELECT count(*) FROM inbox WHERE status NOT IN ('done') UNION ALL"
            " SELECT count(*) FROM outgoing WHERE status != 'sent'"
        ).fetchall()
        (taken,) = channel.execute("SELECT count(*) FROM inbox").fetchone()
    return taken == lines * CUSTOMERS and not any(count for (count,) in unfinished)


def _handled(folder: Path, writer: Writer) -> list[str]:
    with closing(sqlite3.connect(folder / "tracker.db")) as tracker:
        rows = tracker.execute("SELECT text FROM turn ORDER BY rowid").fetchall()
    return [text for (text,) in rows if text.startswith(f"customer {writer.number} ")]


def _once(said: list[str]) -> list[str]:
    """Without what followed itself."""
    return [text for at, text in enumerate(said) if at == 0 or said[at - 1] != text]
