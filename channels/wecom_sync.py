"""WeCom posts no messages but rings; they are fetched then, from where the last fetch ended.

The place is written down only when everything before it is in the inbox. One fetches per account.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from channels.answers import rows
from channels.store import Store
from channels.tencent import ApiError, TencentApi

logger = logging.getLogger(__name__)

_AT_ONCE = 1000
_LET_IN = 50  # items after which others get their turn: each is written to disk
# The ring's token lets one fetch without a strict limit, for ten minutes.
_TOKEN_SECONDS = 600.0
_AGAIN = (0.5, 2.0, 5.0, 15.0, 60.0)
# A ring may get lost on the way, while nobody writes again.
LOOK_EVERY = 300.0
# The first fetch brings three days of messages, which others have answered.
FIRST_SECONDS = 600.0


def sent_at(item: Mapping[str, Any]) -> float:
    """Seconds since the epoch."""
    given = item.get("send_time")
    return float(given) if isinstance(given, int | float) else 0.0


class Puller:
    """`take` puts one item into the inbox. `begin` runs something until the server stops."""

    def __init__(
        self,
        api: TencentApi,
        store: Callable[[], Store],
        take: Callable[[dict[str, Any]], Awaitable[None]],
        begin: Callable[[Coroutine[Any, Any, None]], None],
        now: Callable[[], float],
    ) -> None:
        self._api = api
        self._store = store
        self._take = take
        self._begin = begin
        self._now = now
        self._rung: set[str] = set()
        self._pauses: dict[str, asyncio.Event] = {}  # of accounts whose fetch has failed
        self.busy: set[str] = set()

    def ring(self, account: str, token: str) -> None:
        """There is something; when this returns, that is on disk."""
        with self._store().transaction() as db:
            db.execute(
                "INSERT INTO bell (name, token, rung_at, since) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET token = excluded.token, rung_at = excluded.rung_at",
                (account, token, self._now(), self._now() - FIRST_SECONDS),
            )
        self._attend(account)

    async def keep_looking(self) -> None:
        """At the start, and now and then, without a ring."""
        while True:
            with self._store().transaction() as db:
                accounts = [name for (name,) in db.execute("SELECT name FROM bell")]
            for account in accounts:
                self._attend(account)
            await asyncio.sleep(LOOK_EVERY)

    def _attend(self, account: str) -> None:
        self._rung.add(account)
        if account in self._pauses:
            self._pauses[account].set()
        if account not in self.busy:
            self.busy.add(account)
            self._begin(self._fetch(account))

    async def _fetch(self, account: str) -> None:
        failures = 0
        try:
            while account in self._rung:
                self._rung.discard(account)
                try:
                    while await self._page(account, with_token=not failures):
                        pass
                    failures = 0
                except Exception as error:  # whatever it is, what was rung for is still there
                    why = str(error) if isinstance(error, ApiError) else type(error).__name__
                    logger.warning("messages could not be fetched: %s", why)
                    rung = await self._pause(account, _AGAIN[min(failures, len(_AGAIN) - 1)])
                    failures = 0 if rung else failures + 1
                    self._rung.add(account)
        finally:
            self.busy.discard(account)

    async def _pause(self, account: str, seconds: float) -> bool:
        """True where it ends early because of a ring: WeCom is there, and gives another token."""
        self._pauses[account] = asyncio.Event()
        try:
            await asyncio.wait_for(self._pauses[account].wait(), seconds)
        except asyncio.TimeoutError:
            return False
        finally:
            del self._pauses[account]
        return True

    async def _page(self, account: str, *, with_token: bool) -> bool:
        """Fetch once; whether there is more."""
        with self._store().transaction() as db:
            cursor, token, rung_at, since = db.execute(
                "SELECT cursor, token, rung_at, since FROM bell WHERE name = ?", (account,)
            ).fetchone()
        asked: dict[str, Any] = {"open_kfid": account, "limit": _AT_ONCE, "voice_format": 0}
        if cursor:
            asked["cursor"] = cursor
        if token and with_token and self._now() - rung_at < _TOKEN_SECONDS:
            asked["token"] = token
        answer = await self._api.call("/cgi-bin/kf/sync_msg", asked)
        for number, item in enumerate(rows(answer, "msg_list"), start=1):
            if sent_at(item) >= since:
                await self._taken(item)
            if number % _LET_IN == 0:
                await asyncio.sleep(0)
        told = answer.get("next_cursor")
        following = told if isinstance(told, str) and told else cursor
        with self._store().transaction() as db:
            db.execute("UPDATE bell SET cursor = ? WHERE name = ?", (following, account))
        return bool(answer.get("has_more")) and following != cursor

    async def _taken(self, item: dict[str, Any]) -> None:
        """One that nobody can make sense of costs itself alone; a disk that fails is waited for."""
        try:
            await self._take(item)
        except sqlite3.Error:
            raise
        except Exception:
            logger.exception("an item is left out: type %s", item.get("msgtype"))
