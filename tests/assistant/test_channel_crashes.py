"""A connector's process dies at each point of its work in turn; the next one goes on where it was.

Points are what changes the store for good (a statement by itself, the end of a transaction) and calls to the
network. Each life is a process of its own, with the base of the providers' connectors and a network of the
tests'. What the network and the service repeat where they had no answer is done again in the second life.
"""

import asyncio
import itertools
import json
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage

from channels.outgoing import Part
from channels.sending import Refused
from channels.windows import Window
from tests.assistant.post_network import LIN, Running, running

FORK = multiprocessing.get_context("fork")
WINDOWS = (Window("message", 100, 5),)
Does = Callable[[Running], Awaitable[None]]


async def answers(message: UserMessage) -> None:
    for word in ("one", "two"):
        await message.output_channel.send_text_message(message.sender_id, word)


class Life:
    """What a folder holds when its processes are gone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "post.db"
        self._network = folder / "network"
        self._taken_back = folder / "taken_back"

    def arrived(self) -> list[str]:
        """At the network, in order."""
        return _lines(self._network)

    def taken_back(self) -> list[str]:
        return _lines(self._taken_back)

    def told(self, what: str) -> list[dict[str, Any]]:
        return [json.loads(body) for (body,) in self._rows("SELECT body FROM telling WHERE what = ?", what)]

    def _rows(self, query: str, *values: str) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as store:
            return store.execute(f"{query} ORDER BY position", values).fetchall()

    def live(self, does: Does, points: int | None) -> bool:
        """A life that ends at that point, or when all is done; whether it came to its end."""
        process = FORK.Process(target=self._live, args=(does, points))
        process.start()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        return process.exitcode == 0

    def _live(self, does: Does, points: int | None) -> None:
        left = itertools.count(points, -1) if points is not None else itertools.repeat(1)

        def point() -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        async def send(part: Part) -> str:
            point()
            if part.request["text"] == "too much":
                raise Refused("too_long")
            _note(self._network, part.request["text"])
            return str(part.request["text"])

        async def take_back(_conversation: str, provider_id: str, _tries: int) -> None:
            point()
            _note(self._taken_back, provider_id)

        async def life() -> None:
            async with running(self.path, answers, windows=WINDOWS) as post:
                post.channel.send = send  # type: ignore[method-assign]
                post.channel.take_back = take_back  # type: ignore[method-assign]
                store = post.channel.store._db

                def traced(statement: str) -> None:
                    if statement == "COMMIT" or not (store.in_transaction or statement.startswith("SELECT")):
                        point()

                store.set_trace_callback(traced)
                await does(post)
                await post.quiet()
                store.set_trace_callback(None)

        asyncio.run(asyncio.wait_for(life(), 30))


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def _note(file: Path, line: str) -> None:
    with file.open("a") as kept:
        kept.write(f"{line}\n")


def each_death(folder: Path, does: Does, check: Callable[[Life], None]) -> None:
    """Die at the first point, at the second, …; live on, do the same again, and check."""
    for points in itertools.count():
        (folder / str(points)).mkdir()
        life = Life(folder / str(points))
        came_to_its_end = life.live(does, points)
        assert life.live(does, None)
        check(life)
        if came_to_its_end:
            assert points > 10, "there was nothing to die in"
            return


def test_what_a_customer_writes_opens_the_window_in_which_it_is_answered(tmp_path: Path) -> None:
    async def the_customer_writes(post: Running) -> None:
        await post.writes("m1", "hello")

    def is_answered(life: Life) -> None:
        arrived = [word for word, _ in itertools.groupby(life.arrived())]  # a bot's words may come twice
        assert arrived == ["one", "two"]
        assert life.told("receipts") == []
        (window,) = life.told("window")
        assert window["messages"] == 3

    each_death(tmp_path, the_customer_writes, is_answered)


def test_what_an_agent_says_has_arrived_once_or_is_told_not_to_have(tmp_path: Path) -> None:
    async def the_agent_says(post: Running) -> None:
        post.channel.store.open_conversation(LIN)
        post.channel.opened(LIN, "message")
        await post.agent_says("a1", "hello")
        await post.agent_says("a2", "too much")

    def is_known(life: Life) -> None:
        told = {each["message_ids"][0]: each for each in life.told("receipts")}
        assert life.arrived() in (["hello"], [])
        assert bool(life.arrived()) or told["a1"]["reason"] == "unconfirmed"
        assert told["a2"]["reason"] in ("too_long", "unconfirmed")

    each_death(tmp_path, the_agent_says, is_known)


def test_what_an_agent_takes_back_is_taken_back_or_never_came(tmp_path: Path) -> None:
    async def the_agent_takes_it_back(post: Running) -> None:
        post.channel.store.open_conversation(LIN)
        post.channel.opened(LIN, "message")
        output = post.channel.get_output_channel()
        said = {"text": "one piece of words, and another piece", "message_id": "a1", "author": "agent"}
        await output.send_response(LIN, said)
        await asyncio.sleep(0)  # it is on its way
        await output.send_response(LIN, {"message_id": "recall:a1", "recalls": "a1"})
        await post.quiet()
        await post.all_taken_back()

    def is_gone(life: Life) -> None:
        not_recalled = any(each["state"] == "not_recalled" for each in life.told("receipts"))
        assert set(life.arrived()) == set(life.taken_back()) or not_recalled

    each_death(tmp_path, the_agent_takes_it_back, is_gone)
