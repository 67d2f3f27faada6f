"""Whether a customer has the chat open, as the handoff service is told of it.

Who reloads the page or changes the network is back within seconds, and was never away. Who was there is on
disk: after a restart those who do not come back are told of as gone.
"""

import asyncio
import contextlib
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator

from channels.store import Store
from channels.telling import Telling

logger = logging.getLogger(__name__)

AWAY_SECONDS = 20.0  # a page that lost its connection tries again within a few


class Presence:
    """Everything happens on the event loop's thread, from `start` to `stop`."""

    def __init__(self, store: Callable[[], Store], telling: Telling) -> None:
        self._store = store
        self._telling = telling
        self._open: Counter[str] = Counter()
        self._running = False

    def start(self) -> None:
        self._running = True
        for (conversation,) in self._rows("SELECT conversation FROM present"):
            self._look_later(conversation)

    def stop(self) -> None:
        self._running = False

    @contextlib.contextmanager
    def here(self, conversation: str) -> Iterator[None]:
        """The customer waits for news as long as the block runs."""
        self._open[conversation] += 1
        try:
            self._came(conversation)
            yield
        finally:
            self._open[conversation] -= 1
            if not self._open[conversation]:
                del self._open[conversation]
                self._look_later(conversation)

    def is_here(self, conversation: str) -> bool:
        return self._open[conversation] > 0

    def _came(self, conversation: str) -> None:
        if self._running and not self._known(conversation):
            with self._store().transaction() as db:
                db.execute("INSERT INTO present (conversation) VALUES (?)", (conversation,))
            self._telling.tell(conversation, "presence", {"connected": True})

    def _look_later(self, conversation: str) -> None:
        if self._running:
            asyncio.get_running_loop().call_later(AWAY_SECONDS, self._may_be_gone, conversation)

    def _may_be_gone(self, conversation: str) -> None:
        if not self._running or self._open[conversation]:
            return
        try:
            with self._store().transaction() as db:
                if db.execute("DELETE FROM present WHERE conversation = ?", (conversation,)).rowcount:
                    self._telling.tell(conversation, "presence", {"connected": False})
        except sqlite3.Error:
            logger.exception("nobody is told yet that they are gone conversation=%s", conversation)
            self._look_later(conversation)

    def _known(self, conversation: str) -> bool:
        return bool(self._rows("SELECT 1 FROM present WHERE conversation = ?", conversation))

    def _rows(self, query: str, *values: str) -> list[tuple[str]]:
        with self._store().transaction() as db:
            return db.execute(query, values).fetchall()
