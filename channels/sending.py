"""Working off what is to be sent: each conversation in order, as fast as the provider allows, once."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Protocol

import aiohttp
from aiolimiter import AsyncLimiter

from channels.outgoing import Outgoing, Part, Rendered
from channels.per_conversation import PerConversation
from channels.store import Store
from channels.windows import Windows

logger = logging.getLogger(__name__)

# A provider that cannot be reached is tried for longer than it is restarted; then an agent should know.
GIVE_UP_SECONDS = 15 * 60.0
BACKOFF = (0.5, 2.0, 5.0, 15.0, 30.0)
WINDOW_CLOSED = "window_closed"
"""The reason where the provider lets nothing be said, as we count or as it answers."""

# Texts of the system leave these to people: without them nobody could answer.
KEPT_FOR_PEOPLE = 2


class Later(Exception):
    """Not taken, and may be in a while: `after` seconds, or the usual ones."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Refused(Exception):
    """Not taken, and will not be. The text is the reason as the desk shows it: one word of ours."""


class Unsure(Exception):
    """It may have been taken: the answer did not come."""


def not_reached(error: BaseException) -> bool:
    """Whether there was no connection, so that nothing was sent."""
    # aiohttp 3.9 has one class for a connection that takes too long and for an answer that does.
    late = isinstance(error, aiohttp.ServerTimeoutError) and str(error).startswith("Connection timeout")
    return late or isinstance(error, aiohttp.ClientConnectorError)


class Provider(Protocol):
    """What sending needs of a connector (see `channels.provider.ProviderInput`)."""

    idempotent: bool
    remembers: float | None

    @property
    def store(self) -> Store: ...

    def name(self) -> str: ...

    def render(self, conversation: str, messages: list[dict[str, Any]]) -> Sequence[Rendered]: ...

    async def send(self, part: Part) -> str | None: ...

    def may_render(self, conversation: str) -> bool: ...

    def may_send(self, conversation: str) -> bool: ...

    def counts(self, part: Part) -> bool: ...

    def was_sent(self, part: Part) -> None: ...

    def was_not_sent(self, part: Part, reason: str) -> None: ...


class Sender(PerConversation):
    """One task per conversation that has something to be sent."""

    def __init__(
        self, provider: Provider, outgoing: Outgoing, windows: Windows, limiter: AsyncLimiter | None
    ) -> None:
        super().__init__()
        self._provider = provider
        self._outgoing = outgoing
        self._windows = windows
        self._limiter = limiter

    def recover(self) -> None:
        """Go on with everything that an earlier process left unsent."""
        for conversation in self._outgoing.unfinished_conversations():
            self.attend(conversation)

    def busy(self, conversation: str) -> bool:
        """Whether something is being sent there."""
        return conversation in self._tasks

    async def step(self, conversation: str) -> bool:
        if self._provider.may_render(conversation):
            self._outgoing.render(
                conversation, lambda messages: self._provider.render(conversation, messages)
            )
        part = self._outgoing.next(conversation)
        if part is None or not self._provider.may_send(conversation):
            return False
        await self._carry(part)
        return True

    async def _carry(self, part: Part) -> None:
        """Bring it one step further: sent, failed, or to be tried again."""
        if part.status == "sending" and not self._may_repeat(part):
            self._fail(part, "unconfirmed")
            return
        wait = part.due_at - self._outgoing.now()
        if wait > 0:
            await asyncio.sleep(min(wait, 1.0))
            return
        if refusal := self._refusal(part):
            self._fail(part, refusal)
            return
        if self._limiter is not None:
            await self._limiter.acquire()
        if not self._outgoing.begin(part):
            return  # taken back meanwhile
        counts = self._provider.counts(part)
        openings = self._windows.openings(part.conversation)
        try:
            provider_id = await self._provider.send(part)
        except Refused as refused:
            with self._provider.store.transaction():
                if str(refused) == WINDOW_CLOSED:  # not by what the customer has done since we asked
                    self._windows.refuted(part.conversation, openings)
                self._fail(part, str(refused))
        except Later as later:
            self._again(part, str(later), later.after)
        except Exception as error:
            # Unsure, or a mistake of the connector's: it may have arrived all the same
            if not isinstance(error, Unsure):
                logger.exception("sending broke off channel=%s", self._provider.name())
            if self._may_repeat(part):
                self._again(part, str(error) or type(error).__name__, None)
            else:
                self._fail(part, "unconfirmed")
        else:
            with self._provider.store.transaction():
                self._outgoing.sent(part, provider_id)
                if counts:
                    self._windows.spend(part.conversation)
                self._provider.was_sent(part)
            logger.info("sent channel=%s correlation_id=%s", self._provider.name(), part.message_ids[-1])

    def _may_repeat(self, part: Part) -> bool:
        """Whether it may be sent when it perhaps has been. A bot's answer said twice harms less than none; an
        agent decides themselves."""
        return part.author == "bot" or (self._provider.idempotent and self._is_known(part))

    def _is_known(self, part: Part) -> bool:
        """Whether the provider would still see that it is a repetition."""
        seconds = self._provider.remembers
        return seconds is None or self._outgoing.now() - part.queued_at < seconds

    def _refusal(self, part: Part) -> str | None:
        """Why it may not be sent at all."""
        if not self._provider.counts(part):
            return None
        left = self._windows.left(part.conversation).messages
        if left == 0:
            return WINDOW_CLOSED
        if part.author == "system" and left is not None and left <= KEPT_FOR_PEOPLE:
            return "kept_for_people"
        return None

    def _again(self, part: Part, reason: str, after: float | None) -> None:
        if self._outgoing.now() - part.queued_at > GIVE_UP_SECONDS:
            self._fail(part, "provider_unreachable")
            return
        seconds = after if after is not None else BACKOFF[min(part.attempts, len(BACKOFF) - 1)]
        if self._outgoing.again(part, seconds, reason):
            logger.warning(
                "not sent channel=%s correlation_id=%s why=%s again_in=%s",
                *(self._provider.name(), part.message_ids[-1], reason, seconds),
            )

    def _fail(self, part: Part, reason: str) -> None:
        with self._provider.store.transaction():
            if not self._outgoing.failed(part, reason):
                return
            self._provider.was_not_sent(part, reason)
        logger.warning(
            "sending failed channel=%s correlation_id=%s why=%s",
            *(self._provider.name(), part.message_ids[-1], reason),
        )
