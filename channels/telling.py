"""What the handoff service still has to be told of customers (receipts, feedback, presence), on disk until
it is.

It is told in order, again after a failure, and while the service is away it waits. The service takes a
repetition for what it is.
"""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from channels.desk import Desk, DeskAway, DeskRefuses
from channels.store import Store

logger = logging.getLogger(__name__)

DELIVERED, READ = "delivered", "read"
_AT_ONCE = 200  # message ids that the service takes in one call
_RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)


class Telling:
    """`store` gives the open store: there is one only while the server runs."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._news = asyncio.Event()

    def got(self, conversation: str, number: int, how: str) -> None:
        """The customer's client has all up to the number (DELIVERED), or the customer has read it (READ)."""
        column = "read" if how == READ else "received"
        with self._store().transaction() as db:
            row = db.execute(
                "SELECT received, read, last_number FROM conversation"
                " LEFT JOIN progress ON progress.conversation = conversation.id WHERE id = ?",
                (conversation,),
            ).fetchone()
            if row is None:
                return
            received, read, last = row[0] or 0, row[1] or 0, row[2]
            before, number = (read if how == READ else received), min(number, last)
            if number <= before:
                return
            ids = db.execute(
                "SELECT id FROM timeline WHERE conversation = ? AND number > ? AND number <= ?"
                " AND json_extract(body, '$.author') IN ('agent', 'system')"
                " AND json_extract(body, '$.replaces') IS NULL ORDER BY number",
                (conversation, before, number),
            ).fetchall()
            db.execute(
                f"INSERT INTO progress (conversation, {column}) VALUES (?, ?)"  # noqa: S608 -- one of two names
                f" ON CONFLICT DO UPDATE SET {column} = excluded.{column}",
                (conversation, number),
            )
            for start in range(0, len(ids), _AT_ONCE):
                batch = [message_id for (message_id,) in ids[start : start + _AT_ONCE]]
                self._put(db, conversation, "receipts", {"message_ids": batch, "state": how})

    def tell(self, conversation: str, what: str, body: dict[str, Any]) -> None:
        with self._store().transaction() as db:
            self._put(db, conversation, what, body)

    def tell_latest(self, conversation: str, what: str, body: dict[str, Any]) -> None:
        """Tell, in place of an earlier word of the same that has not been told yet."""
        with self._store().transaction() as db:
            db.execute("DELETE FROM telling WHERE conversation = ? AND what = ?", (conversation, what))
            self._put(db, conversation, what, body)

    async def run(self, desk: Desk) -> None:
        """Tell until cancelled."""
        self._news = asyncio.Event()
        failures = 0
        while True:
            self._news.clear()
            try:
                while row := self._next():
                    await self._tell(desk, *row)
                    failures = 0
                await self._news.wait()
            except DeskAway as error:
                if not failures:
                    logger.warning("the handoff service cannot be told of customers: %s", error)
                await asyncio.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                failures += 1
            except sqlite3.Error:
                logger.exception("what is to be told cannot be read")
                await asyncio.sleep(_RETRY_SECONDS[-1])

    async def _tell(self, desk: Desk, position: int, conversation: str, what: str, body: str) -> None:
        try:
            await desk.tell(conversation, what, json.loads(body))
        except DeskRefuses as refusal:
            # Trying again would hold back what comes behind it for ever.
            logger.warning("told in vain conversation=%s what=%s %s", conversation, what, refusal)
        with self._store().transaction() as db:
            db.execute("DELETE FROM telling WHERE position = ?", (position,))

    def _next(self) -> tuple[int, str, str, str] | None:
        with self._store().transaction() as db:
            return db.execute(
                "SELECT position, conversation, what, body FROM telling ORDER BY position LIMIT 1"
            ).fetchone()

    def _put(self, db: sqlite3.Connection, conversation: str, what: str, body: dict[str, Any]) -> None:
        db.execute(
            "INSERT INTO telling (conversation, what, body) VALUES (?, ?, ?)",
            (conversation, what, json.dumps(body)),
        )
        self._news.set()
