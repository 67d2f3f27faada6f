"""A Rasa server's surroundings for the connectors: a scripted assistant, a real web server, real clients."""

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import socketio
from rasa.core.channels.channel import UserMessage, register
from rasa.server import configure_cors
from rasa.shared.core.events import UserUttered
from sanic import Sanic

from channels.webchat import WebchatInput

ORIGIN = "http://127.0.0.1:8000"
PATH = "/webhooks/webchat/socket.io"

# Sanic rewrites its own methods at each start, which works once per process unless it knows of more starts.
Sanic.test_mode = True


def run(test: Coroutine[Any, Any, None], limit: float = 40.0) -> None:
    """Run an asynchronous test; a wait for something that never happens fails it."""
    asyncio.run(asyncio.wait_for(test, limit))


class FakeAgent:
    """Stands where Rasa's agent does, at `app.ctx.agent`; its tracker is saved at the end of a turn."""

    def __init__(self, turn: Callable[[UserMessage], Awaitable[None]] | None = None) -> None:
        self.loaded = True
        self.turn = turn or echo
        self.handled: list[str] = []
        self.saved: dict[str, list[UserUttered]] = {}
        self.tracker_store = SimpleNamespace(retrieve_full_tracker=self._tracker)

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
    """A running Sanic server with the web chat connector registered as Rasa registers it."""

    def __init__(self, channel: WebchatInput, agent: FakeAgent, port: int) -> None:
        self.channel = channel
        self.agent = agent
        self.url = f"http://127.0.0.1:{port}"


@asynccontextmanager
async def serving(
    path: Path, agent: FakeAgent | None = None, *, cors: str | None = None, **options: Any
) -> AsyncIterator[Server]:
    """The connector on a free port, stopped at the end as Rasa stops it; `cors` as in `rasa run --cors`."""
    agent = agent or FakeAgent()
    app = Sanic(f"webchat_{uuid.uuid4().hex}", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.ctx.agent = agent
    configure_cors(app, cors)
    channel = WebchatInput(path=path, **{"sites": {"default": {"origins": [ORIGIN]}}, **options})
    register([channel], app, route="/webhooks/")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    await server.after_start()
    try:
        yield Server(channel, agent, listening.getsockname()[1])
    finally:
        await server.before_stop()
        await server.close()
        for connection in list(server.connections):
            connection.close()
        await server.after_stop()


class Customer:
    """A page of the web chat: one socket, and what it has been shown."""

    def __init__(self) -> None:
        self.sio = socketio.AsyncClient(reconnection=False)
        self.token: str | None = None
        self.visitor: str | None = None
        self.shown: dict[int, dict[str, Any]] = {}
        self.arrivals: list[int] = []
        self._changed = asyncio.Event()
        self._lost = asyncio.Event()
        self.sio.on("message", self._on_message)
        self.sio.on("disconnect", self._on_disconnect)

    @property
    def conversation(self) -> str:
        return f"webchat:default:{self.visitor}"

    @property
    def gone(self) -> bool:
        """Whether the connection has ended."""
        return self._lost.is_set()

    @property
    def texts(self) -> list[str]:
        return [self.shown[number]["text"] for number in sorted(self.shown)]

    async def connect(self, url: str, **headers: str) -> None:
        await self.sio.connect(url, headers=headers, transports=["websocket"], socketio_path=PATH)

    async def close(self) -> None:
        await self.sio.disconnect()

    async def ask(self, event: str, *payload: Any) -> dict[str, Any]:
        """The acknowledgement of an event; ConnectionError when the server is gone before it comes."""
        data = payload[0] if len(payload) == 1 else (payload or None)
        asked = asyncio.create_task(self.sio.call(event, data, timeout=10))
        lost = asyncio.create_task(self._lost.wait())
        await asyncio.wait({asked, lost}, return_when=asyncio.FIRST_COMPLETED)
        lost.cancel()
        if asked.done():
            return asked.result()
        asked.cancel()
        raise ConnectionError("the server is gone")

    async def open(self, token: str | None = None, after: int | None = None) -> dict[str, Any]:
        """Ask for a session and show what is replayed."""
        payload = {key: value for key, value in (("token", token), ("after", after)) if value is not None}
        answer = await self.ask("session", payload)
        if answer["ok"]:
            self.token, self.visitor = answer["token"], answer["visitor"]
            for message in answer["messages"]:
                self._show(message)
        return answer

    async def say(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        return await self.ask("message", {"client_id": client_id or uuid.uuid4().hex, "text": text})

    async def until(self, condition: Callable[[], bool], limit: float = 15.0) -> None:
        """Wait until something that arrives makes the condition true."""

        async def wait() -> None:
            while not condition():
                self._changed.clear()
                await self._changed.wait()

        await asyncio.wait_for(wait(), limit)

    async def sees(self, count: int) -> list[str]:
        """Wait for that many messages and give their texts in the order of their numbers."""
        await self.until(lambda: len(self.shown) >= count)
        return self.texts

    def _on_message(self, message: dict[str, Any]) -> None:
        self.arrivals.append(message["number"])
        self._show(message)
        self._changed.set()

    def _on_disconnect(self) -> None:
        self._lost.set()
        self._changed.set()

    def _show(self, message: dict[str, Any]) -> None:
        known = self.shown.setdefault(message["number"], message)
        assert known == message, "a number stands for one message, for ever"


@asynccontextmanager
async def customer(
    server: Server, token: str | None = None, after: int | None = None
) -> AsyncIterator[Customer]:
    """A connected customer with a session."""
    page = Customer()
    await page.connect(server.url)
    try:
        await page.open(token, after)
        yield page
    finally:
        await page.close()
