"""Waking those who wait for a conversation's news: one bell per open stream or long poll."""

import asyncio
import contextlib
from collections.abc import Iterator


class Bell:
    """Rings when there is something new; rings between two waits are not lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """True when it rang within that time."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        self._event.clear()
        return True


class Feed:
    """The bells of each conversation. Everything happens on the event loop's thread."""

    def __init__(self) -> None:
        self._bells: dict[str, set[Bell]] = {}
        self.closed = False

    @contextlib.contextmanager
    def listening(self, conversation: str) -> Iterator[Bell]:
        """A bell that rings for the conversation from now on."""
        bell = Bell()
        self._bells.setdefault(conversation, set()).add(bell)
        if self.closed:
            bell.ring()
        try:
            yield bell
        finally:
            bells = self._bells[conversation]
            bells.discard(bell)
            if not bells:
                del self._bells[conversation]

    def listeners(self, conversation: str) -> int:
        return len(self._bells.get(conversation, ()))

    def conversations(self) -> list[str]:
        """Those that somebody listens to."""
        return list(self._bells)

    def ring(self, conversation: str) -> None:
        for bell in self._bells.get(conversation, ()):
            bell.ring()

    def close(self) -> None:
        """The server stops: whoever waits looks up, sees `closed` and ends."""
        self.closed = True
        for conversation in self._bells:
            self.ring(conversation)
