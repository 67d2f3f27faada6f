"""Telling an app's server that a customer has news and nobody is connected, so that their phone shows it.

What is to be told is on disk before it is said: a row per customer, from the number up to which all is
settled. It is settled when a client has it (see `Telling.got`) or the server has taken the notice.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from channels.lasting import lasting
from channels.store import Store

logger = logging.getLogger(__name__)

MIN_SECRET = 32  # characters
# A phone that only changed the network, and one that answers at once, need no notice.
AFTER_SECONDS = 5.0
# While somebody is connected who has not got it: their connection may be dead without knowing.
LOOK_AGAIN_SECONDS = 15.0
BACKOFF = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
GIVE_UP_SECONDS = 24 * 3600.0  # nobody wants yesterday's notice
PREVIEW = 200  # characters of a message's text
_MESSAGES = 10  # the last of those that are new
_AT_ONCE = 8
_IDLE_SECONDS = 1.0
_CALL = aiohttp.ClientTimeout(total=10, connect=3)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Receiver:
    """Who is told, and the secret that notices are signed with."""

    url: str
    secret: bytes

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Receiver | None":
        """By WEBCHAT_PUSH_URL and WEBCHAT_PUSH_SECRET; None without the first. Raises ValueError for what
        cannot be."""
        url, secret = environ.get("WEBCHAT_PUSH_URL", "").strip(), environ.get("WEBCHAT_PUSH_SECRET", "")
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("WEBCHAT_PUSH_URL must begin with https://")
        if len(secret) < MIN_SECRET:
            raise ValueError(f"WEBCHAT_PUSH_SECRET must have {MIN_SECRET} characters at least")
        return cls(url, secret.encode())

    def signature(self, timestamp: str, body: bytes) -> str:
        signed = timestamp.encode() + b"." + body
        return "v1=" + hmac.new(self.secret, signed, hashlib.sha256).hexdigest()


class Push:
    """`store` gives the open store: there is one only while the server runs. `connected` says whether a
    client of the conversation listens. `now` gives seconds since the epoch."""

    def __init__(
        self,
        receiver: Receiver,
        store: Callable[[], Store],
        connected: Callable[[str], bool],
        now: Callable[[], float],
    ) -> None:
        self._receiver = receiver
        self._store = store
        self._connected = connected
        self._now = now
        self._news = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._news = asyncio.Event()
        self._running = asyncio.create_task(lasting(self._run))

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    def expect(self, conversation: str) -> None:
        """Something is about to be said to the customer."""
        with self._store().transaction() as db:
            db.execute(
                "INSERT INTO push (conversation, number, first_at, due_at)"
                " SELECT id, last_number, ?, ? FROM conversation WHERE id = ?"
                " ON CONFLICT DO NOTHING",
                (self._now(), self._now() + AFTER_SECONDS, conversation),
            )
        self._news.set()

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=_CALL, cookie_jar=aiohttp.DummyCookieJar()) as http:
            while True:
                self._news.clear()
                try:
                    due = self._due()
                    await asyncio.gather(*(self._settle(http, *row) for row in due))
                    wait = 0.0 if due else self._seconds_left()
                except sqlite3.Error:
                    logger.exception("what is to be pushed cannot be read")
                    wait = _IDLE_SECONDS
                if wait is None:
                    await self._news.wait()
                else:
                    await asyncio.sleep(min(wait, _IDLE_SECONDS))

    def _due(self) -> list[tuple[str, int, int, float]]:
        with self._store().transaction() as db:
            return db.execute(
                "SELECT conversation, number, attempts, first_at FROM push WHERE due_at <= ?"
                " ORDER BY due_at LIMIT ?",
                (self._now(), _AT_ONCE),
            ).fetchall()

    def _seconds_left(self) -> float | None:
        """Until the next is due; None where nothing is to be told."""
        with self._store().transaction() as db:
            (due,) = db.execute("SELECT min(due_at) FROM push").fetchone()
        return None if due is None else max(0.0, due - self._now())

    async def _settle(
        self, http: aiohttp.ClientSession, conversation: str, number: int, attempts: int, first_at: float
    ) -> None:
        number = max(number, self._received(conversation))
        last = self._store().last_number(conversation)
        news = [each for each in self._store().since(conversation, number) if _is_news(each)]
        if news and self._connected(conversation):
            self._later(conversation, LOOK_AGAIN_SECONDS, attempts)
        elif not news or await self._told(http, conversation, news, attempts):
            self._settled(conversation, last)
        elif self._now() - first_at > GIVE_UP_SECONDS:
            logger.error("a notice is given up conversation=%s attempts=%d", conversation, attempts + 1)
            self._settled(conversation, last)
        else:
            self._later(conversation, BACKOFF[min(attempts, len(BACKOFF) - 1)], attempts + 1)

    async def _told(
        self, http: aiohttp.ClientSession, conversation: str, news: list[dict[str, Any]], attempts: int
    ) -> bool:
        """Whether the server has taken it."""
        _, site, visitor = conversation.split(":", 2)
        notice = {
            "id": f"{visitor}.{news[-1]['number']}",
            "type": "messages",
            "site": site,
            "visitor": visitor,
            "count": len(news),
            "messages": [_preview(each) for each in news[-_MESSAGES:]],
        }
        body = json.dumps(notice, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(self._now()))
        headers = {
            "Content-Type": "application/json",
            "X-Baton-Timestamp": timestamp,
            "X-Baton-Signature": self._receiver.signature(timestamp, body),
        }
        try:
            async with http.post(
                self._receiver.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                taken, why = 200 <= answer.status < 300, str(answer.status)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            taken, why = False, type(error).__name__
        if not taken:
            logger.warning(
                "a notice was not taken conversation=%s attempts=%d %s", conversation, attempts + 1, why
            )
        return taken

    def _received(self, conversation: str) -> int:
        """What clients have is settled."""
        with self._store().transaction() as db:
            row = db.execute(
                "SELECT received, read FROM progress WHERE conversation = ?", (conversation,)
            ).fetchone()
        return max(row) if row else 0

    def _settled(self, conversation: str, number: int) -> None:
        """All up to the number; what was said meanwhile is told on its own."""
        now = self._now()
        with self._store().transaction() as db:
            db.execute(
                "DELETE FROM push WHERE conversation = ? AND EXISTS"
                " (SELECT 1 FROM conversation WHERE id = push.conversation AND last_number <= ?)",
                (conversation, number),
            )
            db.execute(
                "UPDATE push SET number = ?, attempts = 0, first_at = ?, due_at = ? WHERE conversation = ?",
                (number, now, now + AFTER_SECONDS, conversation),
            )

    def _later(self, conversation: str, seconds: float, attempts: int) -> None:
        with self._store().transaction() as db:
            db.execute(
                "UPDATE push SET due_at = ?, attempts = ? WHERE conversation = ?",
                (self._now() + seconds, attempts, conversation),
            )


def _is_news(message: Mapping[str, Any]) -> bool:
    return message["author"] != "customer" and not message.get("replaces") and not message.get("recalled")


def _preview(message: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("number", "id", "author", "author_name", "sent_at")
    return {
        **{name: message[name] for name in kept if name in message},
        "text": message.get("text", "")[:PREVIEW],
        "files": len(message.get("attachments", ())),
    }
