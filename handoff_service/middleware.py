"""What happens to every request, as plain ASGI so that streams are not buffered."""

import re
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handoff_service.problems import problem, unexpected

CORRELATION_HEADER = "X-Correlation-ID"
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")
_QUIET = ("/healthz", "/readyz")  # asked for every few seconds
_UPLOADS = "/attachments"  # files come as they are, and are longer than what people and programs write
_LINKS = "/files/"  # what follows lets whoever has it in, so it is not logged

log = structlog.get_logger(__name__)


class Correlation:
    """Gives each request its id, logs it, and answers 500 without details where nobody expected an error."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.perf_counter) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(CORRELATION_HEADER, "")
        correlation_id = given if _SANE.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        status = 0
        started = self.clock()

        async def correlated(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[CORRELATION_HEADER] = correlation_id
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            try:
                await self.app(scope, receive, correlated)
            except Exception:
                log.exception("request.crashed", method=scope["method"], path=_loggable(scope["path"]))
                if status:
                    raise  # half an answer is out: only breaking the connection tells the caller
                await unexpected(correlation_id)(scope, receive, correlated)
            finally:
                tell = log.debug if scope["path"] in _QUIET else log.info
                tell(
                    "request",
                    method=scope["method"],
                    path=_loggable(scope["path"]),
                    status=status,
                    ms=round((self.clock() - started) * 1000, 1),
                )


class BodyLimit:
    """413 for bodies that are too long, announced or found out while they arrive; 400 for NUL in the URL."""

    def __init__(self, app: ASGIApp, limit: int, upload_limit: int) -> None:
        self.app = app
        self.limit = limit
        self.upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await problem(400, "The URL contains the character NUL")(scope, receive, send)
            return
        limit = self.upload_limit if scope["path"].endswith(_UPLOADS) else self.limit
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and (len(announced) > 15 or int(announced) > limit):
            await problem(413, "Too large", detail=f"At most {limit} bytes.")(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)  # the one kind of error that passes FastAPI's reading of bodies
            return message

        await self.app(scope, counted, send)


class SecurityHeaders:
    """The pages run their own scripts only, and talk to this service and to the webchat only."""

    def __init__(self, app: ASGIApp, webchat_url: str) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(webchat_url),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, secured if scope["type"] == "http" else send)


def _loggable(path: str) -> str:
    return _LINKS + "…" if path.startswith(_LINKS) else path


def content_security_policy(webchat_url: str) -> str:
    parts = urlsplit(webchat_url)
    sources = "'self'"
    if parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc):
        sources += f" {parts.scheme}://{parts.netloc}"
    return "; ".join(
        [
            "default-src 'self'",
            f"connect-src {sources}",
            "img-src 'self' data: blob: https:",  # a picture of the shop's, or one that is about to be sent
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )
