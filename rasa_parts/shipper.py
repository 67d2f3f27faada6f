"""Ships the event spool to the handoff service's `/ingest`, in order, from a thread of its own."""

import contextlib
import fcntl
import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from rasa_parts.ingest_client import Accepted, IngestClient, Refused, Unavailable
from rasa_parts.once_a_minute import OnceAMinute
from rasa_parts.spool import SHIPPER_CHECKPOINT, Spool, SpooledEvent

logger = logging.getLogger(__name__)

BATCH = 200  # what /ingest takes at once
COALESCE = 0.01  # a turn publishes 5 to 11 events within a few milliseconds: one request instead of many
# Seconds between the beginnings of two requests: in a rush they are fewer and larger, which is cheaper for
# both sides. What comes after a pause leaves at once.
BETWEEN = 0.1
POLL = 0.25  # events of another Rasa process that shares the spool come without a wake-up
FIRST_RETRY, LAST_RETRY = 0.1, 2.0
STANDBY = 0.5  # how soon another process takes over the spool of one that died
BUSY_SECONDS = 5.0  # may wait for the disk: nobody waits for this thread


class Shipper(threading.Thread):
    """Sends whatever the spool holds, for ever, until `stop()`.

    Of all shippers on one spool, in whatever process, a single one works at a time: the holder of an
    exclusive lock on `<spool>.lock`, which the system releases when its process dies. The others stand by, so
    that events leave in the order in which they were spooled.

    A batch is retried until the service has answered for each of its events. If the service refuses a batch
    for what is in it, the batch is halved until the poisoned event is alone, which then moves to the
    `dead` table, so that it holds nobody back.
    """

    def __init__(self, spool_path: Path, client: IngestClient) -> None:
        super().__init__(name="event-shipper", daemon=True)
        self._spool_path = spool_path
        self._client = client
        self._work = threading.Event()
        self._stop_asked = threading.Event()
        self._greeted = False
        self._sent_at = float("-inf")
        self._failing_since: float | None = None
        self._log_failure = OnceAMinute()

    def wake(self) -> None:
        """Says that the spool has new events."""
        self._work.set()

    def stop(self, timeout: float) -> None:
        """Sends what is left, if that goes at once, and ends the thread; waits at most `timeout` seconds."""
        self._stop_asked.set()
        self._work.set()
        self.join(timeout)

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                with _exclusive(self._spool_path.with_suffix(".lock")) as is_mine:
                    if is_mine:
                        self._work_through()
            except Exception:
                # Whatever it was, a relay that has ended silently would be worse than one that tries again.
                if self._log_failure.due():
                    logger.exception("The event shipper failed; it starts again.")
            self._stop_asked.wait(STANDBY)

    def _work_through(self) -> None:
        delay = FIRST_RETRY
        with contextlib.ExitStack() as stack:
            spool: Spool | None = None
            while True:
                # Looked at before sending: at a stop, what is in the spool by now gets its one attempt.
                stopping = self._stop_asked.is_set()
                try:
                    if spool is None:
                        spool = self._open(stack)
                    self._send_all(spool)
                except (Unavailable, sqlite3.Error, OSError) as error:
                    self._failed(error, spool)
                    if stopping:
                        return
                    # New events do not cut the wait short: they would turn the retries into a storm.
                    self._stop_asked.wait(delay)
                    delay = min(delay * 2, LAST_RETRY)
                    continue
                self._succeeded()
                delay = FIRST_RETRY
                if stopping:
                    return
                self._await_events()

    def _open(self, stack: contextlib.ExitStack) -> Spool:
        spool = Spool(self._spool_path, busy_seconds=BUSY_SECONDS, checkpoint_pages=SHIPPER_CHECKPOINT)
        stack.callback(spool.close)
        return spool

    def _await_events(self) -> None:
        if self._work.wait(POLL):
            self._work.clear()
            self._stop_asked.wait(max(COALESCE, self._sent_at + BETWEEN - time.monotonic()))

    def _send_all(self, spool: Spool) -> None:
        if not self._greeted:
            # A sign of life: the desk sees that the relay runs before anybody has spoken.
            self._client.probe()
            self._greeted = True
        while events := spool.batch(BATCH):
            self._sent_at = time.monotonic()
            self._send(spool, events)
            if len(events) < BATCH:  # of what came meanwhile we were told
                return

    def _send(self, spool: Spool, events: list[SpooledEvent]) -> None:
        answer = self._client.send(events)
        if isinstance(answer, Accepted):
            self._settle(spool, events, answer)
        elif len(events) > 1:
            middle = len(events) // 2
            self._send(spool, events[:middle])
            self._send(spool, events[middle:])
        else:
            self._bury(spool, events[0], answer)

    def _settle(self, spool: Spool, events: list[SpooledEvent], answer: Accepted) -> None:
        known = {event.id for event in events} & answer.answered
        spool.remove(sorted(known))
        for event in events:
            if event.id in answer.rejected:
                logger.warning(
                    "The handoff service rejected event %s of %r: %s (correlation %s)",
                    event.id,
                    _sender(event),
                    answer.rejected[event.id],
                    answer.correlation_id,
                )
        if len(known) < len(events):
            raise Unavailable(f"it answered for {len(known)} of {len(events)} events")

    def _bury(self, spool: Spool, event: SpooledEvent, answer: Refused) -> None:
        # Is it this event, or does the service refuse everything? In that case nothing may be given up.
        self._client.probe()
        spool.bury(event, answer.reason)
        logger.error(
            "The handoff service refuses event %s of %r: %s. It was put into the table `dead` of %s "
            "(correlation %s).",
            event.id,
            _sender(event),
            answer.reason,
            self._spool_path,
            answer.correlation_id,
        )

    def _failed(self, error: Exception, spool: Spool | None) -> None:
        if self._failing_since is None:
            self._failing_since = time.monotonic()
        if self._log_failure.due():
            logger.warning(
                "Events cannot be shipped to %s: %s. They wait on disk (%s) until it works again.",
                self._client.url,
                error,
                _count(spool),
            )

    def _succeeded(self) -> None:
        if self._failing_since is not None:
            seconds = time.monotonic() - self._failing_since
            logger.info("Events are being shipped again to %s, after %.1f s.", self._client.url, seconds)
            self._failing_since = None
            self._log_failure.reset()


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[bool]:
    """Whether this caller alone holds the lock file, until the end of the block."""
    # flock, not lockf: it also keeps two shippers of one process apart.
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _sender(event: SpooledEvent) -> str | None:
    return json.loads(event.body).get("sender_id")


def _count(spool: Spool | None) -> str:
    try:
        return f"{spool.waiting()} events" if spool is not None else "the spool cannot be read"
    except sqlite3.Error as error:
        return f"the spool cannot be read: {error}"
