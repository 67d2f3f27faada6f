"""The base of Baton's connectors: what a customer sent is handled once and in order, what is said to them is
kept.

    customer ──accept()──▶ inbox on disk ──worker per conversation──▶ Rasa
    customer ◀──wake()──── numbered timeline on disk ◀──TurnOutput / TimelineOutput──┘

A connector built on `DurableInput` turns its network's messages into `accept()` and sends what `wake()`
announces. The correlation id in the log lines is the customer's message id; no words and no secrets are ever
logged.
"""

import logging
import os
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic

from channels.bodies import refuse_unclear_lengths
from channels.content import author_of, content_of
from channels.store import Accepted, InboxRow, Store
from channels.worker import Assistant, InboxWorker, RasaAssistant
from rasa_parts.computing import Computing

logger = logging.getLogger(__name__)


class TimelineOutput(OutputChannel):
    """Everything said to a customer becomes one numbered message per response.

    A message id that the service gave (`message_id` in the event's metadata) is kept, and a repeated one is
    dropped.
    """

    def __init__(self, channel: "DurableInput") -> None:
        self._channel = channel

    def name(self) -> str:  # type: ignore[override]
        """The connector's name, by which Rasa chooses channel-specific responses."""
        return self._channel.name()

    def _next_id(self) -> str:
        """The identity of an output that brings none of its own."""
        return uuid.uuid4().hex

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep and send one Rasa response: text, buttons, image, cards, as a single message."""
        message_id = self._next_id()
        if isinstance(message.get("message_id"), str) and message["message_id"]:
            message_id = message["message_id"]
        recalled = message.get("recalls")
        if isinstance(recalled, str):
            await self._channel.recall(recipient_id, recalled)
            return
        content = content_of(message)
        if content is not None:
            body = {**author_of(message), **content, **self._channel.marks(message)}
            await self._channel.say(recipient_id, message_id, body)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {**kwargs, "text": text})

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {**kwargs, "image": image})

    async def send_attachment(self, recipient_id: str, attachment: Any, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {**kwargs, "attachment": attachment})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        await self.send_response(recipient_id, {**kwargs, "text": text, "buttons": buttons})

    async def send_quick_replies(
        self, recipient_id: str, text: str, quick_replies: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        await self.send_response(recipient_id, {**kwargs, "text": text, "buttons": quick_replies})

    async def send_elements(self, recipient_id: str, elements: Any, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {**kwargs, "elements": list(elements)})

    async def send_custom_json(self, recipient_id: str, json_message: Any, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {**kwargs, "custom": json_message})


class TurnOutput(TimelineOutput):
    """What the bot says in one turn, each output known as (inbound message id, ordinal).

    When a turn is handled again after a crash, the outputs that had been written are recognised by their
    ordinal and dropped, also where the words differ (a response may have variants): the customer saw an
    answer in that place.
    """

    def __init__(self, channel: "DurableInput", message_id: str) -> None:
        super().__init__(channel)
        self._message_id = message_id
        self._said = 0
        self._over = False

    def end(self) -> None:
        """The turn is over: what still comes (a reminder set in it, days later) is new and no repetition."""
        self._over = True

    def _next_id(self) -> str:
        if self._over:
            return super()._next_id()
        self._said += 1
        return f"{self._message_id}.{self._said - 1}"


class DurableInput(InputChannel):
    """A connector with inbox and timeline on disk. Subclasses implement `wake` and call `listen`."""

    def __init__(self, path: Path | None = None, now: Callable[[], float] = time.time) -> None:
        self._path = path or Path(os.environ.get("BATON_DATA_DIR", "var")) / f"{self.name()}.db"
        self.now = now
        self._store: Store | None = None
        self._worker: InboxWorker | None = None

    @property
    def store(self) -> Store:
        """The open store. There is one only while the server runs."""
        if self._store is None:
            raise RuntimeError(f"the channel {self.name()} is not running")
        return self._store

    async def wake(self, conversation: str) -> None:
        """The timeline of the conversation has grown: send what is new. Called for every new message."""
        raise NotImplementedError

    def marks(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """What the timeline notes beside a response of Rasa's."""
        return {}

    def get_output_channel(self) -> OutputChannel:
        """For words that Rasa's API, reminders or triggered intents send outside a turn."""
        return TimelineOutput(self)

    async def accept(
        self,
        conversation: str,
        client_id: str,
        text: str,
        *,
        shown: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        also: Callable[[], None] | None = None,
    ) -> Accepted:
        """Take a customer's message; when this returns it is on disk, and it may be acknowledged.

        `shown` is what the timeline shows in place of `text`. The same client id gets the same answer and is
        handled once. `also`: what else the store keeps of it, in the same transaction.
        """
        with self.store.transaction():
            accepted = self.store.accept(
                conversation,
                client_id,
                text,
                shown=text if shown is None else shown,
                metadata=dict(metadata or {}),
            )
            if accepted.new and also is not None:
                also()
        if accepted.new:
            logger.info(
                "message accepted correlation_id=%s conversation=%s", accepted.message_id, conversation
            )
            if self._worker is not None:
                self._worker.attend(conversation)
            await self._announce(conversation)
        return accepted

    async def say(self, conversation: str, message_id: str, body: dict[str, Any]) -> None:
        """Keep a message for the customer and send it; one that is already kept is dropped."""
        number = self.store.append(conversation, message_id, body)
        if number is None:
            logger.info("repeated output dropped correlation_id=%s conversation=%s", message_id, conversation)
            await self.said_again(conversation, message_id, body)
            return
        logger.info(
            "output kept correlation_id=%s conversation=%s number=%d author=%s",
            message_id,
            conversation,
            number,
            body["author"],
        )
        await self._announce(conversation)

    async def said_again(self, conversation: str, message_id: str, body: dict[str, Any]) -> None:
        """A message that is already kept has come once more."""

    async def recall(self, conversation: str, message_id: str) -> None:
        """The service takes a message back: its words are gone, and who has seen it is told, once."""
        number = self.store.recall(conversation, message_id)
        if number is None:
            logger.info("nothing to recall correlation_id=%s conversation=%s", message_id, conversation)
            return
        logger.info(
            "message recalled correlation_id=%s conversation=%s number=%d", message_id, conversation, number
        )
        await self._announce(conversation)

    async def prepare(self, row: InboxRow) -> InboxRow:
        """What has to be there before Rasa gets the message."""
        return row

    def turn_begins(self, row: InboxRow) -> None:
        """What is said from now on is of one turn, about this message."""

    async def turn_ends(self, conversation: str) -> None:
        """The turn has said all it will."""

    async def give_up(self, row: InboxRow, body: dict[str, Any]) -> None:
        """Rasa cannot handle this message: mark it failed and tell the customer; the next one goes on."""
        self.store.fail(row, body)
        await self._announce(row.conversation)

    def turn_output(self, message_id: str) -> TurnOutput:
        return TurnOutput(self, message_id)

    def listen(self, blueprint: Blueprint, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> None:
        """Open the store before the server starts, work off the inbox while it runs, close it at the end."""
        refuse_unclear_lengths(blueprint)

        @blueprint.listener("before_server_start")
        async def open_store(_app: Sanic, _loop: Any) -> None:
            _log_as_rasa_does()
            self._store = Store(self._path, self.now)

        @blueprint.listener("after_server_start")
        async def begin(app: Sanic, _loop: Any) -> None:
            self._worker = InboxWorker(
                self, self.assistant(app, on_new_message), computing=_computing_on(app)
            )
            self._worker.recover()

        @blueprint.listener("before_server_stop")
        async def end(_app: Sanic, _loop: Any) -> None:
            if self._worker is not None:
                await self._worker.stop()
                self._worker = None

        @blueprint.listener("after_server_stop")
        async def close_store(_app: Sanic, _loop: Any) -> None:
            if self._store is not None:
                self._store.close()
                self._store = None

    def assistant(self, app: Sanic, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Assistant:
        """Who handles the messages."""
        return RasaAssistant(app, on_new_message)

    async def _announce(self, conversation: str) -> None:
        # The message is on disk and will be replayed: a broken socket must fail neither the customer's ack
        # nor the turn.
        try:
            await self.wake(conversation)
        except Exception:
            logger.exception("live delivery failed conversation=%s", conversation)


def _computing_on(app: Sanic) -> Computing:
    """One for all connectors of the server."""
    if not hasattr(app.ctx, "computing"):
        app.ctx.computing = Computing()
    return app.ctx.computing


def _log_as_rasa_does() -> None:
    """Give this package Rasa's log level.

    NumPy's distutils, which Rasa imports on the way, raises the root logger to WARNING: without a level of
    its own the line that follows a message through the system would be lost.
    """
    package = logging.getLogger(__package__)
    if package.level == logging.NOTSET:
        package.setLevel(logging.getLogger("rasa").level)
