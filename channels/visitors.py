"""Who is on the other end of a web chat: visitors, each session known by a secret token.

The token is 32 random bytes that only the client keeps; on disk there is its SHA-256. It travels in a header
or a body, never in an address, and is never logged.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from channels.sites import Vouched
from channels.store import Store

# A visitor who stays away for a month is a new one: a token left on a shared computer must die some day.
IDLE_LIFETIME = timedelta(days=30)
# Writing "still here" once an hour is exact enough for a lifetime of days.
_TOUCH_EVERY = timedelta(hours=1)
# Devices and visits of one customer. The one used longest ago ends first.
MAX_SESSIONS = 50


class InvalidTokenError(Exception):
    """The token belongs to nobody, or no longer to anybody."""


@dataclass(frozen=True)
class Visitor:
    """`id` is public and part of the conversation's name; `token` is the secret that proves it."""

    id: str
    site: str
    token: str


class Visitors:
    """The sessions kept in a channel's store."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def create(self, site: str) -> Visitor:
        """A new visitor whom nobody knows. The only time that the token is known here."""
        return self._begin(secrets.token_hex(16), site, None)

    def welcome(self, site: str, who: Vouched) -> Visitor:
        """A session of somebody the site knows, for as long as the site says so."""
        return self._begin(who.key, site, who.expires_at)

    def admit(self, visitor: str, site: str) -> Visitor:
        """A visitor who has proved in another way who they are, with a token of its own for this client.

        Raises LookupError when there is no such visitor.
        """
        with self._store.transaction() as db:
            known = db.execute(
                "SELECT 1 FROM session WHERE visitor = ? AND site = ?", (visitor, site)
            ).fetchone()
        if known is None:
            raise LookupError("no such visitor")
        return self._begin(visitor, site, None)

    def recognise(self, token: object) -> Visitor:
        """The visitor whose token this is; their month begins anew. Raises InvalidTokenError otherwise."""
        if not isinstance(token, str) or not token.isascii() or not 1 <= len(token) <= 128:
            raise InvalidTokenError
        digest = _hash(token)
        with self._store.transaction() as db:
            # The search is over hashes, of which a guesser controls no prefix; the comparison itself takes
            # constant time.
            row = db.execute(
                "SELECT token_hash, visitor, site, used_at, expires_at FROM session WHERE token_hash = ?",
                (digest,),
            ).fetchone()
            now = self._now()
            if row is None or not hmac.compare_digest(row[0], digest):
                raise InvalidTokenError
            if row[3] < now - IDLE_LIFETIME.total_seconds() or (row[4] is not None and row[4] <= now):
                raise InvalidTokenError
            if row[3] < now - _TOUCH_EVERY.total_seconds():
                db.execute("UPDATE session SET used_at = ? WHERE token_hash = ?", (now, digest))
        return Visitor(id=row[1], site=row[2], token=token)

    def _begin(self, visitor: str, site: str, expires_at: float | None) -> Visitor:
        token = secrets.token_urlsafe(32)
        with self._store.transaction() as db:
            db.execute(
                "DELETE FROM session WHERE visitor = ? AND token_hash NOT IN"
                " (SELECT token_hash FROM session WHERE visitor = ? ORDER BY used_at DESC LIMIT ?)",
                (visitor, visitor, MAX_SESSIONS - 1),
            )
            db.execute(
                "INSERT INTO session (token_hash, visitor, site, used_at, expires_at) VALUES (?, ?, ?, ?, ?)",
                (_hash(token), visitor, site, self._now(), expires_at),
            )
            # One who is vouched for begins a session per visit: those that ended are of no use to anybody.
            db.execute("DELETE FROM session WHERE visitor = ? AND expires_at <= ?", (visitor, self._now()))
        return Visitor(id=visitor, site=site, token=token)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
