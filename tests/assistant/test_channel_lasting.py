"""What lasts as long as the server goes on after whatever has gone wrong once."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sanic import Blueprint

from channels import lasting, per_conversation, presence
from channels.per_conversation import PerConversation
from channels.provider import Incoming, ProviderInput
from tests.assistant.channel_fakes import run, serving
from tests.assistant.customer_client import client
from tests.assistant.fake_visits import BOT, LIN, serving_visits
from tests.assistant.provider_side import between


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lasting, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(per_conversation, "_AGAIN", (0.01,))


class ReadInput(ProviderInput):
    """A network that is told nothing but what agents have read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)
        self.seen: list[str] = []

    @classmethod
    def name(cls) -> str:
        return "read"

    def routes(self, blueprint: Blueprint) -> None:
        pass

    async def read(self, conversation: str, provider_id: str) -> None:
        self.seen.append(provider_id)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else, a backup, holds the file longer than we wait for it."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_what_breaks_off_is_begun_anew_until_it_ends() -> None:
    begun = []

    async def work(name: str) -> None:
        begun.append(name)
        if len(begun) < 3:
            raise LookupError

    run(lasting.lasting(work, "this"))
    assert begun == ["this"] * 3


def test_a_step_that_fails_is_done_again_and_nothing_behind_it_is_left() -> None:
    class Counting(PerConversation):
        def __init__(self) -> None:
            super().__init__()
            self.left = [1, 2]
            self.failures = 2

        async def step(self, conversation: str) -> bool:
            if self.failures:
                self.failures -= 1
                raise LookupError
            return bool(self.left and self.left.pop())

    async def scenario() -> None:
        counting = Counting()
        counting.attend("lin")
        await counting._tasks["lin"]
        assert counting.left == []

    run(scenario())


def test_an_event_of_the_desk_that_goes_wrong_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with serving_visits() as visits:
            channel = ReadInput(tmp_path / "read.db")
            async with between(channel, visits, "lin") as side:
                accepted = [await channel.receive("lin", Incoming(name, name)) for name in ("m1", "m2")]
                first, second = (each.message_id for each in accepted)
                find = channel.store.client_id_of

                def fails_once(_message_id: str) -> None:
                    monkeypatch.setattr(channel.store, "client_id_of", find)
                    raise sqlite3.OperationalError("disk I/O error")

                monkeypatch.setattr(channel.store, "client_id_of", fails_once)
                await side.until(lambda: visits.resumed)
                visits.becomes(side.conversation, {**LIN, "read_message_id": first})
                await side.until(lambda: len(visits.resumed) == 2)
                visits.becomes(side.conversation, {**LIN, "read_message_id": second})
                await side.until(lambda: channel.seen)
                assert channel.seen == ["m2"]

    run(scenario())


def test_who_has_gone_is_told_of_when_the_file_is_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(presence, "AWAY_SECONDS", 0.05)
    db = tmp_path / "webchat.db"

    async def scenario() -> None:
        async def until(condition) -> None:
            while not condition():  # noqa: ASYNC110 -- nothing announces it
                await asyncio.sleep(0.01)

        def told() -> list[bool]:
            return [body["connected"] for _, what, body in desk.told if what == "presence"]

        async with serving_visits() as desk, serving(db, desk=desk.desk) as server, client(server) as lin:
            desk.states[lin.conversation] = BOT
            async with lin.stream():
                await until(lambda: told() == [True])
            with locked(db):
                await until(lambda: "nobody is told yet" in caplog.text)
            await until(lambda: told() == [True, False])

    run(scenario())
