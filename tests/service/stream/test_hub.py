"""A listener that cannot keep up is let go; the others are not held up."""

import asyncio

from handoff_service.stream.hub import BACKLOG, Listener
from handoff_service.stream.repository import Event


def test_a_slow_listener_gets_its_backlog_and_then_the_end() -> None:
    async def scenario() -> list[int]:
        listener = Listener()
        for number in range(BACKLOG + 10):
            listener.offer(Event(number, "rules.updated", {}))
        first = await listener.take(10)
        assert await listener.take(10) is None
        return [event.number for event in first or ()]

    assert asyncio.run(scenario()) == list(range(BACKLOG))


def test_all_that_has_come_is_taken_at_once_and_nothing_when_nothing_comes() -> None:
    async def scenario() -> list[list[int]]:
        listener = Listener()
        taken = [await listener.take(0)]
        taking = asyncio.create_task(listener.take(10))
        await asyncio.sleep(0)
        listener.offer(Event(1, "rules.updated", {}))
        listener.offer(Event(2, "rules.updated", {}))
        taken.append(await taking)
        return [[event.number for event in events or ()] for events in taken]

    assert asyncio.run(scenario()) == [[], [1, 2]]
