"""Who is on the other end of a web chat: anonymous visitors, each known by a secret token.

The token is 32 random bytes that only the visitor's browser keeps; on disk there is its SHA-256. It travels
in message payloads alone, never in an address, and is never logged.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from channels.store import Store

# A visitor who stays away for a month is a new one: a token left on a shared computer must die some day.
IDLE_LIFETIME = timedelta(days=30)
# Writing "still here" once an hour is exact enough for a lifetime of days.
_TOUCH_EVERY = timedelta(hours=1)


class InvalidTokenError(Exception):
    """The token belongs to nobody, or no longer to anybody."""


@dataclass(frozen=True)
class Visitor:
    """`id` is public and part of the conversation's name; `token` is the secret that proves it."""

    id: str
    token: str


class Visitors:
    """The visitors kept in a channel's store."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def create(self) -> Visitor:
        """A new visitor. The only time that the token is known here."""
        visitor = Visitor(id=secrets.token_hex(16), token=secrets.token_urlsafe(32))
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO visitor (id, token_hash, used_at) VALUES (?, ?, ?)",
                (visitor.id, _hash(visitor.token), self._now()),
            )
        return visitor

    def admit(self, visitor_id: str) -> Visitor:
        """A visitor who has proved in another way who they are, with a token of its own for this browser.

        Raises LookupError when there is no such visitor.
        """
        visitor = Visitor(id=visitor_id, token=secrets.token_urlsafe(32))
        with self._store.transaction() as db:
            if db.execute("SELECT 1 FROM visitor WHERE id = ?", (visitor_id,)).fetchone() is None:
                raise LookupError("no such visitor")
            db.execute(
                "INSERT INTO further_token (token_hash, visitor, used_at) VALUES (?, ?, ?)",
                (_hash(visitor.token), visitor_id, self._now()),
            )
        return visitor

    def recognise(self, token: object) -> Visitor:
        """The visitor whose token this is; their month begins anew. Raises InvalidTokenError otherwise."""
        if not isinstance(token, str) or not token.isascii() or not 1 <= len(token) <= 128:
            raise InvalidTokenError
        digest = _hash(token)
        with self._store.transaction() as db:
            # The search is over hashes, of which a guesser controls no prefix; the comparison itself takes
            # constant time.
            row = db.execute(
                "SELECT id, token_hash, used_at FROM visitor WHERE token_hash = :digest UNION ALL"
                " SELECT visitor, token_hash, used_at FROM further_token WHERE token_hash = :digest",
                {"digest": digest},
            ).fetchone()
        if row is None or not hmac.compare_digest(row[1], digest):
            raise InvalidTokenError
        if row[2] < self._now() - IDLE_LIFETIME.total_seconds():
            raise InvalidTokenError
        self.touch(row[0])
        self._touch_token(digest)
        return Visitor(id=row[0], token=token)

    def touch(self, visitor_id: str) -> None:
        """The visitor is active."""
        now = self._now()
        with self._store.transaction() as db:
            db.execute(
                "UPDATE visitor SET used_at = ? WHERE id = ? AND used_at < ?",
                (now, visitor_id, now - _TOUCH_EVERY.total_seconds()),
            )

    def _touch_token(self, digest: str) -> None:
        now = self._now()
        with self._store.transaction() as db:
            db.execute(
                "UPDATE further_token SET used_at = ? WHERE token_hash = ? AND used_at < ?",
                (now, digest, now - _TOUCH_EVERY.total_seconds()),
            )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
