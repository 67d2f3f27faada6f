"""What the handoff service still has to be told of customers (receipts, feedback, presence), on disk until
it is.

It is told in order, several things in one call where there is more to tell, again after a failure, and
while the service is away it waits. What the service fails at holds back its own conversation alone, and not
for ever. The service takes a repetition for what it is.
"""

import asyncio
import contextlib
import json
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from channels.desk import Desk, DeskAway, DeskFails, DeskRefuses
from channels.store import Store

logger = logging.getLogger(__name__)

DELIVERED, READ = "delivered", "read"
_AT_ONCE = 200  # message ids that the service takes in one call
_TOGETHER = 10  # in one call: others who write wait for all of it
_RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)
# Between the tries at which the service fails, while the conversation waits; after the last it goes on
# without that one, which is tried again each hour.
_FAILING_SECONDS = (1.0, 5.0, 15.0, 60.0, 300.0)
_LEFT_SECONDS = 3600.0
# The service may have lost it since, with its database.
_TOLD_SECONDS = 3600.0
_BEHIND = 424  # another of the same customer, which failed
_FOR_A_WHILE = (_BEHIND, 429)


class _Row(NamedTuple):
    position: int
    conversation: str
    what: str
    body: str


class Telling:
    """`store` gives the open store: there is one only while the server runs."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._news = asyncio.Event()
        self._put_off: dict[str, tuple[int, float]] = {}  # by conversation: tries, and until when
        self._left: dict[int, float] = {}  # by position: until when

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
        """Tell, in place of an earlier word of the same that has not been told yet. What was told last is not
        told again within the hour."""
        about = (conversation, what)
        now = time.time()
        with self._store().transaction() as db:
            last = db.execute(
                "SELECT body FROM told WHERE conversation = ? AND what = ? AND at BETWEEN ? AND ?",
                (*about, now - _TOLD_SECONDS, now),
            ).fetchone()
            if last and json.loads(last[0]) == body:
                return
            db.execute(
                "INSERT INTO told (conversation, what, body, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET body = excluded.body, at = excluded.at",
                (*about, json.dumps(body), now),
            )
            db.execute("DELETE FROM telling WHERE conversation = ? AND what = ?", about)
            self._put(db, conversation, what, body)

    async def run(self, desk: Desk) -> None:
        """Tell until cancelled."""
        self._news = asyncio.Event()
        failures = 0
        while True:
            self._news.clear()
            try:
                while rows := self._next():
                    await self._tell(desk, rows)
                    failures = 0
                await self._wait()
            except DeskAway as error:
                if not failures:
                    logger.warning("the handoff service cannot be told of customers: %s", error)
                await asyncio.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                failures += 1
            except sqlite3.Error:
                logger.exception("what is to be told cannot be read")
                await asyncio.sleep(_RETRY_SECONDS[-1])

    async def _tell(self, desk: Desk, rows: list[_Row]) -> None:
        if len(rows) > 1:
            try:
                items = [(row.conversation, row.what, json.loads(row.body)) for row in rows]
                answers = await desk.tell_together(items)
            except (DeskFails, DeskRefuses) as failure:  # because of one of them perhaps
                logger.warning("not told together, and so one by one: %s", failure)
            else:
                failed: set[str] = set()
                for row, answer in zip(rows, answers, strict=True):
                    behind = isinstance(answer, DeskRefuses) and answer.status == _BEHIND
                    if not (behind and row.conversation in failed) and not self._answered(row, answer):
                        failed.add(row.conversation)
                return
        await self._tell_one_by_one(desk, rows)

    async def _tell_one_by_one(self, desk: Desk, rows: list[_Row]) -> None:
        failed: set[str] = set()
        for row in rows:
            if row.conversation in failed:
                continue
            answer: DeskFails | DeskRefuses | None = None
            try:
                await desk.tell(row.conversation, row.what, json.loads(row.body))
            except (DeskFails, DeskRefuses) as failure:
                answer = failure
            if not self._answered(row, answer):
                failed.add(row.conversation)

    def _answered(self, row: _Row, answer: DeskFails | DeskRefuses | None) -> bool:
        """Whether it is done with, so that what comes behind it may be told."""
        if isinstance(answer, DeskFails) or (answer is not None and answer.status in _FOR_A_WHILE):
            self._fail(row, answer)
            return False
        if answer is not None:  # trying again would hold back what comes behind it for ever
            logger.warning("told in vain conversation=%s what=%s %s", row.conversation, row.what, answer)
        self._end(row, in_vain=answer is not None)
        return True

    def _end(self, row: _Row, *, in_vain: bool) -> None:
        self._put_off.pop(row.conversation, None)
        self._left.pop(row.position, None)
        with self._store().transaction() as db:
            db.execute("DELETE FROM telling WHERE position = ?", (row.position,))
            if in_vain:
                db.execute(
                    "DELETE FROM told WHERE conversation = ? AND what = ?", (row.conversation, row.what)
                )

    def _fail(self, row: _Row, failure: Exception) -> None:
        now = time.monotonic()
        tries, _ = self._put_off.pop(row.conversation, (0, 0.0))
        if tries < len(_FAILING_SECONDS) and row.position not in self._left:
            self._put_off[row.conversation] = (tries + 1, now + _FAILING_SECONDS[tries])
            return
        self._left[row.position] = now + _LEFT_SECONDS
        told = (row.conversation, row.what, failure)
        logger.error("not told, and left for an hour conversation=%s what=%s %s", *told)

    async def _wait(self) -> None:
        """For news, or until something is no longer put off."""
        due = min((*(until for _, until in self._put_off.values()), *self._left.values()), default=None)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._news.wait(), due and max(0.0, due - time.monotonic()))

    def _next(self) -> list[_Row]:
        """What comes next of the conversations whose turn it is."""
        now = time.monotonic()
        put_off = {name: (tries, until) for name, (tries, until) in self._put_off.items() if until > now}
        left = {position: until for position, until in self._left.items() if until > now}
        with self._store().transaction() as db:
            found = db.execute(
                "SELECT position, conversation, what, body FROM telling"
                " WHERE position NOT IN (SELECT value FROM json_each(?))"
                " AND conversation NOT IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT ?",
                (json.dumps(list(left)), json.dumps(list(put_off)), _TOGETHER),
            ).fetchall()
        if not found:
            self._put_off, self._left = put_off, left  # of others there is nothing left to tell
        return [_Row(*row) for row in found]

    def _put(self, db: sqlite3.Connection, conversation: str, what: str, body: dict[str, Any]) -> None:
        db.execute(
            "INSERT INTO telling (conversation, what, body) VALUES (?, ?, ?)",
            (conversation, what, json.dumps(body)),
        )
        self._news.set()
