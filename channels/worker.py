"""Working off an inbox: each conversation strictly in order, different conversations side by side."""

import asyncio
import itertools
import logging
import sqlite3
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import UserUttered
from sanic import Sanic

from channels.per_conversation import PerConversation
from channels.store import HANDLING, InboxRow, Store
from rasa_parts.computing import Computing

logger = logging.getLogger(__name__)

# Waits before the second, third and fourth attempt: together longer than a restart of the action server. The
# last is between all further ones.
RETRY_DELAYS = (0.5, 2.0, 8.0)
# A message in whose turn so many processes have died takes them down with it; nothing else would stop it.
MAX_ATTEMPTS = 12
# Rasa tells nobody when its model is loaded, so it has to be asked.
_READY_POLL = 0.1

# Turns that are under way, most of them waiting for the action server, which has a queue of its own: a longer
# one there would only end in time-outs. How many compute, see `rasa_parts.computing`.
TURNS_AT_ONCE = 16

_GIVEN_UP = (
    "抱歉，这条消息没有处理成功，请稍后再发一次。\n"
    "Sorry, we could not process your last message. Please send it again in a moment."
)


UNANSWERED = "unanswered"
"""In a message's metadata: it is for the desk alone, and the bot neither hears nor answers it."""


class Assistant(Protocol):
    """What the inbox needs of Rasa."""

    def ready(self) -> bool:
        """Whether messages can be handled now."""

    async def has(self, conversation: str, message_id: str) -> bool:
        """Whether the tracker holds the message, which means that its turn was completed. Raises where that
        cannot be told."""

    async def handle(self, message: UserMessage) -> None:
        """Handle the turn to its end, or raise."""

    async def works(self, conversation: str) -> bool:
        """Whether what it keeps conversations in can be used: where not, no message is at fault."""

    def pass_on(self, message: UserMessage) -> None:
        """Let the desk hear of a message without handling it; hearing of it again changes nothing there."""


class RasaAssistant:
    """The Rasa server that the connector is part of."""

    def __init__(self, app: Sanic, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> None:
        self._app = app
        self._on_new_message = on_new_message

    def ready(self) -> bool:
        # Asked each time: loading another model replaces the agent. A message to one that is not ready is
        # dropped by Rasa with a log line, without an exception.
        agent = getattr(self._app.ctx, "agent", None)
        return agent is not None and agent.is_ready()

    async def has(self, conversation: str, message_id: str) -> bool:
        # Rasa saves the tracker once, at the end of the turn.
        tracker = await self._app.ctx.agent.tracker_store.retrieve_full_tracker(conversation)
        return tracker is not None and any(
            isinstance(event, UserUttered) and event.message_id == message_id
            for event in reversed(tracker.events)
        )

    async def handle(self, message: UserMessage) -> None:
        await self._on_new_message(message)

    async def works(self, conversation: str) -> bool:
        agent = self._app.ctx.agent
        try:
            async with agent.lock_store.lock(conversation):
                await agent.tracker_store.retrieve(conversation)
        except Exception:  # whatever database or lock store there is has its own
            return False
        return True

    def pass_on(self, message: UserMessage) -> None:
        broker = self._app.ctx.agent.tracker_store.event_broker
        if broker is not None:
            event = UserUttered(
                message.text,
                input_channel=message.input_channel,
                message_id=message.message_id,
                metadata=message.metadata,
            )
            broker.publish({"sender_id": message.sender_id, **event.as_dict()})


class Channel(Protocol):
    """What the worker needs of the connector (see `channels.durable.DurableInput`)."""

    @property
    def store(self) -> Store: ...

    def name(self) -> str: ...

    def turn_output(self, message_id: str) -> Any: ...

    async def prepare(self, row: InboxRow) -> InboxRow: ...

    def turn_begins(self, row: InboxRow) -> None: ...

    async def turn_ends(self, conversation: str) -> None: ...

    async def give_up(self, row: InboxRow, body: dict[str, Any]) -> None: ...


class InboxWorker(PerConversation):
    """One task per conversation that has messages waiting; a conversation without any costs nothing."""

    def __init__(
        self,
        channel: Channel,
        assistant: Assistant,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        computing: Computing | None = None,
    ) -> None:
        super().__init__()
        self._channel = channel
        self._assistant = assistant
        self._retry_delays = retry_delays
        self._turns = asyncio.Semaphore(TURNS_AT_ONCE)
        self._computing = computing or Computing()

    def recover(self) -> None:
        """Go on with everything that an earlier process left unfinished."""
        conversations = self._channel.store.unfinished_conversations()
        if conversations:
            logger.info("continuing %d conversations with unfinished messages", len(conversations))
        for conversation in conversations:
            self.attend(conversation)

    async def step(self, conversation: str) -> bool:
        row = self._channel.store.next_unfinished(conversation)
        if row is None:
            return False
        await self._complete(row)
        return True

    async def _complete(self, row: InboxRow) -> None:
        """Bring one message to its end: done, or failed with an honest word to the customer.

        What Rasa cannot handle for a while reaches the desk without it. It is given up only where Rasa could
        work: a database that is away is waited for.
        """
        if row.attempts >= MAX_ATTEMPTS:
            logger.error("message never ends correlation_id=%s attempts=%d", row.message_id, row.attempts)
            self._assistant.pass_on(self._message(row))
            await self._give_up(row)
            return
        begun, counted = row.status == HANDLING, False
        ready, patience = row, len(self._retry_delays)
        for attempt in itertools.count(1):
            await self._until_ready()
            if self._stopping:
                return
            try:
                if row.metadata.get(UNANSWERED):
                    ready = await self._channel.prepare(row)
                    self._assistant.pass_on(self._message(ready))
                elif not (begun and await self._assistant.has(row.conversation, row.message_id)):
                    ready = await self._channel.prepare(row)
                    if not counted:
                        self._channel.store.begin(row.message_id)
                    begun = counted = True
                    await self._turn(ready)
                self._channel.store.finish(row.message_id)
            except sqlite3.Error:
                raise
            except Exception as error:
                logger.warning(
                    "turn failed correlation_id=%s error=%s attempt=%d",
                    row.message_id,
                    _origin(error),
                    attempt,
                )
                logger.debug("turn failed correlation_id=%s", row.message_id, exc_info=True)
            else:
                logger.info(
                    "message done correlation_id=%s conversation=%s", row.message_id, row.conversation
                )
                return
            if attempt == patience + 1:
                self._assistant.pass_on(self._message(ready))
            if attempt > patience and await self._assistant.works(row.conversation):
                await self._give_up(row)
                return
            await asyncio.sleep(self._retry_delays[min(attempt, patience) - 1])

    async def _turn(self, row: InboxRow) -> None:
        output = self._channel.turn_output(row.message_id)
        self._channel.turn_begins(row)
        try:
            async with self._turns, self._computing.turn():
                await self._assistant.handle(self._message(row, output))
        finally:
            output.end()
            await self._channel.turn_ends(row.conversation)

    def _message(self, row: InboxRow, output: Any = None) -> UserMessage:
        return UserMessage(
            row.text,
            output,
            row.conversation,
            input_channel=self._channel.name(),
            message_id=row.message_id,
            metadata=row.metadata,
        )

    async def _give_up(self, row: InboxRow) -> None:
        logger.error("message given up correlation_id=%s conversation=%s", row.message_id, row.conversation)
        await self._channel.give_up(row, {"author": "system", "text": _GIVEN_UP})

    async def _until_ready(self) -> None:
        if not self._assistant.ready():
            logger.info("waiting for the assistant to be ready")
        while not (self._assistant.ready() or self._stopping):  # noqa: ASYNC110 (Rasa signals no event)
            await asyncio.sleep(_READY_POLL)


def _origin(error: BaseException) -> str:
    """What went wrong and where, without the exceptions' texts, which may quote the customer.

    `GraphComponentException < KeyError at tokenizer.py:41`: the exception, what caused it, where that was
    raised.
    """
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    names = " < ".join(type(link).__name__ for link in chain)
    frames = traceback.extract_tb(chain[-1].__traceback__)
    return f"{names} at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else names
