"""What the handoff service still has to be told is kept until it takes it, and holds back nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from channels import telling
from channels.desk import Desk
from channels.store import Store
from channels.telling import Telling
from tests.assistant.channel_fakes import run
from tests.assistant.fake_visits import FakeVisits, serving_visits

LIN, MEI = "post:default:lin", "post:default:mei"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_RETRY_SECONDS", (0.01,))
    monkeypatch.setattr(telling, "_FAILING_SECONDS", (0.01, 0.01))
    monkeypatch.setattr(telling, "_LEFT_SECONDS", 0.3)


class Told:
    """`at`: of whom the service was told what, as far as it took it."""

    def __init__(self, visits: FakeVisits, store: Store) -> None:
        self.visits = visits
        self.telling = Telling(lambda: store)
        self.store = store

    @property
    def at(self) -> list[tuple[str, Any]]:
        return [(sender, body["text"]) for sender, _, body in self.visits.told]

    async def until(self, *expected: tuple[str, str]) -> None:
        while self.at != list(expected):  # noqa: ASYNC110 -- the service announces nothing
            await asyncio.sleep(0.005)


@asynccontextmanager
async def teller(folder: Path) -> AsyncIterator[Told]:
    store = Store(folder / "post.db", lambda: 1_800_000_000.0)
    for conversation in (LIN, MEI):
        store.open_conversation(conversation)
    async with serving_visits() as visits:
        told = Told(visits, store)
        desk: Desk = visits.desk
        await desk.open()
        running = asyncio.create_task(told.telling.run(desk))
        try:
            yield told
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await desk.close()
            store.close()


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 502, 503])
def test_what_somebody_may_mend_is_told_when_it_is_mended(tmp_path, status):
    async def scenario() -> None:
        async with teller(tmp_path) as told:
            told.visits.refusals = [status] * 2
            for text in ("one", "two"):
                told.telling.tell(LIN, "receipts", {"text": text})
            await told.until((LIN, "one"), (LIN, "two"))

    run(scenario())


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_what_the_service_understands_and_refuses_is_not_told_again(tmp_path, status):
    async def scenario() -> None:
        async with teller(tmp_path) as told:
            told.visits.refusals = [status]
            for text in ("one", "two"):
                told.telling.tell(LIN, "receipts", {"text": text})
            await told.until((LIN, "two"))

    run(scenario())


def test_what_the_service_always_fails_at_holds_back_no_other_customer_and_its_own_not_for_ever(tmp_path):
    async def scenario() -> None:
        async with teller(tmp_path) as told:
            told.visits.fails_at = "one"
            told.telling.tell(LIN, "receipts", {"text": "one"})
            told.telling.tell(LIN, "receipts", {"text": "two"})
            told.telling.tell(MEI, "receipts", {"text": "hers"})
            await told.until((MEI, "hers"), (LIN, "two"))
            told.visits.fails_at = ""
            await told.until((MEI, "hers"), (LIN, "two"), (LIN, "one"))

    run(scenario())
