"""A network of the tests' own, with the base of the providers' connectors and an assistant that notes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage

from channels import recalling
from channels.lengths import pieces
from channels.menus import numbered
from channels.outgoing import Part, Rendered
from channels.provider import Incoming, Media, MediaGone, ProviderInput
from channels.sending import Sender
from channels.store import Store
from channels.worker import InboxWorker
from tests.assistant.provider_side import Clock

LIN = "post:default:lin"


class PostInput(ProviderInput):
    """A network of our own: takes texts, and answers as the test says."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(path=path, now=options.pop("now", Clock()), **options)
        self.taken: list[str] = []
        self.keys: list[str] = []
        self.answers: list[Exception | str] = []
        self.gone = False
        self.taken_back: list[str] = []
        self.recall_answers: list[Exception] = []

    @classmethod
    def name(cls) -> str:
        return "post"

    def render(self, conversation: str, messages: list[dict[str, Any]]) -> Sequence[Rendered]:
        if self.merges:
            text = "\n".join(each["text"] for each in messages)
            return [Rendered([each["id"] for each in messages], messages[-1]["author"], {"text": text})]
        return [
            Rendered([each["id"]], each["author"], {"text": piece})
            for each in messages
            for piece in pieces(numbered(each["text"], each.get("buttons", ())), 20)
        ]

    async def send(self, part: Part) -> str | None:
        answer = self.answers.pop(0) if self.answers else f"p{len(self.taken)}"
        self.keys.append(part.key)
        if isinstance(answer, Exception):
            raise answer
        self.taken.append(part.request["text"])
        return answer

    async def take_back(self, conversation: str, provider_id: str, tries: int) -> None:
        if self.recall_answers:
            raise self.recall_answers.pop(0)
        self.taken_back.append(provider_id)

    async def media(self, media: Media) -> AsyncIterator[bytes]:
        if self.gone:
            raise MediaGone("expired")

        async def body() -> AsyncIterator[bytes]:
            yield media.ref.encode()

        return body()

    def told(self, what: str) -> list[dict[str, Any]]:
        with self.store.transaction() as db:
            rows = db.execute("SELECT json(body) FROM telling WHERE what = ? ORDER BY position", (what,))
            return [json.loads(body) for (body,) in rows]


Turn = Callable[[UserMessage], Awaitable[None]]


class Bot:
    def __init__(self, turn: Turn | None) -> None:
        self.turn = turn
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def ready(self) -> bool:
        return True

    async def has(self, conversation: str, message_id: str) -> bool:
        return False

    async def handle(self, message: UserMessage) -> None:
        self.heard.append((message.text, message.metadata))
        if self.turn is not None:
            await self.turn(message)


class Running:
    def __init__(self, channel: PostInput, bot: Bot) -> None:
        self.channel = channel
        self.bot = bot

    async def writes(self, provider_id: str, text: str = "", **more: Any) -> None:
        await self.channel.receive("lin", Incoming(provider_id, text, **more))

    async def quiet(self) -> None:
        """Until everything that came has been handled and everything said has been sent or has failed."""
        while self.channel._worker._tasks or self.channel._sender._tasks:  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def all_taken_back(self) -> None:
        while self.channel._recalls._tasks:  # type: ignore[union-attr]  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def agent_says(self, message_id: str, text: str, author: str = "agent", **more: Any) -> None:
        output = self.channel.get_output_channel()
        await output.send_response(LIN, {"text": text, "message_id": message_id, "author": author, **more})
        await self.quiet()


@asynccontextmanager
async def running(
    path: Path, turn: Turn | None = None, answers: Sequence[Exception | str] = (), **options: Any
) -> AsyncIterator[Running]:
    merges = options.pop("merges", False)
    idempotent = options.pop("idempotent", False)
    channel = options.pop("kind", PostInput)(path, **options)
    channel.merges, channel.idempotent = merges, idempotent
    channel.answers = list(answers)
    channel._store = Store(path, channel.now)
    bot = Bot(turn)
    channel._worker = InboxWorker(channel, bot, retry_delays=())
    channel._sender = Sender(channel, channel.outgoing, channel.open_windows, channel._limiter)
    channel._recalls = recalling.Recalls(channel, channel.outgoing, lambda: channel.store, channel.now)
    channel._worker.recover()
    channel._sender.recover()
    channel._recalls.recover()
    try:
        yield Running(channel, bot)
    finally:
        await channel._worker.stop()
        await channel._sender.stop()
        await channel._recalls.stop()
        channel._store.close()
