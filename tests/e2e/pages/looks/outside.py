"""What is outside the desk, with something nice to show: the customer protocol, and a shop's orders."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, StreamingResponse

CHAT = "/webhooks/webchat/v1"
REFUSED = "page.html"
"""The name of a file that the web chat does not take."""


class Outside:
    """`messages` and `state` are what the widget is told; change them before a page is opened."""

    def __init__(self, orders: list[dict[str, Any]]) -> None:
        self.orders = orders
        self.messages: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self.app = self._app()

    def says(self, lines: list[list[Any]], agent: str, photo_url: str, now: dt.datetime) -> None:
        """The widget's conversation, a minute between the lines."""
        self.messages = []
        for number, (who, text, *more) in enumerate(lines, 1):
            sent = now - dt.timedelta(minutes=len(lines) - number + 2)
            author = "customer" if who == "photo" else who
            line = {"number": number, "id": f"m{number}", "author": author, "text": text}
            if who == "agent":
                line["author_name"] = agent
            if who == "photo":
                file = {"id": "photo", "name": "photo.png", "type": "image/png", "size": 24_000}
                line["attachments"] = [{**file, "url": photo_url, "width": 640, "height": 480}]
            given = dict(more[0]) if more else {}
            if "buttons" in given:
                given["buttons"] = [{"title": title, "payload": title} for title in given["buttons"]]
            self.messages.append({**line, **given, "sent_at": sent.isoformat()})

    def is_with(self, owner: str, **more: Any) -> None:
        plain = {"position": None, "wait_seconds": None, "agent": None, "typing": False, "read_up_to": None}
        self.state = {**plain, "owner": owner, "rating": None, "can_leave_message": True, **more}

    def _app(self) -> FastAPI:
        app = FastAPI()
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])

        @app.get("/orders")
        def orders() -> dict[str, Any]:
            return {"orders": self.orders}

        @app.post(CHAT + "/session")
        def session() -> dict[str, Any]:
            upload = {"upload": {"max_bytes": 20_000_000, "types": ["image/png"]}}
            return {
                "token": "t",
                "visitor": "v",
                "last": len(self.messages),
                "site": {"name": None},
                "features": upload,
            }

        @app.get(CHAT + "/messages")
        def messages(after: int = 0) -> dict[str, Any]:
            return {"messages": self.messages[after:], "last": len(self.messages), "state": self.state}

        @app.get(CHAT + "/events")
        async def events() -> StreamingResponse:
            return StreamingResponse(self._stream(), media_type="text/event-stream")

        @app.post(CHAT + "/uploads")
        async def uploads(request: Request) -> JSONResponse:
            if REFUSED.encode() in await request.body():
                return JSONResponse({"error": {"code": "type_refused"}}, status_code=415)
            file = {"id": "f1", "name": "return-label.pdf", "type": "application/pdf", "size": 48_000}
            return JSONResponse({**file, "url": "/nowhere"})

        @app.post(CHAT + "/{call:path}")
        async def anything(call: str, _request: Request) -> JSONResponse:
            return JSONResponse({})

        self.ended = False
        return app

    async def _stream(self) -> AsyncIterator[str]:
        yield f"event: state\ndata: {json.dumps(self.state)}\n\n"
        while not self.ended:  # noqa: ASYNC110 - see below
            await asyncio.sleep(0.2)  # it is another thread that ends it
