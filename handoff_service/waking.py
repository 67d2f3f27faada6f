"""Waking an asyncio task from any thread, without losing a wake that comes while it works."""

import asyncio
import contextlib

# So long a worker that was woken waits before it looks: the request whose commit woke it gets its answer
# first, and what is committed shortly after is seen in the same look. Nobody notices it.
SETTLE_SECONDS = 0.01


class Waker:
    """`at_least` seconds are between two looks, however often it is woken; the first is not held back."""

    def __init__(self, at_least: float = 0.0) -> None:
        self._at_least = at_least
        self._looked_at = float("-inf")
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self) -> None:
        """Call it in the loop of the task that will wait."""
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        if self._event.is_set():  # nobody has looked since: that look will see this, too
            return
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop may close just now
                self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float | None) -> None:
        """Return shortly after being woken, or after that many seconds."""
        now = asyncio.get_running_loop().time
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
            await asyncio.sleep(max(SETTLE_SECONDS, self._looked_at + self._at_least - now()))
        self._event.clear()
        self._looked_at = now()
