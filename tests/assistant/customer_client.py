"""A client of the customer protocol, as a page or an app would be one."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.assistant.channel_fakes import ORIGIN, Server

BASE = "/webhooks/webchat/v1"


class Answer:
    """One response, read to its end."""

    def __init__(self, status: int, body: Any, headers: Any) -> None:
        self.status = status
        self.body = body
        self.headers = headers

    @property
    def code(self) -> str | None:
        """The refusal's code; None for success."""
        return self.body["error"]["code"] if isinstance(self.body, dict) and "error" in self.body else None


class Client:
    """One page of one customer."""

    def __init__(self, url: str, http: aiohttp.ClientSession, origin: str | None = ORIGIN) -> None:
        self.url = url + BASE
        self.http = http
        self.origin = origin
        self.token: str | None = None
        self.visitor: str | None = None

    @property
    def conversation(self) -> str:
        return f"webchat:default:{self.visitor}"

    async def call(
        self, method: str, path: str, json_body: Any = None, *, data: Any = None, **headers: str
    ) -> Answer:
        sent = {**self._headers(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        if json_body is not None:
            data, sent["Content-Type"] = json.dumps(json_body), "application/json"
        async with self.http.request(method, self.url + path, data=data, headers=sent) as response:
            body = await response.read()
            kind = response.headers.get("content-type", "")
            return Answer(
                response.status, json.loads(body) if "json" in kind and body else body, response.headers
            )

    async def open(self, **payload: Any) -> Answer:
        answer = await self.call("POST", "/session", payload)
        if answer.status == 200:
            self.token, self.visitor = answer.body["token"], answer.body["visitor"]
        return answer

    async def say(self, text: str, client_id: str | None = None, **more: Any) -> Answer:
        payload = {"client_id": client_id or uuid.uuid4().hex, "text": text, **more}
        return await self.call("POST", "/messages", payload)

    async def messages(self, after: int = 0, wait: int = 0) -> Answer:
        return await self.call("GET", f"/messages?after={after}&wait={wait}")

    async def sees(self, count: int, after: int = 0) -> list[dict[str, Any]]:
        """Poll until that many messages have come."""
        seen: list[dict[str, Any]] = []
        while len(seen) < count:
            answer = await self.messages(after, 20)
            assert answer.status == 200, answer.body
            seen += answer.body["messages"]
            after = seen[-1]["number"] if seen else after
        return seen

    @asynccontextmanager
    async def stream(
        self, after: int = 0, each: Callable[[dict[str, Any]], None] | None = None, **headers: str
    ) -> AsyncIterator["Stream"]:
        """The open stream of events, read in the background until the block ends; `each` gets messages."""
        sent = {**self._headers(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.http.get(f"{self.url}/events?after={after}", headers=sent) as response:
            assert response.status == 200, await response.text()
            stream = Stream(response, each)
            reading = asyncio.create_task(stream.read())
            try:
                yield stream
            finally:
                reading.cancel()
                with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError):
                    await reading

    def _headers(self) -> dict[str, str]:
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return headers if self.origin is None else {**headers, "Origin": self.origin}


class Page(Client):
    """A customer's page: it keeps its stream open and shows each message at its number."""

    def __init__(self, url: str, http: aiohttp.ClientSession, origin: str | None = ORIGIN) -> None:
        super().__init__(url, http, origin)
        self.shown: dict[int, dict[str, Any]] = {}
        self.arrivals: list[int] = []
        self._stream: Stream | None = None

    @property
    def texts(self) -> list[str]:
        return [self.shown[number]["text"] for number in sorted(self.shown)]

    @property
    def gone(self) -> bool:
        """Whether the line has ended."""
        return self._stream is not None and self._stream.ended

    @asynccontextmanager
    async def listening(self, after: int = 0) -> AsyncIterator["Page"]:
        """Connected until the block ends."""
        async with self.stream(after, self.show) as self._stream:
            await self.until(lambda: self._stream.states or self.gone)
            yield self

    def show(self, message: dict[str, Any]) -> None:
        self.arrivals.append(message["number"])
        known = self.shown.setdefault(message["number"], message)
        assert known == message, "a number stands for one message, for ever"

    async def until(self, condition: Callable[[], Any], limit: float = 15.0) -> None:
        """Wait until something that arrives makes the condition true."""
        await self._stream.until(condition, limit)

    async def shows(self, count: int) -> list[str]:
        """Wait for that many messages and give their texts in the order of their numbers."""
        await self.until(lambda: len(self.shown) >= count)
        return self.texts


class Stream:
    """What a stream has brought so far."""

    def __init__(
        self, response: aiohttp.ClientResponse, each: Callable[[dict[str, Any]], None] | None = None
    ) -> None:
        self.headers = response.headers
        self.messages: list[dict[str, Any]] = []
        self.states: list[dict[str, Any]] = []
        self.comments = 0
        self.ended = False
        self._response = response
        self._each = each
        self._changed = asyncio.Condition()

    async def read(self) -> None:
        with contextlib.suppress(aiohttp.ClientError):
            block: list[str] = []
            async for line in self._response.content:
                if text := line.decode().rstrip("\n"):
                    block.append(text)
                else:
                    await self._take(block)
                    block = []
        self.ended = True
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, block: list[str]) -> None:
        fields = dict(line.split(": ", 1) for line in block if not line.startswith(":"))
        self.comments += sum(line.startswith(":") for line in block)
        if fields.get("event") == "message":
            message = json.loads(fields["data"])
            assert fields["id"] == str(message["number"])
            self.messages.append(message)
            if self._each is not None:
                self._each(message)
        elif fields.get("event") == "state":
            self.states.append(json.loads(fields["data"]))
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Any, limit: float = 15.0) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(condition), limit)

    async def sees(self, count: int) -> list[dict[str, Any]]:
        await self.until(lambda: len(self.messages) >= count)
        return self.messages


@asynccontextmanager
async def client(
    server: Server, token: str | None = None, *, origin: str | None = ORIGIN
) -> AsyncIterator[Client]:
    """A customer with a session: a new one, or the one of the token."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
        customer = Client(server.url, http, origin)
        answer = await customer.open(**({} if token is None else {"token": token}))
        assert answer.status == 200, answer.body
        yield customer


@asynccontextmanager
async def stranger(server: Server, *, origin: str | None = ORIGIN) -> AsyncIterator[Client]:
    """Somebody without a session."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
        yield Client(server.url, http, origin)


@asynccontextmanager
async def page(server: Server, token: str | None = None, after: int = 0) -> AsyncIterator[Page]:
    """A customer whose page is open: a new one, or the one of the token, who has seen all up to `after`."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
        customer = Page(server.url, http)
        answer = await customer.open(**({} if token is None else {"token": token}))
        assert answer.status == 200, answer.body
        async with customer.listening(after):
            yield customer
