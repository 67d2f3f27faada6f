"""One task per process reads new events from the table and hands them to all who listen.

The table is what counts: a wake-up after each commit of this process makes it immediate, and a look once a
second finds what other replicas wrote. Whoever cannot keep up is let go and resumes from the table.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from handoff_service.context import Context
from handoff_service.stream import repository
from handoff_service.stream.repository import OF_THE_MOMENT, Event
from handoff_service.waking import Waker

log = structlog.get_logger(__name__)

BACKLOG = 500  # events for one listener; a desk that is that far behind is better off starting anew
KEEP = dt.timedelta(hours=24)  # a laptop closed overnight resumes in the morning
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds."""

    poll: float = 1.0  # other replicas' events are seen this late at most
    heartbeat: float = 15.0  # proxies cut a connection that is silent for 30 to 60
    recheck: float = 30.0  # whether the listener may still listen
    cleanup: float = 600.0


class Listener:
    """A bounded backlog of events for one who listens."""

    def __init__(self) -> None:
        self._backlog: list[Event] = []
        self._waiting: asyncio.Future[None] | None = None
        self._ended = False

    def offer(self, event: Event) -> None:
        if self._ended:
            return
        if len(self._backlog) >= BACKLOG:
            log.warning("stream.listener_too_slow", number=event.number)
            self.end()
        else:
            self._backlog.append(event)
            self._wake()

    def end(self) -> None:
        self._ended = True
        self._wake()

    async def take(self, within: float) -> list[Event] | None:
        """All that has come, once there is something; empty when the seconds pass first, None at the end."""
        if not self._backlog and not self._ended:
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            late = loop.call_later(within, self._wake)
            try:
                await self._waiting
            finally:
                late.cancel()
                self._waiting = None
        if not self._backlog and self._ended:
            return None
        events, self._backlog = self._backlog, []
        return events

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class Hub:
    def __init__(self, context: Context, pace: Pace | None = None) -> None:
        self.context = context
        self.pace = pace or Pace()
        self._listeners: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waker = Waker()
        self._position: int | None = None
        self._closed = False

    def wake(self) -> None:
        """There may be news. From any thread."""
        self._waker.wake()

    def tell(self, kind: str, payload: dict[str, Any]) -> None:
        """An event of the moment, for those who listen to this process now. From any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                self._loop.call_soon_threadsafe(self._offer, Event(OF_THE_MOMENT, kind, payload))

    def close_soon(self) -> None:
        """End all streams. From any thread, also from a signal handler."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                self._loop.call_soon_threadsafe(self.close)

    def close(self) -> None:
        self._closed = True
        for listener in self._listeners:
            listener.end()

    @contextlib.contextmanager
    def listening(self) -> Iterator[Listener]:
        """A listener that gets each event from now on."""
        listener = Listener()
        self._listeners.add(listener)
        if self._closed:
            listener.end()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waker.bind()
        clean_at = self._loop.time()
        while True:
            try:
                await self._advance()
                if self._loop.time() >= clean_at:
                    clean_at = self._loop.time() + self.pace.cleanup
                    await asyncio.to_thread(self.forget_old)
            except SQLAlchemyError:
                log.exception("stream.database")  # the next look comes with the poll below
            await self._waker.wait(self.pace.poll)

    async def _advance(self) -> None:
        if self._position is None:
            self._position = await asyncio.to_thread(self._newest)
        while True:
            events = await asyncio.to_thread(self._after, self._position)
            for event in events:
                self._position = event.number
                self._offer(event)
            if len(events) < _BATCH:
                return

    def _offer(self, event: Event) -> None:
        for listener in self._listeners:
            listener.offer(event)

    def _newest(self) -> int:
        with self.context.database.reading() as session:
            return repository.newest(session)

    def _after(self, number: int) -> list[Event]:
        with self.context.database.reading() as session:
            return repository.after(session, number, _BATCH)

    def forget_old(self) -> None:
        """Delete what is older than `KEEP`. Takes its turn as a writer: not for the event loop."""
        with self.context.database.transaction() as session:
            repository.forget_before(session, self.context.clock() - KEEP)
