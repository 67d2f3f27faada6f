"""A woken worker lets what woke it be answered first, and misses nothing."""

import asyncio

from handoff_service.waking import Waker


async def looks(waker: Waker, within: float = 0.2) -> int:
    """How often a worker looks until it is left in peace."""
    count = 0
    while True:
        started = asyncio.get_running_loop().time()
        await waker.wait(within)
        if asyncio.get_running_loop().time() - started >= within:
            return count
        count += 1


def test_wakes_in_a_burst_are_one_look():
    async def main() -> int:
        waker = Waker()
        waker.bind()
        for _ in range(5):
            waker.wake()
        return await looks(waker)

    assert asyncio.run(main()) == 1


def test_a_wake_while_the_worker_works_is_seen_by_the_next_wait():
    async def main() -> int:
        waker = Waker()
        waker.bind()
        waker.wake()
        await waker.wait(None)
        waker.wake()  # what it looks at may already be outdated
        return await looks(waker)

    assert asyncio.run(main()) == 1


def test_however_often_it_is_woken_there_is_some_time_between_two_looks():
    async def main() -> int:
        waker = Waker(at_least=0.5)
        waker.bind()
        waker.wake()
        await waker.wait(None)
        looking = asyncio.create_task(looks(waker, within=1.0))
        for _ in range(20):
            waker.wake()
            await asyncio.sleep(0.01)
        return await looking

    assert asyncio.run(main()) == 1
