"""HTTP for pages and apps on Rasa's web server: bodies with a limit, refusals as JSON, exact origins.

Rasa answers every preflight itself and, started with `--cors`, allows origins on every response. Neither may
decide who reaches a customer's words: `Web.install` puts our own answer in front of Rasa's for the
addresses below its prefix.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Sanic
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from channels.bodies import whole_body
from channels.refusals import InvalidPayload, NotFound, OriginRefused, RefusedError, TooLarge, Unavailable

logger = logging.getLogger(__name__)

# 10,000 characters may take 120,000 bytes as JSON escapes; what is a little longer still gets `too_long`.
MAX_JSON = 256 * 1024
# Browsers ask again after at most two hours, whatever is said here.
_PREFLIGHT_SECONDS = "7200"
# sanic-cors, which Rasa uses, leaves a response alone when this says that somebody has decided.
_CORS_DECIDED = "_sanic_cors_e"

Handler = Callable[..., Awaitable[HTTPResponse | None]]


class Web:
    """Wraps handlers. `allows(origin)` says whether any page of that origin may call at all."""

    def __init__(self, prefix: str, allows: Callable[[str], bool]) -> None:
        self._prefix = prefix
        self._allows = allows

    def install(self, app: Sanic) -> None:
        """Answer preflights, and calls that lead nowhere, before Rasa does.

        Call it when the server is about to start.
        """

        async def first(request: Request) -> HTTPResponse | None:
            if not request.path.startswith(self._prefix):
                return None
            setattr(request.ctx, _CORS_DECIDED, "1")
            origin = request.headers.get("origin")
            if request.method == "OPTIONS":
                return empty(headers=self._preflight_headers(origin))
            if request.route is None:  # no such address, or not for this method
                response = refused(NotFound("there is nothing at this address"))
                response.headers.update(self.headers(origin))
                return response
            return None

        app.request_middleware.appendleft(first)

    def answering(self, handler: Handler) -> Handler:
        """The handler as Sanic calls it: whatever was sent there is an answer, and never an exception."""

        async def answer(request: Request, **arguments: Any) -> HTTPResponse | None:
            origin = request.headers.get("origin")
            try:
                if origin is not None and not self._allows(origin):
                    raise OriginRefused("pages of this origin may not use this chat")
                response = await handler(request, **arguments)
            except RefusedError as refusal:
                response = refused(refusal)
            except PayloadTooLarge:
                response = refused(TooLarge("the request is too large"))
            except SanicException as error:
                if error.status_code >= 500:
                    raise
                response = refused(InvalidPayload("the request cannot be understood"))
            except Exception:
                logger.exception("request failed path=%s", request.path)
                response = refused(Unavailable("this did not work just now; please try again", retry_after=1))
            if response is not None:
                response.headers.update(self.headers(origin))
            return response

        answer.__name__ = handler.__name__
        return answer

    def headers(self, origin: str | None) -> dict[str, str]:
        """What each response carries: whose page may read it, and that nobody on the way keeps it."""
        headers = {"Cache-Control": "no-store", "Vary": "Origin", "X-Content-Type-Options": "nosniff"}
        if origin is not None and self._allows(origin):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Retry-After"
        return headers

    def _preflight_headers(self, origin: str | None) -> dict[str, str]:
        if origin is None or not self._allows(origin):
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
        }


def refused(refusal: RefusedError) -> HTTPResponse:
    headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    body = {"error": {"code": refusal.code, "message": refusal.message}}
    return json_response(body, refusal.status, headers)


async def json_body(request: Request) -> dict[str, Any]:
    """The JSON object in the body; an empty body is an empty object.

    For routes with `stream=True`, whose body is not read before. Raises InvalidPayload, TooLarge.
    """
    body = await whole_body(request, MAX_JSON)
    if not body:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidPayload("the body must be JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise InvalidPayload("the body must be one JSON object")
    return value


def bearer(request: Request) -> str | None:
    """The token of the Authorization header, None without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def whole_number(request: Request, name: str, most: int) -> int:
    """A number in the address, 0 when it is not there. Raises InvalidPayload."""
    given = request.args.get(name, "0")
    if not (given.isascii() and given.isdecimal() and len(given) < 17 and int(given) <= most):
        raise InvalidPayload(f"`{name}` must be a whole number from 0 to {most}")
    return int(given)
