import asyncio

import pytest
from rasa.core import lock_store as rasa_lock_store
from rasa.core.lock_store import LockStore
from rasa.core.utils import number_of_sanic_workers
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from rasa_parts.lock_store import POLL_SECONDS, PromptLockStore

CONFIG = EndpointConfig(type="rasa_parts.lock_store.PromptLockStore")


@pytest.fixture
def naps(monkeypatch):
    """How long the waiters asked to sleep; each nap takes one turn of the event loop instead."""
    naps = []
    sleep = asyncio.sleep

    async def nap(seconds):
        naps.append(seconds)
        await sleep(0)

    monkeypatch.setattr(rasa_lock_store.asyncio, "sleep", nap)
    return naps


def test_rasa_makes_it_from_the_endpoint_configuration():
    assert type(LockStore.create(CONFIG)) is PromptLockStore


def test_a_burst_is_served_in_its_order_by_waiters_that_look_every_20_ms(naps):
    store = LockStore.create(CONFIG)
    served = []

    async def handle(number):
        async with store.lock("customer"):
            served.append(("in", number))
            for _ in range(5):
                await asyncio.sleep(0)  # the others get their chance to overtake
            served.append(("out", number))

    async def burst():
        await asyncio.gather(*(handle(number) for number in range(4)))

    asyncio.run(burst())
    assert served == [(step, number) for number in range(4) for step in ("in", "out")]
    waits = [seconds for seconds in naps if seconds]
    assert len(waits) >= 3
    assert set(waits) == {POLL_SECONDS} == {0.02}
    assert store.conversation_locks == {}


def test_conversations_do_not_wait_for_each_other(naps):
    store = LockStore.create(CONFIG)

    async def both():
        async with store.lock("a"), store.lock("b"):
            return list(naps)

    assert asyncio.run(both()) == []


def test_a_failing_turn_lets_the_next_one_in():
    store = LockStore.create(CONFIG)

    async def fail():
        async with store.lock("a"):
            raise ValueError("the turn failed")

    async def next_turn():
        async with store.lock("a") as lock:
            return lock.conversation_id

    with pytest.raises(ValueError, match="the turn failed"):
        asyncio.run(fail())
    assert asyncio.run(next_turn()) == "a"


def test_a_lock_whose_lifetime_is_over_lets_the_next_one_in(naps):
    store = LockStore.create(CONFIG)

    async def late():
        async with store.lock("a", lock_lifetime=-1), store.lock("a"):
            return "in"

    assert asyncio.run(late()) == "in"


def test_several_workers_are_refused_in_one_clear_sentence(monkeypatch):
    monkeypatch.setenv("SANIC_WORKERS", "2")
    assert number_of_sanic_workers(CONFIG) == 2  # Rasa would start them
    with pytest.raises(RasaException, match="SANIC_WORKERS above 1 needs"):
        LockStore.create(CONFIG)
