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
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.content import as_plain_words, is_command, storable
from channels.durable import DurableInput
from channels.sockets import CheckedServer, SocketBlueprint
from channels.visitors import InvalidTokenError, Visitors

logger = logging.getLogger(__name__)

MAX_TEXT = 10_000
MAX_CLIENT_ID = 64
# Faster than anybody types, slower than a script: bursts of short lines pass, a flood does not.
RATE_MESSAGES, RATE_SECONDS = 20, 10.0
# While Rasa is away a customer's messages wait on disk; more than this is no conversation any more.
MAX_BACKLOG = 50
# A page needs one visitor, and another after its token expired.
MAX_VISITORS_PER_SOCKET = 5
_BATCH = 100
_DEFAULT_ORIGINS = "http://127.0.0.1:8000,http://localhost:8000"
_CLIENT_ID = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,32}")


class RefusedError(Exception):
    """An expected refusal, as the client gets it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class _Session:
    """A socket that has proved who it is; `cursor` is the last number sent to it."""

    visitor: str
    conversation: str
    cursor: int
    sending: bool = False


class WebchatInput(DurableInput):
    """The web chat connector. One per Rasa server; `account` tells several shops behind one desk apart."""

    def __init__(
        self,
        account: str = "default",
        allowed_origins: list[str] | None = None,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(path, now)
        if not _ACCOUNT.fullmatch(account):
            raise ValueError("webchat: `account` must be 1 to 32 letters, digits, '-' or '_'")
        self._account = account
        self._origins = origins_from_environment() if allowed_origins is None else allowed_origins
        self._sessions: dict[str, _Session] = {}
        self._sockets: dict[str, set[str]] = {}
        self._visitors_made: dict[str, int] = {}

    @classmethod
    def name(cls) -> str:
        return "webchat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        return cls(account=str((credentials or {}).get("account", "default")))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        self._sio = CheckedServer(self._origins)
        blueprint = SocketBlueprint(self._sio, "webchat", __name__)
        self.listen(blueprint, on_new_message)

        @blueprint.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.listener("before_server_stop")
        async def hang_up(_app: Sanic, _loop: Any) -> None:
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
            raise RefusedError("invalid_payload", "`after` must be the number of a message")
        self._detach(sid)
        visitors = Visitors(self.store, self._now)
        token = payload.get("token")
        if token is None:
            made = self._visitors_made.get(sid, 0)
            if made >= MAX_VISITORS_PER_SOCKET:
                raise RefusedError("slow_down", "too many sessions from one connection")
            self._visitors_made[sid] = made + 1
            visitor = visitors.create()
        else:
            try:
                visitor = visitors.recognise(token)
            except InvalidTokenError:
                raise RefusedError(
                    "invalid_token", "this session has ended; please start a new one"
                ) from None
        conversation = f"{self.name()}:{self._account}:{visitor.id}"
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
            raise RefusedError("no_session", "ask for a session first")
        client_id, text = _client_id(payload), _text(payload)
        accepted = self.store.accepted(session.conversation, client_id)
        if accepted is None:
            self._admit(session.conversation)
            # A button of ours may command; the page shows what the customer pressed, not what it stands for.
            title = self.store.offered_title(session.conversation, text.strip()) if is_command(text) else None
            Visitors(self.store, self._now).touch(session.visitor)
            accepted = await self.accept(
                session.conversation,
                client_id,
                text.strip() if title is not None else as_plain_words(text),
                shown=text if title is None else title,
                metadata={} if title is None else {"button_title": title},
            )
        return {"id": accepted.message_id, "number": accepted.number}

    def _admit(self, conversation: str) -> None:
        if self.store.accepted_within(conversation, RATE_MESSAGES, RATE_SECONDS):
            raise RefusedError("slow_down", "too many messages at once; please wait a few seconds")
        if self.store.backlog(conversation) >= MAX_BACKLOG:
            raise RefusedError("slow_down", "your earlier messages are still being handled; please wait")

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
                    raise RefusedError("invalid_payload", "the payload must be one JSON object")
                return {"ok": True, **await ask(sid, payload[0])}
            except RefusedError as refusal:
                return _refusal(refusal.code, refusal.message)
            except Exception:
                logger.exception("request failed socket=%s", sid)
                return _refusal("unavailable", "this did not work just now; please try again")

        return answer

    # -- what clients get

    async def wake(self, conversation: str) -> None:
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


def origins_from_environment() -> list[str]:
    """The pages that may connect: WEBCHAT_ALLOWED_ORIGINS, comma-separated; unset, the local desk's."""
    origins = os.environ.get("WEBCHAT_ALLOWED_ORIGINS") or _DEFAULT_ORIGINS
    return [origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip()]


def _client_id(payload: dict[str, Any]) -> str:
    client_id = payload.get("client_id")
    if (
        not isinstance(client_id, str)
        or len(client_id) > MAX_CLIENT_ID
        or not _CLIENT_ID.fullmatch(client_id)
    ):
        raise RefusedError(
            "invalid_payload", f"`client_id` must be 1 to {MAX_CLIENT_ID} printable characters"
        )
    return client_id


def _text(payload: dict[str, Any]) -> str:
    text = payload.get("text")
    if not isinstance(text, str):
        raise RefusedError("invalid_payload", "`text` must be a string")
    if len(text) > MAX_TEXT:
        raise RefusedError(
            "too_long", f"a message may have {MAX_TEXT:,} characters at most; this one has {len(text):,}"
        )
    if not text.strip():
        raise RefusedError("empty", "the message is empty")
    return storable(text)


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "message": message}}
