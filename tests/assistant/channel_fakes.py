"""A Rasa server's surroundings for the connectors: a scripted assistant, a real web server."""

import asyncio
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import UserMessage, register
from rasa.server import configure_cors
from rasa.shared.core.events import UserUttered
from sanic import Sanic

from channels.durable import DurableInput
from channels.store import Store
from channels.webchat import WebchatInput

ORIGIN = "http://127.0.0.1:8000"

# Sanic rewrites its own methods at each start, which works once per process unless it knows of more starts.
Sanic.test_mode = True


def run(test: Coroutine[Any, Any, None], limit: float = 40.0) -> None:
    """Run an asynchronous test; a wait for something that never happens fails it."""
    asyncio.run(asyncio.wait_for(test, limit))


class SilentChannel(DurableInput):
    """The base with a network that carries nothing, open without a server."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        super().__init__(path, now)
        self._store = Store(path, now)

    @classmethod
    def name(cls) -> str:
        return "shop"

    async def wake(self, conversation: str) -> None:
        pass


class FakeAgent:
    """Stands where Rasa's agent does, at `app.ctx.agent`; its tracker is saved at the end of a turn."""

    def __init__(self, turn: Callable[[UserMessage], Awaitable[None]] | None = None) -> None:
        self.loaded = True
        self.turn = turn or echo
        self.handled: list[str] = []
        self.saved: dict[str, list[UserUttered]] = {}
        self.tracker_store = SimpleNamespace(retrieve_full_tracker=self._tracker, event_broker=None)

    def is_ready(self) -> bool:
        return self.loaded

    async def handle_message(self, message: UserMessage) -> None:
        await self.turn(message)
        self.handled.append(message.text)
        self.saved.setdefault(message.sender_id, []).append(
            UserUttered(message.text, message_id=message.message_id)
        )

    async def _tracker(self, conversation: str) -> Any:
        events = self.saved.get(conversation)
        return None if events is None else SimpleNamespace(events=events)


async def echo(message: UserMessage) -> None:
    """The shortest bot: says back what it got."""
    await message.output_channel.send_response(message.sender_id, {"text": f"echo {message.text}"})


class Server:
    """A running Sanic server with a connector registered as Rasa registers it."""

    def __init__(self, channel: Any, agent: FakeAgent, port: int) -> None:
        self.channel = channel
        self.agent = agent
        self.url = f"http://127.0.0.1:{port}"


async def started(app: Sanic) -> tuple[Any, int]:
    """Listening on a free port, as Rasa starts it; the server and the port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    await server.after_start()
    return server, listening.getsockname()[1]


@asynccontextmanager
async def serving_channel(
    channel: DurableInput, agent: FakeAgent | None = None, *, cors: str | None = None
) -> AsyncIterator[Server]:
    """The connector on a free port, stopped at the end as Rasa stops it; `cors` as in `rasa run --cors`."""
    agent = agent or FakeAgent()
    app = Sanic(f"{channel.name()}_{uuid.uuid4().hex}", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.ctx.agent = agent
    configure_cors(app, cors)
    register([channel], app, route="/webhooks/")
    server, port = await started(app)
    try:
        yield Server(channel, agent, port)
    finally:
        await server.before_stop()
        await server.close()
        for connection in list(server.connections):
            connection.close()
        await server.after_stop()


@asynccontextmanager
async def serving(
    path: Path, agent: FakeAgent | None = None, *, cors: str | None = None, **options: Any
) -> AsyncIterator[Server]:
    """The web chat connector, as `serving_channel` has it."""
    channel = WebchatInput(path=path, **{"sites": {"default": {"origins": [ORIGIN]}}, **options})
    async with serving_channel(channel, agent, cors=cors) as server:
        yield server
