"""Web chat over Socket.IO: `channels.webchat.WebchatInput` in credentials.yml.

Websockets at `/webhooks/webchat/socket.io`. Client → server, each answered by an acknowledgement
`{ok: true, ...}` or `{ok: false, error: {code, message}}`:

- `session {token?, after?}` → `{visitor, token, last, messages}`: who I am (without a token: a new visitor)
  and what I have seen. `messages` are all numbered above `after`; what comes later follows as `message`
  events without a gap.
- `message {client_id, text}` → `{id, number}`, once the message is in the inbox on disk. Sent again with the
  same client_id it is answered the same and handled once, so a client repeats it until it is acknowledged.

Server → client: `message {number, id, author, author_name?, client_id?, text, buttons?, image?, custom?,
sent_at}`, the customer's own included, numbered without a gap per visitor, to every socket of the visitor.

Error codes: `invalid_payload`, `invalid_token` (ask for a session without one), `no_session`, `empty`,
`too_long`, `slow_down` (nothing was stored; try again later), `unavailable` (the same), `unknown_event`.

The sender id is `webchat:<account>:<visitor>` and is never the client's choice. Text that begins with a
slash, which Rasa would obey as an intent, is handed over as plain words unless it is the payload of a button
that this visitor has been shown.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.customer_api import CustomerApi
from channels.desk import Desk
from channels.durable import DurableInput
from channels.feed import Feed
from channels.feedback import asks_feedback
from channels.file_links import FileLinks
from channels.refusals import InvalidPayload, InvalidToken, RefusedError, SlowDown
from channels.sessions import Sessions
from channels.sites import Sites
from channels.sockets import CheckedServer, SocketBlueprint
from channels.taking import take_message
from channels.uploads import Uploads
from channels.visitors import InvalidTokenError, Visitors
from channels.visits import Visits
from channels.web import Web

logger = logging.getLogger(__name__)

# A page needs one visitor, and another after its token expired.
MAX_VISITORS_PER_SOCKET = 5
_BATCH = 100


class NoSession(RefusedError):
    code = "no_session"


@dataclass
class _Session:
    """A socket that has proved who it is; `cursor` is the last number sent to it."""

    visitor: str
    conversation: str
    cursor: int
    sending: bool = False


class WebchatInput(DurableInput):
    """The web chat connector. One per Rasa server; `account` is the site of a client that names none."""

    def __init__(
        self,
        account: str = "default",
        sites: Mapping[str, Any] | None = None,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        desk: Desk | None = None,
        unasked: Iterable[str] = (),
    ) -> None:
        super().__init__(path, now)
        self._account = account
        self._sites = Sites.configured(account, sites)
        self._sessions: dict[str, _Session] = {}
        self._sockets: dict[str, set[str]] = {}
        self._visitors_made: dict[str, int] = {}
        self._unasked = frozenset(unasked)
        self._desk = desk
        self._feed = Feed()
        self._visits = Visits(desk, self._feed, lambda: self.store)
        self._uploads = Uploads(desk, FileLinks.from_environment(), lambda: self.store)
        self._web = Web(f"/webhooks/{self.name()}/v1/", self._sites.allow)
        self._sessions_of = Sessions(self, self._sites, self._features, self._visits.resumed)

    @classmethod
    def name(cls) -> str:
        return "webchat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        given = credentials or {}
        return cls(
            account=str(given.get("account", "default")),
            sites=given.get("sites"),
            desk=Desk.from_environment(),
            unasked=given.get("no_feedback") or (),
        )

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        self._sio = CheckedServer(sorted(self._sites.get().origins))
        blueprint = SocketBlueprint(self._sio, "webchat", __name__)
        self.listen(blueprint, on_new_message)

        @blueprint.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        api = CustomerApi(self, self._sessions_of, self._web, self._feed, self._visits, self._uploads)
        api.add_routes(blueprint)

        @blueprint.listener("before_server_start")
        async def answer_first(app: Sanic, _loop: Any) -> None:
            self._web.install(app)

        @blueprint.listener("after_server_start")
        async def follow_the_desk(_app: Sanic, _loop: Any) -> None:
            await self._visits.start()

        @blueprint.listener("before_server_stop")
        async def hang_up(_app: Sanic, _loop: Any) -> None:
            self._feed.close()
            await self._visits.stop()
            await self._sio.end()

        self._sio.on("session", self._answering(self._open_session))
        self._sio.on("message", self._answering(self._take_message))
        self._sio.on("*", self._unknown_event)
        self._sio.on("disconnect", self._leave)
        return blueprint

    # -- what clients ask

    async def _open_session(self, sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        after = payload.get("after")
        after = 0 if after is None else after
        if type(after) is not int or not 0 <= after < 2**53:
            raise InvalidPayload("`after` must be the number of a message")
        self._detach(sid)
        visitors = Visitors(self.store, self.now)
        token = payload.get("token")
        if token is None:
            made = self._visitors_made.get(sid, 0)
            if made >= MAX_VISITORS_PER_SOCKET:
                raise SlowDown("too many sessions from one connection")
            self._visitors_made[sid] = made + 1
            visitor = visitors.create(self._account)
        else:
            try:
                visitor = visitors.recognise(token)
            except InvalidTokenError:
                raise InvalidToken("this session has ended; please start a new one") from None
        conversation = self._sessions_of.conversation_of(visitor)
        self.store.open_conversation(conversation)
        last = self.store.last_number(conversation)
        # From here to the acknowledgement there is no await: what is said meanwhile is numbered above `last`
        # and follows.
        self._sessions[sid] = _Session(visitor.id, conversation, cursor=last)
        self._sockets.setdefault(conversation, set()).add(sid)
        messages = self.store.since(conversation, after)
        return {"visitor": visitor.id, "token": visitor.token, "last": last, "messages": messages}

    async def _take_message(self, sid: str, payload: dict[str, Any]) -> dict[str, Any]:
        session = self._sessions.get(sid)
        if session is None:
            raise NoSession("ask for a session first")
        accepted = await take_message(self, session.conversation, payload)
        return {"id": accepted.message_id, "number": accepted.number}

    async def _unknown_event(self, _event: Any, _sid: str, *_payload: Any) -> dict[str, Any]:
        return _refusal("unknown_event", "this server knows `session` and `message`")

    async def _leave(self, sid: str) -> None:
        self._detach(sid)
        self._visitors_made.pop(sid, None)

    def _answering(
        self, ask: Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> Callable[..., Awaitable[dict[str, Any]]]:
        """The handler as Socket.IO calls it: whatever was sent, there is an answer and never an exception."""

        async def answer(sid: str, *payload: Any) -> dict[str, Any]:
            try:
                if len(payload) != 1 or not isinstance(payload[0], dict):
                    raise InvalidPayload("the payload must be one JSON object")
                return {"ok": True, **await ask(sid, payload[0])}
            except RefusedError as refusal:
                return _refusal(refusal.code, refusal.message)
            except Exception:
                logger.exception("request failed socket=%s", sid)
                return _refusal("unavailable", "this did not work just now; please try again")

        return answer

    # -- what clients get

    def _features(self) -> dict[str, Any]:
        """What clients may offer beside writing."""
        message = self._desk is not None
        return {"message": message, "upload": {"max_bytes": self._uploads.max_bytes}}

    def marks(self, message: Mapping[str, Any]) -> dict[str, Any]:
        by_bot = message.get("author") is None
        return {"feedback": "ask"} if by_bot and asks_feedback(message, self._unasked) else {}

    async def say(self, conversation: str, message_id: str, body: dict[str, Any]) -> None:
        if body["author"] == "agent":
            self._visits.agent_spoke(conversation)
        await super().say(conversation, message_id, body)

    async def wake(self, conversation: str) -> None:
        self._feed.ring(conversation)
        for sid in tuple(self._sockets.get(conversation, ())):
            await self._send_new(sid)

    async def _send_new(self, sid: str) -> None:
        """Bring the socket up to date, in order. A call while another one runs leaves the work to it."""
        session = self._sessions.get(sid)
        if session is None or session.sending:
            return
        session.sending = True
        try:
            while messages := self.store.since(session.conversation, session.cursor, limit=_BATCH):
                for message in messages:
                    if self._sessions.get(sid) is not session:
                        return
                    session.cursor = message["number"]
                    await self._sio.emit("message", message, to=sid)
        finally:
            session.sending = False

    def _detach(self, sid: str) -> None:
        session = self._sessions.pop(sid, None)
        if session is not None:
            sockets = self._sockets[session.conversation]
            sockets.discard(sid)
            if not sockets:
                del self._sockets[session.conversation]


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "message": message}}
