"""Killing a provider's connector again and again, between its network and an assistant that outlives it.

The network's emulator lives on, and brings what was not acknowledged again, as the real one does.
"""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from channels.provider import ProviderInput
from tests.assistant import channel_fakes
from tests.assistant.killing import FORK, LINES, ROUNDS, Life, lives, serve

CUSTOMERS = 3


class Network(Protocol):
    """An emulator, as the kills need it. `name`: of its channel."""

    name: str

    def connector(self, path: Path) -> ProviderInput:
        """A new one, for a new process."""

    def at(self, url: str) -> None:
        """The connector is there now."""

    async def writes(self, customer: int, line: str, number: int) -> None:
        """The customer's line of that number, the same each time, until it is acknowledged."""

    def said_to(self, customer: int) -> list[str]:
        """What has arrived, in order."""


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


async def ends_in_peace(life: Life, network: Network, folder: Path, writers: list[Writer]) -> bool:
    """Let the server live; whether that ended otherwise than by being killed."""

    def connector() -> ProviderInput:
        return network.connector(folder / "channel.db")

    here, there = FORK.Pipe()
    process = FORK.Process(target=serve, args=(connector, folder, life.step, there), daemon=True)
    process.start()
    try:
        assert await asyncio.to_thread(here.poll, 30), "the server did not start"
        network.at(f"http://127.0.0.1:{here.recv()}")
        before = _arrived(network)
        writing = [asyncio.create_task(writer.write(network, life.lines)) for writer in writers]

        def over() -> bool:
            if not process.is_alive():
                return True
            if life.arrival is not None and _arrived(network) - before >= life.arrival:
                os.kill(process.pid, signal.SIGKILL)
                process.join(10)
                return True
            return life.in_peace and _is_done(folder, life.lines)

        end = time.monotonic() + 60
        while not over():
            assert time.monotonic() < end, "neither killed nor done"
            await asyncio.sleep(0.01)
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        return process.exitcode != -signal.SIGKILL
    finally:
        process.kill()
        await asyncio.to_thread(process.join, 10)


async def killed_at_random(network: Network, folder: Path) -> None:
    """All lives, the last one in peace; then nothing is lost, handled twice or out of order.

    What an assistant says may arrive twice, where the network knows no repetitions; it is never missing.
    """
    writers = [Writer(number) for number in range(CUSTOMERS)]
    for life in lives(network.name):
        assert await ends_in_peace(life, network, folder, writers) is life.in_peace

    for writer in writers:
        wrote = [writer.line(number) for number in range(LINES)]
        assert _handled(folder, writer) == wrote, "handled to the end once, in order"
        said = [f"{line} {part}" for line in wrote for part in ("first", "second")]
        assert _once(network.said_to(writer.number)) == said


def run(scenario: Coroutine[Any, Any, None]) -> None:
    channel_fakes.run(scenario, limit=60 + 3.0 * ROUNDS)


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
