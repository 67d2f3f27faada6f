"""The event broker: `publish()` appends to the spool on disk and returns; the shipper does the rest."""

import asyncio
import json
import logging
import sqlite3
import threading
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from rasa_parts.ingest_client import IngestClient
from rasa_parts.once_a_minute import OnceAMinute
from rasa_parts.replies import ReplyMarks
from rasa_parts.settings import Settings
from rasa_parts.shipper import Shipper
from rasa_parts.spool import PUBLISHER_CHECKPOINT, Spool
from rasa_parts.storable import storable

logger = logging.getLogger(__name__)

MAX_HELD = 10_000  # events kept in memory while the disk takes none, about 30 MB
RETRY_SECONDS = 1.0
BUSY_SECONDS = 0.2  # an append takes well under a millisecond; longer than this, customers would feel it
CLOSE_SECONDS = 2.0


class SpoolBroker(EventBroker):
    """`type: rasa_parts.broker.SpoolBroker` in `endpoints.yml`.

    Rasa calls `publish()` in its event loop, before it stores the tracker, and loses the turn if the call
    raises: so it never raises, and waits for nothing but the append. While the disk takes nothing (full,
    locked, gone) events are held in memory and appended later, in order; beyond `MAX_HELD` the oldest are
    lost, which is logged and counted in `lost`.
    """

    def __init__(self, spool_path: Path, shipper: Shipper | None = None) -> None:
        """Without a shipper (no service key) events only collect on disk."""
        self.lost = 0
        self._spool_path = spool_path
        self._shipper = shipper
        self._spool: Spool | None = None
        self._marks = ReplyMarks()
        self._held: deque[str] = deque()
        self._retry: threading.Timer | None = None
        self._lock = threading.Lock()  # the retry runs in another thread than publish()
        self._log_trouble = OnceAMinute()

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: AbstractEventLoop | None = None
    ) -> "SpoolBroker":
        """Reads the environment; raises OSError if the data folder cannot be made."""
        # Here and not above: what it mends brings TensorFlow along, which takes seconds to import.
        from rasa_parts import mends

        # The broker is the one part that no deployment exchanges, and Rasa loads it before any conversation.
        mends.apply()
        settings = Settings.from_env()
        spool_path = settings.make_data_dir() / "spool.db"
        if settings.service_key is None:
            logger.warning(
                "HANDOFF_SERVICE_KEY is not set: no event reaches the handoff service. They collect in %s "
                "and are shipped once Rasa is started with the key.",
                spool_path,
            )
            return cls(spool_path)
        return cls(spool_path, _shipper_for(spool_path, settings.handoff_url, settings.service_key))

    def publish(self, event: dict[str, Any]) -> None:
        """Appends one event. Rasa's dictionary: the raw event plus `sender_id`."""
        self.publish_all([event])

    def publish_all(self, events: Iterable[dict[str, Any]]) -> None:
        """Appends events in one transaction; one that cannot be spooled costs no other."""
        with self._lock:
            for event in events:
                try:
                    self._hold(self._row(event))
                except Exception:
                    self._lose()
            try:
                if self._retry is None and self._held:
                    self._append_held()
            except Exception:
                self._lose()

    def _lose(self) -> None:
        self.lost += 1
        logger.exception("An event could not be spooled and is lost (%s so far).", self.lost)

    async def close(self) -> None:
        """Gives the shipper a moment for what is left."""
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _row(self, event: dict[str, Any]) -> str:
        clean = storable(event)
        sender_id = str(clean.pop("sender_id"))
        reply_to, n = self._marks.mark(sender_id, clean)
        row = {"sender_id": sender_id, "event": clean, "reply_to": reply_to, "n": n}
        # default=str: a slot value of an odd type must not cost the event
        return json.dumps(row, ensure_ascii=False, default=str)

    def _hold(self, row: str) -> None:
        if len(self._held) >= MAX_HELD:
            self._held.popleft()
            self.lost += 1
        self._held.append(row)

    def _append_held(self, last_time: bool = False) -> None:
        try:
            if self._spool is None:
                self._spool = Spool(
                    self._spool_path, busy_seconds=BUSY_SECONDS, checkpoint_pages=PUBLISHER_CHECKPOINT
                )
            self._spool.append(self._held)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            if last_time:
                self.lost += len(self._held)
                logger.error("At the end %s events could not be spooled and are lost.", len(self._held))
                self._held.clear()
            else:
                self._retry = threading.Timer(RETRY_SECONDS, self._try_again)
                self._retry.daemon = True
                self._retry.start()
            return
        self._held.clear()
        self._log_trouble.reset()
        if self._shipper is not None:
            self._shipper.wake()

    def _failed(self, error: Exception) -> None:
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        if self._log_trouble.due():
            logger.error(
                "The event spool %s takes no events: %s. Free the disk or mend the file; "
                "%s events are held in memory meanwhile, %s are lost.",
                self._spool_path,
                error,
                len(self._held),
                self.lost,
            )

    def _try_again(self) -> None:
        with self._lock:
            if self._retry is None:
                return  # closed while this waited for the lock
            self._retry = None
            self._append_held()

    def _close(self) -> None:
        with self._lock:
            if self._retry is not None:
                self._retry.cancel()
                self._retry = None
            if self._held:
                self._append_held(last_time=True)
            if self._spool is not None:
                self._spool.close()
                self._spool = None
        if self._shipper is not None:
            self._shipper.stop(CLOSE_SECONDS)


# Rasa makes a new broker when a model is exchanged over its API and never closes the old one: all of a
# process share one shipper.
_shippers: dict[Path, Shipper] = {}


def _shipper_for(spool_path: Path, base_url: str, service_key: str) -> Shipper:
    shipper = _shippers.get(spool_path)
    if shipper is None or not shipper.is_alive():
        shipper = Shipper(spool_path, IngestClient(base_url, service_key))
        shipper.start()
        _shippers[spool_path] = shipper
    return shipper
