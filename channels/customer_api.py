"""The customer protocol: what pages and apps call, below `/webhooks/webchat/v1`.

Every call is numbered or idempotent, so a client repeats whatever it got no answer to. What is said to the
customer comes as Server-Sent Events (`/events`) or, where something on the way holds streams back, by long
polling (`/messages`); both resume by number. docs/api/customer-protocol.md describes it for those who
write clients.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from channels.desk import DeskAway, DeskRefuses
from channels.durable import DurableInput
from channels.feed import Bell, Feed
from channels.feedback import take_feedback
from channels.leaving import leave_message
from channels.limits import CALLS_A_MINUTE, PerMinute
from channels.rating import give_rating
from channels.refusals import InvalidPayload, NotWaiting, SlowDown, Unavailable
from channels.sessions import Sessions
from channels.taking import take_message
from channels.telling import DELIVERED, READ
from channels.uploads import Uploads
from channels.visitors import Visitor
from channels.visits import Visits
from channels.web import Web, json_body, whole_number

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0  # proxies cut a connection that is silent for 30 to 60
MAX_WAIT_SECONDS = 25  # of a long poll; below the time after which proxies give up on an answer
# Several tabs on several devices; one who opens more is no customer.
MAX_LISTENERS = 12
_NUMBERS = 2**53 - 1
_BATCH = 100
# Milliseconds until a browser's own EventSource would connect again; its default is 3 to 5 seconds.
_RETRY = "retry: 1000\n\n"


class CustomerApi:
    """The handlers."""

    def __init__(
        self,
        channel: DurableInput,
        sessions: Sessions,
        web: Web,
        feed: Feed,
        visits: Visits,
        uploads: Uploads,
    ) -> None:
        self._channel = channel
        self._sessions = sessions
        self._web = web
        self._feed = feed
        self._visits = visits
        self._uploads = uploads
        self._calls = PerMinute(CALLS_A_MINUTE, channel.now)

    def add_routes(self, blueprint: Blueprint) -> None:
        for method, path, handler in (
            ("POST", "/v1/session", self._open_session),
            ("POST", "/v1/messages", self._take_message),
            ("GET", "/v1/messages", self._poll),
            ("GET", "/v1/events", self._stream),
            ("POST", "/v1/received", self._received),
            ("POST", "/v1/read", self._read),
            ("POST", "/v1/typing", self._typing),
            ("POST", "/v1/choice", self._choose),
            ("POST", "/v1/rating", self._rate),
            ("POST", "/v1/message", self._leave_message),
            ("POST", "/v1/uploads", self._upload),
        ):
            # What a GET may carry is not read at all, what a POST carries by its handler.
            route = blueprint.route(
                path, methods=[method], stream=method == "POST", ignore_body=method == "GET"
            )
            route(self._web.answering(handler))

    async def _open_session(self, request: Request) -> HTTPResponse:
        return json_response(await self._sessions.open(request, await json_body(request)))

    async def _take_message(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        payload = await json_body(request)
        if payload.get("feedback") is None:
            accepted = await take_message(self._channel, conversation, payload)
        else:
            accepted = await take_feedback(self._channel, self._visits.telling, conversation, payload)
        return json_response({"id": accepted.message_id, "number": accepted.number}, 202)

    async def _poll(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        after = whole_number(request, "after", _NUMBERS)
        wait = whole_number(request, "wait", MAX_WAIT_SECONDS)
        await self._begin_listening(conversation, after)
        with self._listening(conversation) as bell:
            if wait and not self._since(conversation, after) and not self._feed.closed:
                with self._visits.presence.here(conversation):
                    await bell.wait(wait)
        messages = self._since(conversation, after)
        return json_response(
            {
                "messages": messages,
                "last": self._channel.store.last_number(conversation),
                "state": self._visits.state(conversation),
            }
        )

    async def _stream(self, request: Request) -> None:
        _, conversation = self._who(request)
        after = whole_number(request, "after", _NUMBERS)
        await self._begin_listening(conversation, after)
        with self._listening(conversation) as bell, self._visits.presence.here(conversation):
            headers = {**self._web.headers(request.headers.get("origin")), "X-Accel-Buffering": "no"}
            response = await request.respond(content_type="text/event-stream", headers=headers)
            await response.send(_RETRY)
            await self._follow(conversation, after, bell, response.send)
            await response.eof()

    async def _follow(self, conversation: str, cursor: int, bell: Bell, send: Callable[[str], Any]) -> None:
        shown = None
        beat_at = time.monotonic() + HEARTBEAT_SECONDS
        while not self._feed.closed:
            while messages := self._since(conversation, cursor):
                for message in messages:
                    cursor = message["number"]
                    await send(_frame("message", message, cursor))
            state = self._visits.state(conversation)
            if state != shown:
                shown = state
                await send(_frame("state", state))
            if not await bell.wait(max(0.0, beat_at - time.monotonic())):
                beat_at = time.monotonic() + HEARTBEAT_SECONDS
                await send(": still here\n\n")

    async def _received(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        self._visits.telling.got(conversation, _number(await json_body(request)), DELIVERED)
        return empty()

    async def _read(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        self._visits.telling.got(conversation, _number(await json_body(request)), READ)
        return empty()

    async def _typing(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        await json_body(request)
        await self._visits.customer_types(conversation)
        return empty()

    async def _choose(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        choice = (await json_body(request)).get("choice")
        if choice not in ("wait", "bot"):
            raise InvalidPayload('`choice` must be "wait" or "bot"')
        self._admit(conversation)
        try:
            await self._visits.choose(conversation, choice)
        except DeskAway:
            raise Unavailable("this did not work just now; please try again", retry_after=2) from None
        except DeskRefuses:
            raise NotWaiting("you are not waiting in the queue") from None
        return empty()

    async def _rate(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        payload = await json_body(request)
        self._admit(conversation)
        await give_rating(self._visits, conversation, payload)
        return empty()

    async def _leave_message(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        payload = await json_body(request)
        self._admit(conversation)
        left = await leave_message(self._channel, self._visits, conversation, payload)
        return json_response({"id": left.message_id, "number": left.number}, 202)

    async def _upload(self, request: Request) -> HTTPResponse:
        _, conversation = self._who(request)
        return json_response(await self._uploads.take(request, conversation, self._channel.now()), 201)

    async def _begin_listening(self, conversation: str, after: int) -> None:
        """Whoever asks for what comes after a number has what came before it."""
        self._visits.telling.got(conversation, after, DELIVERED)
        await self._visits.known(conversation)

    def _who(self, request: Request) -> tuple[Visitor, str]:
        return self._sessions.who(request)

    def _admit(self, conversation: str) -> None:
        """Raises SlowDown for a customer who keeps the handoff service busy."""
        if not self._calls.allows(conversation):
            raise SlowDown("too much at once; please wait a minute", retry_after=60)

    def _since(self, conversation: str, after: int) -> list[dict[str, Any]]:
        now = self._channel.now()
        found = self._channel.store.since(conversation, after, limit=_BATCH)
        return [self._uploads.links.fresh(message, now) for message in found]

    def _listening(self, conversation: str) -> Any:
        if self._feed.listeners(conversation) >= MAX_LISTENERS:
            raise SlowDown("too many connections of one customer", retry_after=5)
        return self._feed.listening(conversation)


def _number(payload: dict[str, Any]) -> int:
    number = payload.get("number")
    if type(number) is not int or not 0 <= number <= _NUMBERS:
        raise InvalidPayload("`number` must be the number of a message")
    return number


def _frame(kind: str, data: dict[str, Any], number: int | None = None) -> str:
    identity = "" if number is None else f"id: {number}\n"
    return f"{identity}event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
