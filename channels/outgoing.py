"""What is on its way to a provider, on disk until it has arrived: the requests of each conversation.

A request is written down before it is sent. One that a dead process leaves `sending` may or may not have
arrived; whoever goes on decides what that means.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from channels.store import Store

RESEND = "resend"
"""In what comes of a message: an agent wants it sent again. The number grows with each wish."""

_COLUMNS = "position, conversation, key, author, message_ids, request, status, attempts, due_at, queued_at"


@dataclass(frozen=True)
class Part:
    """One request for the provider. `message_ids`: the messages that it carries, of which the last may go on
    in the next part. `key`: for the provider to know a repetition by, 32 hexadecimal digits."""

    position: int
    conversation: str
    key: str
    author: str
    message_ids: list[str]
    request: dict[str, Any]
    status: str
    attempts: int
    due_at: float
    queued_at: float


@dataclass(frozen=True)
class Rendered:
    """A request as a connector makes it out of messages; see `Part`."""

    message_ids: Sequence[str]
    author: str
    request: dict[str, Any]


@dataclass(frozen=True)
class Carried:
    """The messages in what the provider has. `whole`: those that end with it, and nothing of them has
    failed."""

    conversation: str
    message_ids: list[str]
    whole: list[str]


class Outgoing:
    """`store` gives the open store: there is one only while the server runs."""

    def __init__(self, store: Callable[[], Store], now: Callable[[], float]) -> None:
        self._store = store
        self.now = now

    def render(self, conversation: str, make: Callable[[list[dict[str, Any]]], Sequence[Rendered]]) -> None:
        """Queue what `make` makes of the messages that are new since the last time."""
        store = self._store()
        rendered = store.look("SELECT number FROM rendered WHERE conversation = ?", conversation)
        messages = store.since(conversation, rendered[0][0] if rendered else 0)
        if not messages:
            return
        with store.transaction() as db:
            ours = [message for message in messages if _is_said(message)]
            for number, part in enumerate(make(ours) if ours else ()):
                db.execute(
                    "INSERT INTO outgoing"
                    " (conversation, key, author, message_ids, request, status, queued_at)"
                    " VALUES (?, ?, ?, ?, ?, 'queued', ?)",
                    (
                        conversation,
                        _key(f"{conversation} {part.message_ids[0]} {number}"),
                        part.author,
                        json.dumps(list(part.message_ids)),
                        json.dumps(part.request),
                        self.now(),
                    ),
                )
            db.execute(
                "INSERT INTO rendered (conversation, number) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET number = excluded.number",
                (conversation, messages[-1]["number"]),
            )

    def next(self, conversation: str) -> Part | None:
        """The oldest that is neither sent nor failed."""
        parts = self._parts("conversation = ? AND status IN ('queued', 'sending')", conversation, limit=1)
        return parts[0] if parts else None

    def unfinished_conversations(self) -> list[str]:
        """Every conversation with something to send or to render, the longest waiting first."""
        with self._store().transaction() as db:
            rows = db.execute(
                "SELECT conversation FROM outgoing WHERE status IN ('queued', 'sending')"
                " UNION SELECT id FROM conversation LEFT JOIN rendered ON conversation = id"
                " WHERE last_number > coalesce(number, 0)"
            ).fetchall()
        return [conversation for (conversation,) in rows]

    def begin(self, part: Part) -> bool:
        """The provider gets it now; False where it was withdrawn."""
        return self._set(part, "status = 'sending', attempts = attempts + 1")

    def withdraw(self, conversation: str, message_id: str) -> None:
        """What has not been sent of the message never is, unless others go with it."""
        with self._store().transaction() as db:
            db.execute(
                "UPDATE outgoing SET status = 'failed', error = 'recalled' WHERE conversation = ?"
                " AND status = 'queued' AND attempts = 0 AND message_ids = ?",
                (conversation, json.dumps([message_id])),
            )

    def sent(self, part: Part, provider_id: str | None) -> None:
        self._set(part, "status = 'sent', error = NULL, provider_id = ?", provider_id)

    def again(self, part: Part, seconds: float, reason: str) -> bool:
        """False where the provider has told meanwhile that it has it, or what became of it."""
        return self._set(part, "status = 'queued', due_at = ?, error = ?", self.now() + seconds, reason)

    def failed(self, part: Part, reason: str) -> bool:
        """As `again`."""
        return self._set(part, "status = 'failed', error = ?", reason)

    def failed_there(self, provider_id: str, reason: str) -> None:
        """The provider had taken it and could not bring it to the customer: an agent may send it again."""
        with self._store().transaction() as db:
            db.execute(
                "UPDATE outgoing SET status = 'failed', error = ? WHERE provider_id = ? AND status = 'sent'",
                (reason, provider_id),
            )

    def arrived(self, key: str, provider_id: str) -> None:
        """The provider tells of what it was sent under that key, whose answer may never have come."""
        with self._store().transaction() as db:
            db.execute(
                "UPDATE outgoing SET status = 'sent', error = NULL, provider_id = ?"
                " WHERE key = ? AND provider_id IS NULL",
                (provider_id, key),
            )

    def retry(self, conversation: str, message_id: str, wish: int) -> None:
        """Queue the parts of the message that have failed once more, unless that was done for this wish, or
        the message came with it or with a later one."""
        with self._store().transaction() as db:
            new = db.execute(
                "UPDATE timeline SET body = json_set(body, :at, :wish)"
                " WHERE conversation = :conversation AND id = :id"
                " AND coalesce(json_extract(body, :at), 0) < :wish",
                {"at": f"$.{RESEND}", "wish": wish, "conversation": conversation, "id": message_id},
            )
            if not new.rowcount:
                return
            failed = db.execute(
                "SELECT position, key, error FROM outgoing WHERE conversation = ? AND status = 'failed'"
                " AND EXISTS (SELECT 1 FROM json_each(message_ids) WHERE value = ?)",
                (conversation, message_id),
            ).fetchall()
            for position, key, error in failed:
                # What the provider still tells of one that it did lose is not of this one. One that it may
                # have had is the same, so that it can drop it, or tell that it has it.
                key = key if error == "unconfirmed" else _key(f"{key} {wish}")
                db.execute(
                    "UPDATE outgoing SET key = ?, status = 'queued', attempts = 0, due_at = 0, queued_at = ?,"
                    " provider_id = NULL WHERE position = ?",
                    (key, self.now(), position),
                )

    def carried_by(self, provider_id: str) -> Carried | None:
        """What the provider's message of that id has in it."""
        with self._store().transaction() as db:
            row = db.execute(
                "SELECT conversation, message_ids, position FROM outgoing WHERE provider_id = ?",
                (provider_id,),
            ).fetchone()
            if row is None:
                return None
            conversation, message_ids, position = row[0], json.loads(row[1]), row[2]
            goes_on = db.execute(
                "SELECT message_ids FROM outgoing WHERE conversation = ? AND position > ?"
                " ORDER BY position LIMIT 1",
                (conversation, position),
            ).fetchone()
            failed = db.execute(
                "SELECT value FROM outgoing, json_each(message_ids)"
                " WHERE conversation = ? AND status = 'failed'",
                (conversation,),
            ).fetchall()
        not_whole = {*(json.loads(goes_on[0]) if goes_on else ()), *(each for (each,) in failed)}
        return Carried(conversation, message_ids, [each for each in message_ids if each not in not_whole])

    def sent_as(self, conversation: str, provider_id: str) -> list[Part]:
        """The parts that the provider has under that id."""
        return self._parts("conversation = ? AND provider_id = ?", conversation, provider_id, limit=-1)

    def shown_as(self, conversation: str, message_id: str) -> list[str | None]:
        """What the provider calls each part of a message that the customer has or may have; None where it
        has not told."""
        with self._store().transaction() as db:
            rows = db.execute(
                "SELECT provider_id FROM outgoing, json_each(message_ids)"
                " WHERE conversation = ? AND json_each.value = ?"
                " AND (status = 'sent' OR error = 'unconfirmed' OR provider_id IS NOT NULL)"
                " ORDER BY position",
                (conversation, message_id),
            ).fetchall()
        return [provider_id for (provider_id,) in rows]

    def _parts(self, where: str, *values: Any, limit: int) -> list[Part]:
        query = f"SELECT {_COLUMNS} FROM outgoing WHERE {where} ORDER BY position LIMIT ?"  # noqa: S608 -- ours
        rows = self._store().look(query, *values, limit)
        return [Part(*row[:4], json.loads(row[4]), json.loads(row[5]), *row[6:]) for row in rows]

    def _set(self, part: Part, what: str, *values: Any) -> bool:
        """Whether it was neither sent nor failed before; else nothing changes."""
        with self._store().transaction() as db:
            changed = db.execute(
                f"UPDATE outgoing SET {what} WHERE position = ? AND status IN ('queued', 'sending')",  # noqa: S608 -- ours
                (*values, part.position),
            )
        return changed.rowcount > 0


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _is_said(message: dict[str, Any]) -> bool:
    """By us, and not about an earlier message or taken back by now."""
    return message["author"] != "customer" and not message.get("replaces") and not message.get("recalled")
