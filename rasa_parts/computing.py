"""How many turns compute at the same time, not counting those that wait for the action server.

Rasa computes turns on the event loop that also answers webhooks and pages. Each turn more makes everybody
else wait longer for the loop, and none end sooner: so few compute, and between two of them the loop is left
to the others. While a turn waits for another process the next may begin; with its answer it goes on before
others begin.
"""

import asyncio
import functools
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

AT_ONCE = 2
# Passes of the loop between two turns. A request is accepted, read, written down and answered within as many:
# with a turn between each two of these steps it would wait for seconds.
_BREATHS = 12

_mine: "ContextVar[Computing | None]" = ContextVar("computing", default=None)


class Computing:
    """For one event loop."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._going_on: deque[asyncio.Future[None]] = deque()
        self._beginning: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn, from its beginning to its end."""
        await self._take(self._beginning)
        token = _mine.set(self)
        try:
            yield
        finally:
            _mine.reset(token)
            self._give()

    @asynccontextmanager
    async def elsewhere(self) -> AsyncIterator[None]:
        """Within a turn: another process computes."""
        self._give()
        try:
            yield
        finally:
            await self._take(self._going_on)

    async def _take(self, waiting: "deque[asyncio.Future[None]]") -> None:
        if self._free > 0:
            self._free -= 1
            return
        place = asyncio.get_running_loop().create_future()
        waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            # A place is given back by whoever leaves the turn: it must have been taken.
            if not place.done() or place.cancelled():
                self._free -= 1
            raise

    def _give(self) -> None:
        self._breathe(_BREATHS)

    def _breathe(self, passes: int) -> None:
        if passes:
            asyncio.get_running_loop().call_soon(self._breathe, passes - 1)
        else:
            self._pass_on()

    def _pass_on(self) -> None:
        for waiting in (self._going_on, self._beginning):
            while waiting:
                place = waiting.popleft()
                if not place.done():
                    place.set_result(None)
                    return
        self._free += 1


def another_may_compute(original: Callable) -> Callable:
    """`EndpointConfig.request`: the action server, or whatever else is asked within a turn."""

    @functools.wraps(original)
    async def request(*args: Any, **kwargs: Any) -> Any:
        computing = _mine.get()
        if computing is None:
            return await original(*args, **kwargs)
        async with computing.elsewhere():
            return await original(*args, **kwargs)

    return request
