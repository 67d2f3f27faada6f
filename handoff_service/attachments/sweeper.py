"""Removes the files that no message came to show, and what an interrupted upload left behind.

Deadlines are a column, so they survive a restart. The file goes first and its row last: a crash in between
leaves a row that is taken up again.
"""

import asyncio

import structlog

from handoff_service.attachments import repository
from handoff_service.attachments.errors import StorageAway
from handoff_service.attachments.storage import Storage
from handoff_service.context import Context

log = structlog.get_logger(__name__)

AT_ONCE = 100
LOOK_EVERY = 60.0
"""Seconds: nobody waits for it, and a look is one read of an index."""


class Sweeper:
    def __init__(self, context: Context, storage: Storage) -> None:
        self._context = context
        self._storage = storage

    def wake(self) -> None:
        """It keeps its own pace."""

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.sweep)
            except Exception:
                log.exception("sweeping_failed")
            await asyncio.sleep(LOOK_EVERY)

    def sweep(self) -> int:
        """Remove what is due; how many files that were."""
        with self._context.database.reading() as session:
            due = repository.next_expiry(session)
        if due is None or due > self._context.clock():
            return 0
        with self._context.work() as unit:
            ids = repository.take_expired(unit.session, unit.now, AT_ONCE)
        removed = []
        for attachment_id in ids:
            try:
                self._storage.delete(attachment_id)
            except StorageAway:
                log.warning("attachment_not_removed", attachment_id=attachment_id)  # it stays due
            else:
                removed.append(attachment_id)
        with self._context.work() as unit:
            for attachment_id in removed:
                repository.forget(unit.session, attachment_id)
        log.info("attachments_swept", removed=len(removed))
        return len(removed)
