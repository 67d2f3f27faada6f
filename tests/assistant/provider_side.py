"""A connector to a provider's network between its two sides: the provider's emulator, the handoff service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.channels.channel import UserMessage

from channels.file_links import FileLinks
from channels.provider import ProviderInput
from tests.assistant.channel_fakes import FakeAgent, Server, serving_channel
from tests.assistant.fake_visits import KEY, PUBLIC, FakeVisits

Turn = Callable[[UserMessage], Awaitable[None]]


class Clock:
    """Begins at a time of the tests' own."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Assistant(FakeAgent):
    """Keeps what it hears, and answers as the turn says; without one it is silent."""

    def __init__(self, turn: Turn | None = None) -> None:
        super().__init__(self._hear)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._answer = turn

    async def _hear(self, message: UserMessage) -> None:
        self.heard.append((message.text, message.metadata))
        if self._answer is not None:
            await self._answer(message)

    @property
    def words(self) -> list[str]:
        return [text for text, _ in self.heard]


class Side:
    """`conversation`: of the customer that the test is about."""

    def __init__(self, server: Server, agent: Assistant, visits: FakeVisits, conversation: str) -> None:
        self.channel = server.channel
        self.url = server.url
        self.agent = agent
        self.visits = visits
        self.conversation = conversation

    async def until(self, condition: Callable[[], Any]) -> None:
        while not condition():  # noqa: ASYNC110 -- several servers, no one event
            await asyncio.sleep(0.005)

    async def quiet(self) -> None:
        """Everything that came is handled, everything said is sent or has failed, and told."""
        channel = self.channel
        await self.until(lambda: not (channel._worker._tasks or channel._sender._tasks or _untold(channel)))

    async def says(self, message_id: str, text: str = "", author: str = "agent", **more: Any) -> None:
        message = {"text": text, "message_id": message_id, "author": author, "author_name": "林", **more}
        await self.channel.get_output_channel().send_response(self.conversation, message)
        await self.quiet()

    def told(self, what: str) -> list[Any]:
        return [body for _, told, body in self.visits.told if told == what]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The timeline: who, and what."""
        messages = self.channel.store.since(self.conversation, 0)
        return [(each["author"], each["text"]) for each in messages]


@asynccontextmanager
async def between(
    channel: ProviderInput, visits: FakeVisits, customer: str, turn: Turn | None = None
) -> AsyncIterator[Side]:
    agent = Assistant(turn)
    channel.desk = visits.desk
    channel.links = FileLinks(PUBLIC, KEY, f"http://127.0.0.1:{visits.port}")
    async with serving_channel(channel, agent) as server:
        yield Side(server, agent, visits, channel.conversation_of(customer))


def _untold(channel: ProviderInput) -> bool:
    with channel.store.transaction() as db:
        return db.execute("SELECT 1 FROM telling").fetchone() is not None


def says(*words: str, **more: Any) -> Turn:
    async def turn(message: UserMessage) -> None:
        for word in words:
            await message.output_channel.send_response(message.sender_id, {"text": word, **more})

    return turn
