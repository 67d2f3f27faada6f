"""What we said and take back at the provider: on disk until it is done, or refused for good."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from channels.outgoing import Outgoing
from channels.per_conversation import PerConversation
from channels.sending import BACKOFF, Later, Refused
from channels.store import Store

logger = logging.getLogger(__name__)


class Provider(Protocol):
    """What taking back needs of a connector (see `channels.provider.ProviderInput`)."""

    async def take_back(self, conversation: str, provider_id: str, tries: int) -> None: ...

    def was_not_recalled(self, conversation: str, message_id: str) -> None: ...


class Recalls(PerConversation):
    """`store` gives the open store: there is one only while the server runs.

    It is tried again for as long as it takes: the customer goes on seeing what they should not. Nothing that
    is said waits for it.
    """

    def __init__(
        self,
        provider: Provider,
        outgoing: Outgoing,
        store: Callable[[], Store],
        now: Callable[[], float],
    ) -> None:
        super().__init__()
        self._provider = provider
        self._outgoing = outgoing
        self._store = store
        self._now = now

    def recover(self) -> None:
        """Go on with everything that an earlier process left undone."""
        with self._store().transaction() as db:
            found = db.execute("SELECT DISTINCT conversation FROM recall").fetchall()
        for (conversation,) in found:
            self.attend(conversation)

    def ask(self, conversation: str, message_id: str) -> None:
        """When this returns, it is on disk. What has not left never leaves."""
        with self._store().transaction() as db:
            db.execute(
                "INSERT INTO recall (conversation, message_id) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET tries = 0, due_at = 0",
                (conversation, message_id),
            )
            self._outgoing.withdraw(conversation, message_id)
        self.attend(conversation)

    async def step(self, conversation: str) -> bool:
        row = self._next(conversation)
        if row is None:
            return False
        message_id, done, tries, due_at = row
        if (wait := due_at - self._now()) > 0:
            await asyncio.sleep(min(wait, 1.0))
            return True
        try:
            for provider_id in self._outgoing.shown_as(conversation, message_id)[done:]:
                await self._take_back(conversation, message_id, provider_id, tries)
        except Exception as error:
            # Repeated it does no harm, so that it is whatever may have happened to it.
            after = error.after if isinstance(error, Later) else None
            seconds = after if after is not None else BACKOFF[min(tries, len(BACKOFF) - 1)]
            logger.warning(
                "not taken back yet correlation_id=%s why=%s again_in=%s",
                *(message_id, type(error).__name__, seconds),
            )
            self._set(conversation, message_id, "tries = tries + 1, due_at = ?", self._now() + seconds)
            return True
        with self._store().transaction() as db:
            db.execute(
                "DELETE FROM recall WHERE conversation = ? AND message_id = ?", (conversation, message_id)
            )
        return True

    async def _take_back(
        self, conversation: str, message_id: str, provider_id: str | None, tries: int
    ) -> None:
        """One part of the message. Raises where it is to be tried again."""
        refused = ""
        try:
            if provider_id is None:
                raise Refused("unconfirmed")
            await self._provider.take_back(conversation, provider_id, tries)
        except Refused as refusal:
            refused = str(refusal)
            logger.warning("not taken back correlation_id=%s why=%s", message_id, refused)
        with self._store().transaction():
            self._set(conversation, message_id, "done = done + 1")
            if refused:
                self._provider.was_not_recalled(conversation, message_id)

    def _next(self, conversation: str) -> tuple[str, int, int, float] | None:
        """What is due first; not while its words may still be on their way."""
        rows = self._store().look(
            "SELECT message_id, done, tries, due_at FROM recall WHERE conversation = ?1"
            " AND NOT EXISTS (SELECT 1 FROM outgoing, json_each(message_ids)"
            " WHERE outgoing.conversation = ?1 AND value = message_id"
            " AND status IN ('queued', 'sending')) ORDER BY due_at LIMIT 1",
            conversation,
        )
        return rows[0] if rows else None

    def _set(self, conversation: str, message_id: str, what: str, *values: float) -> None:
        with self._store().transaction() as db:
            db.execute(
                f"UPDATE recall SET {what} WHERE conversation = ? AND message_id = ?",  # noqa: S608 -- ours
                (*values, conversation, message_id),
            )
