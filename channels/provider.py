"""The base of connectors to a provider's network (WeChat, WhatsApp, …): what every one of them needs.

    provider ──receive()──▶ inbox ──(media fetched)──▶ Rasa
    provider ◀──send()── outbox ◀──render()── timeline ◀─┘
    provider ──receipt()──▶ handoff service

A connector says what is particular to its network: how its webhooks are checked and read (`routes`), how a
message looks there (`render`, `send`), and what it lets one do (`windows`, `idempotent`, `merges`). The rest
is here: nothing is lost or handled twice, everything is in order, receipts and what may still be said reach
the desk.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import aiohttp
from aiolimiter import AsyncLimiter
from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.answers import PLAIN
from channels.at_work import AtWork
from channels.bodies import Limited
from channels.content import as_plain_words, storable, storable_json
from channels.desk import Desk, DeskAway
from channels.durable import DurableInput
from channels.file_links import FileLinks
from channels.following import follow
from channels.lasting import lasting
from channels.menus import chosen
from channels.outgoing import RESEND, Outgoing, Part, Rendered
from channels.outside import Outside, Within
from channels.recalling import Recalls
from channels.sending import Sender
from channels.store import Accepted, InboxRow
from channels.taking import WITHOUT_WORDS
from channels.telling import Telling
from channels.uploads import largest_file
from channels.windows import Left, Window, Windows

logger = logging.getLogger(__name__)

# Longer than any of them takes on a bad day; who waits for an answer has given up by then.
CALL = aiohttp.ClientTimeout(total=15, connect=5)

LONG = 3600.0  # seconds; of a window

# Seconds between the tries for a customer's file; the last is between all further ones.
FETCH_AGAIN = (0.5, 2.0, 5.0, 15.0, 30.0)
# For all files of one message together: what the customer writes next, "a person please", waits behind them.
FILES_SECONDS = 120.0
_LOOKED_AT = (400, 413, 415, 422)  # the service does not take this file, today or tomorrow
NOT_RECEIVED = "（文件未能接收 · The file could not be received）"


@dataclass(frozen=True)
class Media:
    """A file that the provider keeps. `ref` is what `ProviderInput.media` finds it by."""

    ref: str
    name: str = ""
    type: str = "application/octet-stream"


@dataclass(frozen=True)
class Incoming:
    """What a customer sent. `id` is the provider's and tells repetitions.

    `text`: their own words. `payload`: what a pressed button stands for. `media`: files that came with it.
    `shown`: what the desk shows of something that has no words (a place on the map), never given to the bot.
    """

    id: str
    text: str = ""
    payload: str | None = None
    media: Sequence[Media] = ()
    shown: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


class MediaGone(Exception):
    """The provider does not have the file any more, or will not give it."""


class ProviderInput(DurableInput):
    """`account` tells several of one network apart and is the middle of the conversations' names."""

    windows: Sequence[Window] = ()
    idempotent = False
    """Whether the provider drops what comes again with the same key."""
    remembers: float | None = None
    """For how long it knows a key, in seconds; None: as long as it matters."""
    merges = False
    """Whether what the bot says in one turn is sent together: each message counts."""
    bot_typing = False
    """Whether customers are shown that the bot works on what they wrote."""
    opens_by_writing = "message"
    """The action of a customer that each message of theirs is."""
    outside: Outside | None = None
    """For addresses that the provider names, where it names any."""

    def __init__(
        self,
        account: str = "default",
        *,
        per_second: float | None = None,
        windows: Sequence[Window] | None = None,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        desk: Desk | None = None,
    ) -> None:
        folder = Path(os.environ.get("BATON_DATA_DIR", "var"))
        super().__init__(path or folder / f"{self.name()}-{account}.db", now)
        self.account = account
        self.desk = desk
        self.links = FileLinks.from_environment()
        self._largest = largest_file()
        self.outgoing = Outgoing(lambda: self.store, now)
        self.open_windows = Windows(self.windows if windows is None else windows, lambda: self.store, now)
        self.telling = Telling(lambda: self.store)
        self._limiter = None if per_second is None else _limiter(per_second)
        self._sender: Sender | None = None
        self._recalls: Recalls | None = None
        self._turns: set[str] = set()
        self._read: dict[str, str] = {}  # what the provider was last told of; said twice it does no harm
        self._at_work = AtWork(self._show_working, self._show_answered, self.begin)
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None

    # -- what a connector says

    def routes(self, blueprint: Blueprint) -> None:
        """Add the webhooks."""
        raise NotImplementedError

    def render(self, conversation: str, messages: list[dict[str, Any]]) -> Sequence[Rendered]:
        """Requests for these messages of the timeline, in order: what the bot, agents and the system said."""
        raise NotImplementedError

    async def send(self, part: Part) -> str | None:
        """Send it; what the provider calls it, if anything. Raises Refused, Later, Unsure."""
        raise NotImplementedError

    async def media(self, media: Media) -> AsyncIterator[bytes]:
        """The file's bytes, piece by piece, once the provider gives them. Raises MediaGone, or anything else
        for another try."""
        raise NotImplementedError

    async def take_back(self, conversation: str, provider_id: str, tries: int) -> None:
        """Take a message back that has been sent; the desk offers it only where the network can. `tries`: how
        often it has been tried. Raises Refused for good, or anything else for another try: what is repeated
        must do no harm."""

    async def accompany(self, desk: Desk) -> None:
        """What else the connector does for the desk, until the server stops."""

    async def typing(self, conversation: str) -> None:
        """An agent is typing."""

    async def read(self, conversation: str, provider_id: str) -> None:
        """An agent has read the customer's message of that id, or the bot has answered it at once."""

    async def working(self, conversation: str, provider_id: str) -> None:
        """The bot works on the customer's message of that id. Called once for each, with `bot_typing`."""

    def begin_anew(self) -> None:
        """What the desk tells may have been missed."""
        self._at_work.begin_anew()

    # -- what a connector calls

    def conversation_of(self, customer: str) -> str:
        return f"{self.name()}:{self.account}:{customer}"

    def customer_of(self, conversation: str) -> str:
        return conversation.split(":", 2)[2]

    async def receive(
        self, customer: str, incoming: Incoming, *, action: str | None = None, at: float | None = None
    ) -> Accepted:
        """Take what the customer sent, `at` a time that the provider tells or just now; when this returns it
        is on disk and may be acknowledged."""
        conversation = self.conversation_of(customer)
        self.store.open_conversation(conversation)
        if self.store.last_number(conversation) == 0:
            self._at_work.new_customer(conversation)
        text, shown, metadata = self._understood(conversation, incoming)
        return await self.accept(
            conversation,
            incoming.id,
            text,
            shown=shown,
            metadata=metadata,
            also=lambda: self.opened(conversation, action or self.opens_by_writing, at),
        )

    def opened(self, conversation: str, action: str, at: float | None = None) -> None:
        """The customer has done something that lets us write to them."""
        with self.store.transaction():
            self.open_windows.open(conversation, action, at)
            self._tell_window(conversation)

    def closed(self, conversation: str, at: float | None = None) -> None:
        """The provider lets nothing more be said, or did not `at` that time."""
        with self.store.transaction():
            self.open_windows.exhaust(conversation, at)
            self._tell_window(conversation)

    def is_working(self, conversation: str) -> bool:
        """Whether more may be said soon."""
        sending = self._sender is not None and self._sender.busy(conversation)
        return sending or self.store.backlog(conversation) > 0

    def receipt(self, provider_id: str, state: str, reason: str | None = None) -> None:
        """The provider tells what became of a message: delivered, read or failed. It may come twice, and in
        any order."""
        carried = self.outgoing.carried_by(provider_id)
        if carried is None:
            logger.debug("a receipt for what was never sent channel=%s", self.name())
            return
        if state != "failed":
            self._tell_receipt(carried.conversation, carried.whole, state, None)
            return
        with self.store.transaction():
            self.outgoing.failed_there(provider_id, reason or "unknown")
            self._tell_receipt(carried.conversation, carried.message_ids, state, reason)

    def address(self, conversation: str) -> dict[str, Any]:
        """What the connector has noted of how to reach the customer."""
        rows = self.store.look("SELECT body FROM address WHERE conversation = ?", conversation)
        return json.loads(rows[0][0]) if rows else {}

    def note_address(self, conversation: str, **known: Any) -> None:
        self.store.open_conversation(conversation)
        body = json.dumps({**self.address(conversation), **known})
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO address (conversation, body) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET body = excluded.body",
                (conversation, body),
            )

    @property
    def http(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise RuntimeError(f"the channel {self.name()} is not running")
        return self._http

    async def file(self, attachment: Mapping[str, Any]) -> bytes:
        """A file that an agent sends. Raises aiohttp.ClientError."""
        address = self.links.from_inside(attachment["id"], self.now())
        async with self.http.get(address, timeout=aiohttp.ClientTimeout(total=60)) as answer:
            answer.raise_for_status()
            return await answer.read()

    # -- how it runs

    async def recall(self, conversation: str, message_id: str) -> None:
        if self._recalls is not None and self.store.message(conversation, message_id) is not None:
            self._recalls.ask(conversation, message_id)
        await super().recall(conversation, message_id)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint(f"{self.name()}_{self.account}", __name__)
        self.listen(blueprint, on_new_message)

        @blueprint.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        self.routes(blueprint)

        @blueprint.listener("before_server_start")
        async def connect(_app: Sanic, _loop: Any) -> None:
            options = {"timeout": CALL, "headers": PLAIN, "auto_decompress": False}
            self._http = aiohttp.ClientSession(**options, cookie_jar=aiohttp.DummyCookieJar())
            if self.outside is not None:
                self.outside.open(**options, cookie_jar=aiohttp.DummyCookieJar())
            self._sender = Sender(self, self.outgoing, self.open_windows, self._limiter)
            self._recalls = Recalls(self, self.outgoing, lambda: self.store, self.now)

        @blueprint.listener("after_server_start")
        async def begin_sending(_app: Sanic, _loop: Any) -> None:
            assert self._sender is not None
            assert self._recalls is not None
            self._sender.recover()
            self._recalls.recover()
            if self.desk is None:
                logger.warning("HANDOFF_SERVICE_KEY is not set: %s hears of no agent", self.name())
                return
            await self.desk.open()
            self.begin(lasting(self.telling.run, self.desk))
            self.begin(lasting(follow, self.desk, self._heard, self.begin_anew, self._at_work.begin_anew))
            self.begin(lasting(self.accompany, self.desk))

        @blueprint.listener("before_server_stop")
        async def end_sending(_app: Sanic, _loop: Any) -> None:
            for working in (self._sender, self._recalls):
                if working is not None:
                    await working.stop()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self.desk is not None:
                await self.desk.close()
            if self._http is not None:
                await self._http.close()
            if self.outside is not None:
                await self.outside.close()

        return blueprint

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Let it run beside everything else, until the server stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def answer_comes(self, part: Part) -> None:
        """To be awaited before it is sent, with `bot_typing`."""
        await self._at_work.answer_comes(part.conversation, part.message_ids)

    async def wake(self, conversation: str) -> None:
        if self._sender is not None:
            self._sender.attend(conversation)

    def marks(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {RESEND: message[RESEND]} if isinstance(message.get(RESEND), int) else {}

    async def said_again(self, conversation: str, message_id: str, body: dict[str, Any]) -> None:
        """By the service, which has had no answer; or by an agent, where it had failed."""
        if RESEND in body:
            self.outgoing.retry(conversation, message_id, body[RESEND])
            await self.wake(conversation)

    async def prepare(self, row: InboxRow) -> InboxRow:
        """Fetch the files of the customer's message into the handoff service."""
        media = row.metadata.get("media")
        if not media:
            return row
        kept: list[dict[str, Any]] = []
        lost = False
        until = asyncio.get_running_loop().time() + FILES_SECONDS
        for number, each in enumerate(media):
            file = await self._fetched(row, number, Media(**each), until)
            if file is None:
                lost = True
            else:
                kept.append(file)
        metadata = {**row.metadata, "attachments": kept}
        if lost:
            metadata["shown"] = NOT_RECEIVED
        return InboxRow(row.message_id, row.conversation, row.text, metadata, row.status, row.attempts)

    def turn_begins(self, row: InboxRow) -> None:
        self._turns.add(row.conversation)
        if self.bot_typing and self.desk is not None:
            self._at_work.begins(self.desk, row)

    async def turn_ends(self, conversation: str) -> None:
        self._turns.discard(conversation)
        await self.wake(conversation)

    def may_render(self, conversation: str) -> bool:
        """Not yet, where what the bot says in its turn is to be sent together."""
        return not self.merges or conversation not in self._turns

    def may_send(self, conversation: str) -> bool:
        """Whether we may write to the customer at all. Where not, a connector gives what is queued itself."""
        return True

    def counts(self, part: Part) -> bool:
        """Whether the provider's windows hold for it. Not where it may be sent at any time."""
        return True

    def left(self, conversation: str) -> Left:
        """How much may still be said to the customer."""
        return self.open_windows.left(conversation)

    def was_sent(self, part: Part) -> None:
        self._tell_window(part.conversation)
        self._settled(part)

    def was_not_recalled(self, conversation: str, message_id: str) -> None:
        self._tell_receipt(conversation, [message_id], "not_recalled", None)

    def was_not_sent(self, part: Part, reason: str) -> None:
        self._settled(part)
        self._tell_receipt(part.conversation, part.message_ids, "failed", reason)
        self._tell_window(part.conversation)

    def _settled(self, part: Part) -> None:
        """What is to be taken back of it may be now."""
        if self._recalls is not None:
            self._recalls.attend(part.conversation)

    def _understood(self, conversation: str, incoming: Incoming) -> tuple[str, str, dict[str, Any]]:
        """What Rasa gets, what the timeline shows, and the metadata."""
        metadata = storable_json(dict(incoming.metadata))
        if incoming.media:
            metadata["media"] = [storable_json(vars(each)) for each in incoming.media]
        text = storable(incoming.text).strip()
        button = None
        if incoming.payload is not None:
            title = self.store.offered_title(conversation, incoming.payload)
            button = {"payload": incoming.payload, "title": title} if title is not None else None
        elif text and not incoming.media:
            button = chosen(text, self.store.last_offer(conversation))
        if button is not None:
            return button["payload"], button["title"], {**metadata, "button_title": button["title"]}
        if text:
            return as_plain_words(text), text, metadata
        shown = storable(incoming.shown)
        return WITHOUT_WORDS, shown, {**metadata, "shown": shown}

    async def _fetched(self, row: InboxRow, number: int, media: Media, until: float) -> dict[str, Any] | None:
        """The service's attachment; None when the file cannot be had, or not `until` then, by the loop."""
        loop = asyncio.get_running_loop()
        params = {"client_id": f"{row.message_id}.{number}", "name": media.name}
        delays = chain(FETCH_AGAIN, repeat(FETCH_AGAIN[-1]))
        while True:
            try:
                handing = self._handed_on(row.conversation, media, params)
                return await asyncio.wait_for(handing, until - loop.time())
            except (MediaGone, Within) as gone:
                logger.warning("a file is lost correlation_id=%s why=%s", row.message_id, gone)
                return None
            except (DeskAway, aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                why = error if isinstance(error, DeskAway) else type(error).__name__
                logger.warning("a file waits correlation_id=%s why=%s", row.message_id, why)
            delay = next(delays)
            if loop.time() + delay >= until:
                logger.warning("a file is given up correlation_id=%s", row.message_id)
                return None
            await asyncio.sleep(delay)

    async def _handed_on(self, conversation: str, media: Media, params: dict[str, str]) -> dict[str, Any]:
        """From the provider to the service. Raises MediaGone, DeskAway, or what `media` raises."""
        if self.desk is None:
            raise MediaGone("no handoff service is configured")
        body = Limited(await self.media(media), self._largest)
        try:
            status, answer = await self.desk.upload(conversation, body.pieces(), media.type, params)
        except DeskAway:
            if isinstance(body.failed, PayloadTooLarge):
                raise MediaGone("it is larger than the handoff service takes") from None
            raise
        if status in _LOOKED_AT:
            raise MediaGone(f"the handoff service does not take it ({status})")
        if status != 201:
            raise DeskAway(f"status {status}")
        return storable_json(answer)

    def _heard(self, kind: str, data: dict[str, Any]) -> None:
        conversation = data.get("sender_id", "")
        if not conversation.startswith(f"{self.name()}:{self.account}:"):
            return
        if kind == "visit.typing":
            self.begin(self._quietly(self.typing(conversation)))
        elif kind == "visit.updated":
            self._at_work.heard(conversation, data["state"])
            if message_id := data["state"].get("read_message_id"):
                self._show_read(conversation, message_id)

    def _show_read(self, conversation: str, message_id: str) -> None:
        provider_id = self.store.client_id_of(message_id)
        if provider_id is not None and self._read.get(conversation) != provider_id:
            self._read[conversation] = provider_id
            self.begin(self._quietly(self.read(conversation, provider_id)))

    async def _show_working(self, row: InboxRow) -> None:
        provider_id = self.store.client_id_of(row.message_id)
        if row.conversation in self._turns and provider_id is not None:
            await self._quietly(self.working(row.conversation, provider_id))

    async def _show_answered(self, row: InboxRow) -> None:
        provider_id = self.store.client_id_of(row.message_id)
        if provider_id is not None:
            await self._quietly(self.read(row.conversation, provider_id))

    async def _quietly(self, work: Awaitable[None]) -> None:
        """Of the moment: nobody misses one that did not come through."""
        try:
            await work
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            logger.debug("not told channel=%s %s", self.name(), type(error).__name__)

    def _tell_receipt(
        self, conversation: str, message_ids: list[str], state: str, reason: str | None
    ) -> None:
        if message_ids:
            body = {"message_ids": message_ids, "state": state}
            self.telling.tell(conversation, "receipts", {**body, "reason": reason} if reason else body)

    def _tell_window(self, conversation: str) -> None:
        self.telling.tell_latest(conversation, "window", _told(self.left(conversation), self.now()))


def _limiter(per_second: float) -> AsyncLimiter:
    """Raises ValueError."""
    if per_second <= 0:
        raise ValueError(f"per_second must be above 0, not {per_second}")
    at_once = max(1.0, per_second)  # one at least, else none could ever pass
    return AsyncLimiter(at_once, at_once / per_second)


def _told(left: Left, now: float, after: float = 0.0) -> dict[str, Any]:
    """As the service takes it. Of what is open for long the full minutes: so it is not told anew with each
    message of a customer who writes several. No step ends before the one `after` which it comes."""
    told: dict[str, Any] = {"messages": left.messages, "until": None}
    until = after
    if left.until is not None:
        until = left.until if left.until - now < LONG else max(after, left.until // 60 * 60)
        told["until"] = datetime.fromtimestamp(until, timezone.utc).isoformat(timespec="seconds")
    if left.reason is not None:
        told["reason"] = left.reason
    if left.later:
        told["later"] = []
        for each in left.later:
            told["later"].append(_told(each, now, until))
    return told
