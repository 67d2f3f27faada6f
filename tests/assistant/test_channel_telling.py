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

    async def quiet(self) -> None:
        """Until nothing is left to be told."""
        while self._left():  # noqa: ASYNC110 -- nor does the store
            await asyncio.sleep(0.005)

    def _left(self) -> int:
        with self.store.transaction() as db:
            (count,) = db.execute("SELECT count(*) FROM telling").fetchone()
        return int(count)

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


@pytest.mark.parametrize("status", [401, 403, 408, 424, 429, 500, 502, 503])
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


def of_both(told: Told) -> None:
    for text in ("one", "two"):
        for sender in (LIN, MEI):
            told.telling.tell(sender, "receipts", {"text": text})


def test_several_things_are_one_call(tmp_path):
    async def scenario() -> None:
        async with teller(tmp_path) as told:
            of_both(told)
            await told.until((LIN, "one"), (MEI, "one"), (LIN, "two"), (MEI, "two"))
            assert told.visits.together == 1

    run(scenario())


@pytest.mark.parametrize(("status", "taken"), [(404, (LIN, "two")), (500, (LIN, "one")), (429, (LIN, "one"))])
def test_what_is_refused_or_failed_at_in_such_a_call_is_that_one_alone(tmp_path, status, taken):
    async def scenario() -> None:
        async with teller(tmp_path) as told:
            told.visits.refusals = [status]
            of_both(told)
            await told.quiet()
            assert told.at[0] == (MEI, "one")
            assert next(each for each in told.at if each[0] == LIN) == taken
            assert told.at[-1][1] == "two"

    run(scenario())


@pytest.mark.parametrize("status", [404, 422, 500])
def test_where_the_service_does_not_take_several_it_is_told_one_by_one(tmp_path, status):
    async def scenario() -> None:
        async with teller(tmp_path) as told:
            told.visits.never_together = status
            of_both(told)
            await told.until((LIN, "one"), (MEI, "one"), (LIN, "two"), (MEI, "two"))

    run(scenario())


def test_the_latest_word_is_told_once_unless_it_was_told_in_vain(tmp_path):
    async def scenario() -> None:
        async with teller(tmp_path) as told:
            for text in ("one", "one", "two", "two"):
                told.telling.tell_latest(LIN, "window", {"text": text})
            await told.until((LIN, "two"))
            told.telling.tell_latest(LIN, "window", {"text": "two"})
            told.visits.refusals = [404]
            told.telling.tell_latest(LIN, "window", {"text": "three"})
            await told.quiet()
            told.telling.tell_latest(LIN, "window", {"text": "three"})
            await told.until((LIN, "two"), (LIN, "three"))

    run(scenario())


def test_what_was_told_long_ago_is_told_again(tmp_path, monkeypatch):
    monkeypatch.setattr(telling, "_TOLD_SECONDS", 0.0)

    async def scenario() -> None:
        async with teller(tmp_path) as told:
            for _ in range(2):
                told.telling.tell_latest(LIN, "window", {"text": "one"})
                await told.quiet()
            assert told.at == [(LIN, "one")] * 2

    run(scenario())
