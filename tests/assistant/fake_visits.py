"""The handoff service's `/visits` as a connector meets it: states, a stream, and what it was told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from channels.desk import Desk

KEY = "service-key-for-tests"
PUBLIC = "https://desk.invalid"
"""Where customers reach the service, and a connector does not."""
BOT: dict[str, Any] = {
    "owner": "bot",
    "position": None,
    "wait_seconds": None,
    "agent": None,
    "read_message_id": None,
}
LIN: dict[str, Any] = {**BOT, "owner": "agent", "agent": {"name": "林"}}


def queued(position: int, wait_seconds: int | None = 180) -> dict[str, Any]:
    return {**BOT, "owner": "queue", "position": position, "wait_seconds": wait_seconds}


class FakeVisits:
    """Start it with `serving_visits`; `stop` and `start` again are a restart at the same port.

    What it is told it answers with `refuse`, as long as that is set; with `refusals`, one each; and with 500
    where the text is `fails_at`; several `together`, a count, with `never_together`, as long as that is set.
    """

    def __init__(self) -> None:
        self.states: dict[str, dict[str, Any]] = {}
        self.templates: list[Any] = []
        self.told: list[tuple[str, str, Any]] = []
        self.resumed: list[str | None] = []
        self.asked: list[str] = []
        self.together = 0
        self.never_together: int | None = None
        self.refuse: int | None = None
        self.refuse_kind = "x"
        self.refusals: list[int] = []
        self.fails_at = ""
        self.links: dict[str, str] = {}
        self.uploads: list[tuple[str, bytes, dict[str, str]]] = []
        self.files: dict[str, bytes] = {}
        self.number = 0
        self.events: list[tuple[int, str, Any]] = []
        self._streams: set[asyncio.Queue[str | None]] = set()
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def desk(self) -> Desk:
        return Desk(f"http://127.0.0.1:{self.port}", KEY)

    async def start(self) -> None:
        app = web.Application(middlewares=[self._keyed], client_max_size=64 * 1024 * 1024)
        app.router.add_get("/api/v1/visits/stream", self._stream)
        app.router.add_get("/api/v1/visits/waiting", self._waiting)
        app.router.add_get("/api/v1/visits/{sender}", self._state)
        app.router.add_post("/api/v1/visits/told", self._tell_together)
        app.router.add_put("/api/v1/visits/templates", self._offer)
        app.router.add_post("/api/v1/visits/resume", self._resume)
        app.router.add_post("/api/v1/visits/{sender}/attachments", self._upload)
        app.router.add_post("/api/v1/visits/{sender}/{what}", self._tell)
        app.router.add_get("/files/{id}/{expires}/{signature}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for stream in self._streams:
            stream.put_nowait(None)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def becomes(self, sender: str, state: dict[str, Any]) -> None:
        """The conversation changes; also while nobody listens."""
        self.states[sender] = state
        self.number += 1
        self.events.append((self.number, "visit.updated", {"sender_id": sender, "state": state}))
        self._send(_frame(*self.events[-1]))

    def types(self, sender: str) -> None:
        self._send(_frame(None, "visit.typing", {"sender_id": sender}))

    def _send(self, frame: str) -> None:
        for stream in self._streams:
            stream.put_nowait(frame)

    @web.middleware
    async def _keyed(self, request: web.Request, handler: Any) -> web.StreamResponse:
        linked = request.path.startswith("/files/")
        if not linked and request.headers.get("authorization") != f"Bearer {KEY}":
            return web.Response(status=401)
        response: web.StreamResponse = await handler(request)
        return response

    async def _state(self, request: web.Request) -> web.Response:
        sender = request.match_info["sender"]
        self.asked.append(sender)
        return web.json_response({"sender_id": sender, "state": self.states.get(sender, BOT)})

    async def _waiting(self, _: web.Request) -> web.Response:
        waiting = [
            {"sender_id": sender, "state": state}
            for sender, state in self.states.items()
            if state["owner"] == "queue"
        ]
        return web.json_response({"items": waiting})

    async def _resume(self, request: web.Request) -> web.Response:
        if self.refuse is not None:
            return web.Response(status=self.refuse)
        sender = self.links.get((await request.json())["token"])
        return web.json_response({"sender_id": sender}) if sender else web.Response(status=404)

    async def _offer(self, request: web.Request) -> web.Response:
        self.templates.append(await request.json())
        return web.Response(status=204)

    async def _tell(self, request: web.Request) -> web.Response:
        found = request.match_info
        answer = self._take(found["sender"], found["what"], await request.json())
        if answer["status"] == 204:
            return web.Response(status=204)
        return web.json_response(answer, status=answer["status"])

    async def _tell_together(self, request: web.Request) -> web.Response:
        self.together += 1
        if self.never_together is not None:
            return web.json_response({}, status=self.never_together)
        items = (await request.json())["items"]
        results: list[dict[str, Any]] = []
        waiting = set()
        for each in items:
            behind = each["sender_id"] in waiting
            given = each["sender_id"], each["what"], each["body"]
            results.append({"status": 424} if behind else self._take(*given))
            if results[-1]["status"] >= 500 or results[-1]["status"] in (424, 429):
                waiting.add(each["sender_id"])
        return web.json_response({"results": results})

    def _take(self, sender: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.refuse is not None:
            return {"status": self.refuse, "type": f"urn:baton:problem:{self.refuse_kind}"}
        if self.refusals:
            return {"status": self.refusals.pop(0)}
        if self.fails_at and body.get("text") == self.fails_at:
            return {"status": 500}
        self.told.append((sender, what, body))
        return {"status": 204}

    async def _upload(self, request: web.Request) -> web.Response:
        given, params = await request.read(), dict(request.query)
        self.uploads.append((request.match_info["sender"], given, params))
        file = {"id": f"f{len(self.uploads)}", "name": params.get("name", ""), "size": len(given)}
        return web.json_response({**file, "type": request.content_type}, status=201)

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        after = request.headers.get("last-event-id")
        self.resumed.append(after)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            await response.write(f"retry: 1000\nid: {self.number}\n\n".encode())
            for event in self.events if after is not None else ():
                if event[0] > int(after or 0):
                    await response.write(_frame(*event).encode())
            while (frame := await queue.get()) is not None:
                await response.write(frame.encode())
        finally:
            self._streams.discard(queue)
        return response


def _frame(number: int | None, kind: str, data: Any) -> str:
    identity = "" if number is None else f"id: {number}\n"
    return f"{identity}event: {kind}\ndata: {json.dumps(data)}\n\n"


@asynccontextmanager
async def serving_visits() -> AsyncIterator[FakeVisits]:
    visits = FakeVisits()
    await visits.start()
    try:
        yield visits
    finally:
        await visits.stop()
