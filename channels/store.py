"""A channel's memory on disk: the inbox of accepted messages and the numbered timeline of each conversation.

SQLite in WAL mode with `synchronous=NORMAL`: a commit survives the death of the process (kill -9), though the
last ones may be undone, never torn, by a power cut. All calls are short and made from the event loop's
thread; one process owns the file (see `lock`). Times are seconds since the epoch inside, RFC 3339 UTC in what
customers get.
"""

import fcntl
import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from channels import schema

HANDLING = "handling"
UPLOADS_KEPT = 24 * 3600.0  # seconds; as long as the handoff service keeps a file that no message shows


class UnknownConversationError(LookupError):
    """Somebody speaks to a customer this channel has never seen."""


class StoreInUseError(RuntimeError):
    """Another process already works on this inbox; two would handle each message twice."""


@dataclass(frozen=True)
class Accepted:
    """A customer's message that is on disk. `new` is False when this client id had been accepted before."""

    message_id: str
    number: int
    new: bool


@dataclass(frozen=True)
class InboxRow:
    """An accepted message that Rasa has not finished with."""

    message_id: str
    conversation: str
    text: str
    metadata: dict[str, Any]
    status: str
    attempts: int


class Store:
    """The inbox and the timelines in one SQLite file. `now` gives seconds since the epoch."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = lock(path.with_name(path.name + ".lock"))
        # Customers' words: readable by the owner alone. SQLite gives its side files the mode of the main one.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._now = now
        self._db = sqlite3.connect(path, isolation_level=None, timeout=2.0)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA foreign_keys=ON")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version not in range(schema.VERSION + 1):
            raise RuntimeError(f"{path} was written by another version of this channel (schema {version})")
        self._db.executescript(f"BEGIN; {schema.SCHEMA} {schema.FROM_1 if version == 1 else ''} COMMIT;")
        self._db.execute(f"PRAGMA user_version={schema.VERSION}")

    def close(self) -> None:
        """Let go of the file; another process may open it from now on."""
        self._db.close()
        os.close(self._lock)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; committed when the block ends without an exception. It awaits nothing. One within
        another is part of it."""
        if self._db.in_transaction:
            yield self._db
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def look(self, query: str, *values: Any) -> list[Any]:
        """The rows of one query, which is consistent in itself and waits for nobody."""
        return self._db.execute(query, values).fetchall()

    # -- conversations and their timeline

    def open_conversation(self, conversation: str) -> None:
        """Make the conversation known; only known ones can be spoken to."""
        self._db.execute("INSERT INTO conversation (id) VALUES (?) ON CONFLICT DO NOTHING", (conversation,))

    def append(self, conversation: str, message_id: str, body: dict[str, Any]) -> int | None:
        """Add a message for the customer and return its number, or None when this id is already there."""
        with self.transaction():
            if self._known(conversation, message_id):
                return None
            return self._append(conversation, message_id, body)

    def recall(self, conversation: str, message_id: str) -> int | None:
        """Take the words out of what was said to the customer, and add what tells those who have seen them.

        Returns the number of the latter; None when there is no such message or it has been recalled before.
        """
        with self.transaction() as db:
            row = db.execute(
                "SELECT body FROM timeline WHERE conversation = ? AND id = ?", (conversation, message_id)
            ).fetchone()
            body = json.loads(row[0]) if row else {}
            if body.get("author") not in ("agent", "system") or body.get("recalled"):
                return None
            kept = {name: body[name] for name in ("author", "author_name", "sent_at") if name in body}
            db.execute(
                "UPDATE timeline SET body = ? WHERE conversation = ? AND id = ?",
                (json.dumps({**kept, "text": "", "recalled": True}), conversation, message_id),
            )
            news = {"author": body["author"], "text": "", "replaces": message_id, "recalled": True}
            return self._append(conversation, f"recall:{message_id}", news)

    def amend(self, conversation: str, message_id: str, news_id: str, changes: dict[str, Any]) -> int:
        """Change a message for those who come later, and add what tells those who have seen it, once.

        Returns the number of the latter. Raises LookupError when there is no such message.
        """
        with self.transaction() as db:
            if (told := self.number_of(conversation, news_id)) is not None:
                return told
            row = db.execute(
                "SELECT body FROM timeline WHERE conversation = ? AND id = ?", (conversation, message_id)
            ).fetchone()
            if row is None:
                raise LookupError(f"no message {message_id!r} in {conversation!r}")
            body = json.loads(row[0])
            db.execute(
                "UPDATE timeline SET body = ? WHERE conversation = ? AND id = ?",
                (json.dumps({**body, **changes}), conversation, message_id),
            )
            news = {"author": body["author"], "text": "", "replaces": message_id, **changes}
            return self._append(conversation, news_id, news)

    def message(self, conversation: str, message_id: str) -> dict[str, Any] | None:
        """One message as customers get it."""
        row = self._db.execute(
            "SELECT number, id, body FROM timeline WHERE conversation = ? AND id = ?",
            (conversation, message_id),
        ).fetchone()
        return {"number": row[0], "id": row[1], **json.loads(row[2])} if row else None

    def since(self, conversation: str, after: int, limit: int = -1) -> list[dict[str, Any]]:
        """The messages numbered above `after`, in order, as customers get them."""
        rows = self._db.execute(
            "SELECT number, id, body FROM timeline WHERE conversation = ? AND number > ?"
            " ORDER BY number LIMIT ?",
            (conversation, after, limit),
        )
        return [{"number": number, "id": id_, **json.loads(body)} for number, id_, body in rows]

    def number_of(self, conversation: str, message_id: str) -> int | None:
        row = self._db.execute(
            "SELECT number FROM timeline WHERE conversation = ? AND id = ?", (conversation, message_id)
        ).fetchone()
        return row[0] if row else None

    def last_number(self, conversation: str) -> int:
        row = self._db.execute(
            "SELECT last_number FROM conversation WHERE id = ?", (conversation,)
        ).fetchone()
        return row[0] if row else 0

    def offered_title(self, conversation: str, payload: str) -> str | None:
        """The title of a button with this payload that this customer has been shown, if there was one."""
        row = self._db.execute(
            "SELECT title FROM offer WHERE conversation = ? AND payload = ?", (conversation, payload)
        ).fetchone()
        return row[0] if row else None

    def offers(self, conversation: str) -> list[dict[str, str]]:
        """Every button that this customer has been shown."""
        rows = self._db.execute("SELECT payload, title FROM offer WHERE conversation = ?", (conversation,))
        return [{"payload": payload, "title": title} for payload, title in rows]

    def last_offer(self, conversation: str) -> list[dict[str, str]]:
        """The buttons of what was said last, which is what a number or a title answers."""
        row = self._db.execute(
            "SELECT body FROM timeline"
            " WHERE conversation = ? AND json_extract(body, '$.author') != 'customer'"
            " ORDER BY number DESC LIMIT 1",
            (conversation,),
        ).fetchone()
        return json.loads(row[0]).get("buttons", []) if row else []

    # -- the inbox

    def client_id_of(self, message_id: str) -> str | None:
        """What the customer's side calls a message that was accepted."""
        row = self._db.execute("SELECT client_id FROM inbox WHERE message_id = ?", (message_id,)).fetchone()
        return row[0] if row else None

    def last_client_id(self, conversation: str) -> str | None:
        """What the customer's side calls the last message of theirs."""
        row = self._db.execute(
            "SELECT client_id FROM inbox WHERE conversation = ? ORDER BY position DESC LIMIT 1",
            (conversation,),
        ).fetchone()
        return row[0] if row else None

    def accepted(self, conversation: str, client_id: str) -> Accepted | None:
        """The earlier acceptance of this client id, if there was one."""
        row = self._db.execute(
            "SELECT message_id, number FROM inbox WHERE conversation = ? AND client_id = ?",
            (conversation, client_id),
        ).fetchone()
        return Accepted(*row, new=False) if row else None

    def accept(
        self, conversation: str, client_id: str, text: str, *, shown: str, metadata: dict[str, Any]
    ) -> Accepted:
        """Take a message, once per client id, for ever: `text` goes to Rasa, `shown` to the timeline.

        The metadata's `attachments` are shown, too, and are used up by it.
        """
        with self.transaction() as db:
            if earlier := self.accepted(conversation, client_id):
                return earlier
            message_id = uuid.uuid4().hex
            body = {"author": "customer", "client_id": client_id, "text": shown}
            if files := metadata.get("attachments"):
                body["attachments"] = files
                db.executemany("DELETE FROM upload WHERE id = ?", [(each["id"],) for each in files])
            number = self._append(conversation, message_id, body)
            db.execute(
                "INSERT INTO inbox"
                " (message_id, conversation, client_id, number, text, metadata, status, received_at)"
                " VALUES (?, ?, ?, ?, ?, ?, 'queued', ?)",
                (message_id, conversation, client_id, number, text, json.dumps(metadata), self._now()),
            )
        return Accepted(message_id, number, new=True)

    # -- uploads that no message has used yet

    def keep_upload(self, conversation: str, body: dict[str, Any]) -> None:
        """Remember a file that the customer has uploaded; those that the service has forgotten go."""
        with self.transaction() as db:
            db.execute("DELETE FROM upload WHERE uploaded_at < ?", (self._now() - UPLOADS_KEPT,))
            db.execute(
                "INSERT INTO upload (id, conversation, body, uploaded_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (body["id"], conversation, json.dumps(body), self._now()),
            )

    def upload(self, conversation: str, upload_id: str) -> dict[str, Any] | None:
        """A file of this customer that no message has shown yet."""
        row = self._db.execute(
            "SELECT body FROM upload WHERE id = ? AND conversation = ?", (upload_id, conversation)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def uploaded_within(self, conversation: str, count: int, seconds: float) -> bool:
        """Whether the customer has that many unsent files of the last `seconds`."""
        query = "SELECT count(*) FROM upload WHERE conversation = ? AND uploaded_at > ?"
        return self._db.execute(query, (conversation, self._now() - seconds)).fetchone()[0] >= count

    def next_unfinished(self, conversation: str) -> InboxRow | None:
        """The oldest accepted message that is neither done nor failed."""
        row = self._db.execute(
            "SELECT message_id, conversation, text, metadata, status, attempts FROM unfinished"
            " WHERE conversation = ? ORDER BY position LIMIT 1",
            (conversation,),
        ).fetchone()
        return InboxRow(*row[:3], json.loads(row[3]), *row[4:]) if row else None

    def unfinished_conversations(self) -> list[str]:
        """Every conversation with work left, the longest waiting first."""
        query = "SELECT conversation FROM unfinished GROUP BY 1 ORDER BY min(position)"
        return [conversation for (conversation,) in self._db.execute(query)]

    def backlog(self, conversation: str) -> int:
        """How many messages of the conversation wait for Rasa."""
        query = "SELECT count(*) FROM unfinished WHERE conversation = ?"
        return self._db.execute(query, (conversation,)).fetchone()[0]

    def accepted_within(self, conversation: str, count: int, seconds: float) -> bool:
        """Whether `count` messages of the conversation were accepted in the last `seconds`."""
        row = self._db.execute(
            "SELECT received_at FROM inbox WHERE conversation = ? ORDER BY position DESC LIMIT 1 OFFSET ?",
            (conversation, count - 1),
        ).fetchone()
        return row is not None and row[0] > self._now() - seconds

    def begin(self, message_id: str) -> None:
        """Rasa gets the message now. Survives a crash, so that the next start knows to ask Rasa first."""
        self._db.execute(
            "UPDATE inbox SET status = 'handling', attempts = attempts + 1 WHERE message_id = ?",
            (message_id,),
        )

    def finish(self, message_id: str) -> None:
        self._db.execute("UPDATE inbox SET status = 'done' WHERE message_id = ?", (message_id,))

    def fail(self, row: InboxRow, body: dict[str, Any]) -> None:
        """Give the message up and tell the customer, in one transaction."""
        with self.transaction() as db:
            db.execute("UPDATE inbox SET status = 'failed' WHERE message_id = ?", (row.message_id,))
            notice_id = f"{row.message_id}.failed"
            if not self._known(row.conversation, notice_id):
                self._append(row.conversation, notice_id, body)

    # -- inside a transaction

    def _known(self, conversation: str, message_id: str) -> bool:
        query = "SELECT 1 FROM timeline WHERE conversation = ? AND id = ?"
        return self._db.execute(query, (conversation, message_id)).fetchone() is not None

    def _append(self, conversation: str, message_id: str, body: dict[str, Any]) -> int:
        row = self._db.execute(
            "UPDATE conversation SET last_number = last_number + 1 WHERE id = ? RETURNING last_number",
            (conversation,),
        ).fetchone()
        if row is None:
            raise UnknownConversationError(
                f"no customer of this channel has the conversation {conversation!r}"
            )
        sent_at = datetime.fromtimestamp(self._now(), timezone.utc).isoformat(timespec="milliseconds")
        body = {**body, "sent_at": sent_at.replace("+00:00", "Z")}
        self._db.execute(
            "INSERT INTO timeline (conversation, number, id, body) VALUES (?, ?, ?, ?)",
            (conversation, row[0], message_id, json.dumps(body)),
        )
        for button in body.get("buttons", ()):
            self._db.execute(
                "INSERT INTO offer (conversation, payload, title) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET title = excluded.title",
                (conversation, button["payload"], button["title"]),
            )
        return row[0]


def lock(path: Path) -> int:
    """Keep other processes out until the descriptor is closed or the process dies, however it dies."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        # A record lock, not flock: it belongs to this process and is not inherited by a forked child that
        # outlives it.
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreInUseError(
            f"{path.name} is held by another process: run one Rasa server with one worker per data folder"
        ) from error
    return descriptor
