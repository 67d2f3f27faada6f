"""A listener that cannot keep up is let go; the others are not held up."""

import asyncio

from handoff_service.stream.hub import BACKLOG, Listener
from handoff_service.stream.repository import Event


def test_a_slow_listener_gets_its_backlog_and_then_the_end() -> None:
    async def scenario() -> list[int]:
        listener = Listener()
        for number in range(BACKLOG + 10):
            listener.offer(Event(number, "rules.updated", {}))
        numbers = []
        while (event := await listener.next(10)) is not None:
            numbers.append(event.number)
        return numbers

    assert asyncio.run(scenario()) == list(range(BACKLOG))
