"""蓝莺IM (Lanying IM): `channels.lanying.LanyingInput` in credentials.yml.

Customers are users of the app's SDK, each with a number; we are one of its users, too, and so may be somebody
else's bot that asks us for a person (the provider's plugin 客服转人工). docs/channels/lanying.md says how it
is set up.
"""

import asyncio
import hashlib
import hmac
import logging
import mimetypes
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response

from channels.audio_length import seconds_of
from channels.bodies import raw_body
from channels.content import outside_json, storable
from channels.desk import Desk, DeskAway, DeskRefuses
from channels.lanying_api import AUDIO, FILE, IMAGE, READ, RECALL, TEXT, Lanying, NotDone, whole_number
from channels.lengths import pieces
from channels.menus import numbered
from channels.outgoing import Part, Rendered
from channels.outside import Outside
from channels.provider import FETCH_AGAIN, Incoming, Media, MediaGone, ProviderInput
from channels.sending import Later, Refused, Unsure
from channels.store import InboxRow
from channels.taking import MAX_TEXT
from channels.web import bearer
from channels.worker import UNANSWERED

logger = logging.getLogger(__name__)

API = "https://s-1-3-api.maximtop.cn"
SENTENCE = "我想转人工客服"
# Not documented; texts of this size have been seen to arrive.
LONGEST_TEXT = 4_000
# "A short time", the documentation says of how long a transaction_id is known.
REMEMBERS_SECONDS = 60.0
MIN_KEY = 32  # characters
MAX_BODY = 1024 * 1024
MAX_CUSTOMER_ID = 200
MAX_NAME = 200
NOTE = (
    "客户通过蓝莺IM 插件「客服转人工」的固定语句请求人工。\n"
    "请注意：与客户对话的另一个机器人不会因此静音，可能仍在回复；它与客户之前的对话不在这里，"
    "只能通过蓝莺IM 的接口 GET /message/conversation 查看。\n\n"
    "A person was asked for with the sentence of Lanying IM's plugin 客服转人工.\n"
    "Please note: the other bot that talks to this customer is not silenced and may go on answering; what"
    " was said there before is not here, and can only be read through Lanying IM's API,"
    " GET /message/conversation."
)
REASON = "蓝莺IM 客服转人工 · Lanying IM, plugin 客服转人工"
_ASKS = "asks_person"  # in a message's metadata, until it has been handed on
_TYPES = {"IMAGE": "image/jpeg", "AUDIO": "audio/amr", "VIDEO": "video/mp4"}
_SHOWN = {
    "VIDEO": "（视频 · Video）",
    "LOCATION": "（位置 · Location）",
    "FORWARD": "（转发的消息 · Forwarded messages）",
}
_CHANGED = "（修改了消息 · Changed a message）"
_KINDS = {"audio/amr": 101, "audio/mpeg": 104}


class LanyingInput(ProviderInput):
    idempotent = True

    def __init__(
        self,
        *,
        app_id: str,
        access_token: str,
        user_id: int,
        callback_signature: str | None,
        registration_key: str | None = None,
        api: str = API,
        handoff_sentence: str = SENTENCE,
        longest_text: int = LONGEST_TEXT,
        remembers: float = REMEMBERS_SECONDS,
        file_hosts: Sequence[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.remembers = remembers
        self._app_id = app_id
        self._user_id = user_id
        self._signature = callback_signature
        self._registration_key = registration_key
        self._sentence = handoff_sentence.strip()
        self._longest = longest_text
        self.outside = Outside(api, file_hosts, lambda: self.http)
        self._api = Lanying(api, app_id, access_token, user_id, lambda: self.http, self.outside.towards)

    @classmethod
    def name(cls) -> str:
        return "lanying"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        given = {name: value for name, value in (credentials or {}).items() if value is not None}
        missing = [
            name for name in ("app_id", "access_token", "user_id") if not str(given.get(name, "")).strip()
        ]
        if missing:
            raise ValueError(f"lanying: {', '.join(missing)} must be set")
        user_id = whole_number(given["user_id"])
        if user_id is None:
            raise ValueError("lanying: user_id must be the number of our account")
        signature = str(given.get("callback_signature", "")).strip() or None
        if signature is None and given.get("allow_unsigned") is not True:
            raise ValueError(
                "lanying: callback_signature must be set; without one anybody can write as a customer"
                " (allow_unsigned: true where nobody else can reach the address)"
            )
        key = str(given.get("registration_key", "")).strip() or None
        if key is not None and len(key) < MIN_KEY:
            raise ValueError(f"lanying: registration_key must have {MIN_KEY} characters at least")
        rate = given.get("per_second")
        return cls(
            account=str(given.get("account", "default")),
            app_id=str(given["app_id"]).strip(),
            access_token=str(given["access_token"]).strip(),
            user_id=user_id,
            callback_signature=signature,
            registration_key=key,
            api=str(given.get("api", API)),
            handoff_sentence=str(given.get("handoff_sentence", SENTENCE)),
            longest_text=int(given.get("longest_text", LONGEST_TEXT)),
            remembers=float(given.get("remembers_seconds", REMEMBERS_SECONDS)),
            file_hosts=given.get("file_hosts") or (),
            per_second=None if rate is None else float(rate),
            desk=Desk.from_environment(),
        )

    # -- what comes

    def routes(self, blueprint: Blueprint) -> None:
        @blueprint.route("/callback", methods=["POST"], stream=True)
        async def callback(request: Request) -> HTTPResponse:
            return await self._called_back(request)

        if self._registration_key is not None:

            @blueprint.route("/users", methods=["POST"], stream=True)
            async def users(request: Request) -> HTTPResponse:
                return await self._register(request)

    async def _called_back(self, request: Request) -> HTTPResponse:
        given = request.headers.get("signature", "")
        if self._signature is not None and not _same(given, self._signature):
            return empty(401)
        body = await raw_body(request, MAX_BODY)
        if body is None:
            return empty(413)
        event = _object(body)
        if event is None:
            return empty(400)
        if str(event.get("appId")) != self._app_id:
            return empty(403)
        await self._take(event)
        return empty(200)

    async def _take(self, event: Mapping[str, Any]) -> None:
        """Put it into the inbox if it is a customer's; what bots and we ourselves say is none of it, nor are
        the signals between apps."""
        sender, receiver = _uid(event.get("from")), _uid(event.get("to"))
        if event.get("type") == "GROUPCHAT" or event.get("ctype") == "COMMAND":
            return
        if receiver != self._user_id or sender in (None, self._user_id):
            return
        ext = _object(event.get("ext")) or {}
        ai = ext.get("ai") if isinstance(ext.get("ai"), dict) else {}
        asks = str(event.get("content") or "").strip() == self._sentence != ""
        if ai.get("role") == "ai" and not asks:
            return
        customer = str(sender)
        if "input_status" in ext:
            self.begin(self._tell_typing(self.conversation_of(customer)))
            return
        message_id = storable(str(event.get("msgId") or ""))
        if not message_id:
            logger.warning("a message without msgId is left type=%s", event.get("type"))
            return
        if not self._about_another(self.conversation_of(customer), event):
            received = _incoming(event, ext, message_id)
            marks = {_ASKS: asks, UNANSWERED: ai.get("ai_generate") is False}
            metadata = {**received.metadata, **{name: True for name, holds in marks.items() if holds}}
            await self.receive(customer, replace(received, metadata=metadata))

    def _about_another(self, conversation: str, event: Mapping[str, Any]) -> bool:
        """Whether it is about an earlier message, which is told to the desk: read, taken back, or changed.

        That callbacks come with these is not documented; the names are those of the API for sending.
        """
        kinds = {str(event.get("type")), str(event.get("ctype"))} & {"READ_ACK", "RECALL", "REPLACE"}
        related = whole_number(event.get("relatedMid") or event.get("related_mid"))
        if "READ_ACK" in kinds:
            self.receipt(str(related), "read")
            return True
        earlier = self.store.accepted(conversation, str(related)) if kinds else None
        if earlier is None:
            return "RECALL" in kinds
        recalled, text = "RECALL" in kinds, storable(str(event.get("content") or ""))[:MAX_TEXT]
        if recalled or text:
            told = {"channel": self.name(), "message_id": earlier.message_id}
            changed = {"change": "recalled"} if recalled else {"change": "edited", "text": text}
            self.telling.tell(conversation, "changes", {**told, **changed})
        return True

    async def prepare(self, row: InboxRow) -> InboxRow:
        if row.metadata.get(_ASKS):
            await self._ask_for_person(row)
        return await super().prepare(row)

    async def _ask_for_person(self, row: InboxRow) -> None:
        """Before Rasa hears the sentence, so that nothing else answers it. While the service is away, the
        asking waits on disk and the bot does what it can."""
        key = f"{row.conversation}:{row.message_id}"[-200:]
        body = {"channel": self.name(), "key": key, "reason": REASON, "note": NOTE}
        if self.desk is None:
            return
        try:
            await self.desk.tell(row.conversation, "handoff", body)
        except DeskAway:
            self.telling.tell(row.conversation, "handoff", body)
        except DeskRefuses as refusal:
            logger.warning("no person is given correlation_id=%s %s", row.message_id, refusal)

    async def _tell_typing(self, conversation: str) -> None:
        if self.desk is not None:
            try:
                await self.desk.tell(conversation, "typing", {})
            except (DeskAway, DeskRefuses) as error:
                logger.debug("typing not passed on conversation=%s %s", conversation, error)

    async def media(self, media: Media) -> AsyncIterator[bytes]:
        if not media.ref:
            raise MediaGone("there was no link to it")
        return await self._api.download(media.ref)

    # -- what goes

    def render(self, conversation: str, messages: list[dict[str, Any]]) -> Sequence[Rendered]:
        return [
            Rendered([message["id"]], message["author"], request)
            for message in messages
            for request in self._requests(message)
        ]

    def _requests(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        buttons = message.get("buttons", [])
        text = "\n".join(filter(None, (message.get("text", ""), message.get("image"))))
        ext = _ext(message)
        cut = pieces(numbered(text, buttons) if buttons else text, self._longest)
        requests: list[dict[str, Any]] = [{"content": piece, "ext": ext} for piece in cut if piece]
        if requests and buttons:
            requests[-1]["ext"] = {**ext, "baton": {**ext["baton"], "buttons": buttons}}
        return requests + [{"file": each, "ext": ext} for each in message.get("attachments", ())]

    async def send(self, part: Part) -> str | None:
        customer = int(self.customer_of(part.conversation))
        content_type, content, attachment = TEXT, part.request.get("content", ""), {}
        if file := part.request.get("file"):
            content_type, attachment = await self._uploaded(customer, file)
        return await self._api.send(
            customer,
            content_type,
            content,
            tries=part.attempts,
            ext=part.request["ext"],
            transaction_id=int(part.key[:16], 16) >> 1 or 1,
            **({"attachment": attachment} if attachment else {}),
        )

    async def _uploaded(self, customer: int, file: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Its kind of message, and the attachment."""
        try:
            body = await self.file(file)
        except OSError as error:  # aiohttp's are OSErrors or below
            raise Later(type(error).__name__) from error
        type_, name = file.get("type", "application/octet-stream"), file.get("name") or file["id"]
        image = type_.startswith("image/")
        kind = 102 if image else _KINDS.get(type_, 100)
        address = await self._api.upload(customer, body, name, type_, kind)
        attachment: dict[str, Any] = {"url": address, "dName": name, "fLen": len(body)}
        if image:
            sizes = {side: file[side] for side in ("width", "height") if side in file}
            return IMAGE, {**attachment, **sizes}
        if kind in _KINDS.values():
            return AUDIO, {**attachment, "duration": seconds_of(type_, body)}
        return FILE, attachment

    async def take_back(self, conversation: str, provider_id: str, tries: int) -> None:
        await self._point_at(conversation, RECALL, provider_id, tries)

    async def read(self, conversation: str, provider_id: str) -> None:
        """Tried again, but not for long: the next message that is read says the same."""
        for tries, delay in enumerate((*FETCH_AGAIN, None)):
            try:
                await self._point_at(conversation, READ, provider_id, tries)
                return
            except Refused as refusal:
                logger.warning("not told that it was read: %s", refusal)
                return
            except (Later, Unsure) as error:
                logger.warning("not told yet that it was read: %s", error)
            if delay is not None:
                await asyncio.sleep(delay)

    async def _point_at(self, conversation: str, content_type: int, provider_id: str, tries: int) -> None:
        """Say something about an earlier message. Raises Refused, Later, Unsure."""
        related = whole_number(provider_id)
        if related is None:
            raise Refused("not_accepted")
        customer = int(self.customer_of(conversation))
        await self._api.send(customer, content_type, tries=tries, related_mid=related)

    # -- users of the app

    async def _register(self, request: Request) -> HTTPResponse:
        """`{customer_id, name?}` from the app's server: its customer's account there, made at the first
        time."""
        assert self._registration_key is not None  # the route is there only with one
        if not _same(bearer(request) or "", self._registration_key):
            return empty(401)
        body = await raw_body(request, MAX_BODY)
        if body is None:
            return empty(413)
        given = _object(body) or {}
        customer_id, name = given.get("customer_id"), given.get("name")
        if not isinstance(customer_id, str) or not 1 <= len(customer_id) <= MAX_CUSTOMER_ID:
            return _refused(400, f"`customer_id` must be 1 to {MAX_CUSTOMER_ID} characters")
        username, password = self._login(customer_id)
        try:
            user = await self._api.registered(username, password)
        except NotDone as refusal:
            logger.error("蓝莺IM gives no user: %s", refusal)
            return _refused(502, "the provider refuses it")
        except (Later, Unsure) as error:
            logger.warning("蓝莺IM gives no user: %s", error)
            return _refused(503, "the provider does not answer; try again")
        if isinstance(name, str) and (line := " ".join(storable(name).split())[:MAX_NAME]):
            conversation = self.conversation_of(str(user["user_id"]))
            self.store.open_conversation(conversation)
            self.telling.tell(conversation, "name", {"channel": self.name(), "name": line})
        return json_response(
            {
                "app_id": self._app_id,
                "user_id": str(user["user_id"]),
                "token": user["token"],
                "expire": user.get("expire"),
                "service_user_id": str(self._user_id),
            },
            headers={"Cache-Control": "no-store"},
        )

    def _login(self, customer_id: str) -> tuple[str, str]:
        """Both follow from the customer's id and our key, so that neither is kept anywhere."""
        named = hashlib.sha256(
            f"{self.account}\x00{customer_id}".encode("utf-8", "surrogatepass")
        ).hexdigest()
        username = f"baton_{named[:32]}"
        key = (self._registration_key or "").encode()
        return username, hmac.new(key, f"password {username}".encode(), hashlib.sha256).hexdigest()[:40]


def _incoming(event: Mapping[str, Any], ext: Mapping[str, Any], message_id: str) -> Incoming:
    kind, content = str(event.get("ctype") or "TEXT"), _cut(str(event.get("content") or ""))
    if event.get("type") != "CHAT":
        return Incoming(message_id, shown="\n".join(filter(None, (_CHANGED, content))))
    if kind == "TEXT":
        ours = ext.get("baton")
        payload = ours.get("payload") if isinstance(ours, dict) else None
        return Incoming(
            message_id,
            content,
            payload=payload if isinstance(payload, str) else None,
            shown="（空消息 · Empty message）",
        )
    attachment = _object(event.get("attachment")) or {}
    if kind in ("IMAGE", "AUDIO", "VIDEO", "FILE"):
        name = str(attachment.get("dName") or "")
        type_ = mimetypes.guess_type(name)[0] or _TYPES.get(kind, "application/octet-stream")
        file = Media(str(attachment.get("url") or ""), name, type_.lower())
        return Incoming(message_id, content, media=[file], shown=_SHOWN.get(kind, ""))
    words = (_SHOWN.get(kind, f"（{kind}）"), str(attachment.get("addr") or ""), content)
    return Incoming(message_id, shown="\n".join(filter(None, words)))


def _cut(content: str) -> str:
    """What has no limit there has the web chat's here, and shows that it went on."""
    return content if len(content) <= MAX_TEXT else content[: MAX_TEXT - 1] + "…"


def _ext(message: Mapping[str, Any]) -> dict[str, Any]:
    """Who speaks, for apps that show it; and for other bots, that this is none to be answered by one."""
    said = {name: message[name] for name in ("author", "author_name") if name in message}
    return {"baton": said} if message["author"] == "agent" else {"baton": said, "ai": {"role": "ai"}}


def _object(given: object) -> dict[str, Any] | None:
    """A JSON object, also one in a string; None for everything else."""
    if isinstance(given, str | bytes):
        try:
            given = outside_json(given)
        except ValueError:
            return None
    return given if isinstance(given, dict) else None


def _uid(party: object) -> int | None:
    return whole_number(party.get("uid")) if isinstance(party, dict) else None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def _refused(status: int, message: str) -> HTTPResponse:
    return json_response({"error": {"message": message}}, status)
