"""WeCom's customer service (微信客服): `channels.wecom.WecomInput`. Webhook: `/webhooks/wecom/webhook`.

Either our desk answers: the session stays with the bot, as WeCom sees it (state 1), and what agents say goes
through its interface. Or people in WeCom's own client do: see `channels.wecom_people`.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.answers import rows
from channels.bodies import raw_body
from channels.bubbles import bubbles
from channels.desk import Desk, DeskAway, DeskRefuses
from channels.file_kinds import kind_of
from channels.lasting import lasting
from channels.lengths import utf8
from channels.outgoing import Part, Rendered
from channels.outside import Outside
from channels.provider import Media, MediaGone, ProviderInput
from channels.sending import WINDOW_CLOSED, Later, Refused
from channels.tencent import ApiError, TencentApi, Token, menu_id, token_in
from channels.tencent_files import media_id
from channels.wechat_post import WechatPost
from channels.wecom_files import PeoplesFiles
from channels.wecom_messages import incoming, said_by_person
from channels.wecom_people import Passing, rating_menu, score_of
from channels.wecom_rules import (
    CODES,
    ENDED,
    ENDED_BY_PERSON,
    IN_POOL,
    MEDIA_GONE,
    MENU,
    NOT_DELIVERED,
    REFUSED,
    SHOWN_AS,
    TEXT,
    UNHANDLED,
    WINDOWS,
    WITH_BOT,
    WITH_PERSON,
    WRONG_STATE,
)
from channels.wecom_sync import Puller, sent_at
from channels.windows import Left, Window, configured

logger = logging.getLogger(__name__)

API = "https://qyapi.weixin.qq.com"
# What is encrypted is read before anybody knows who sent it. A message has some thousand bytes.
MAX_POST = 256 * 1024
MAX_TEXT, MAX_HEAD, MAX_BUTTONS, MAX_TITLE = 2048, 1024, 10, 128  # bytes, and a number
CUSTOMER, PERSON = 3, 5  # whose an item is
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class WecomInput(ProviderInput):
    """The customer service accounts of one corporation that the app may use."""

    windows: Sequence[Window] = WINDOWS
    merges = True
    idempotent = True

    def __init__(
        self,
        account: str = "default",
        *,
        corp_id: str,
        secret: str,
        token: str,
        encoding_aes_key: str,
        api: str = API,
        on_enter: str = "",
        answered_by: str = "desk",
        servicer: str = "",
        servicers: Mapping[str, str] | None = None,
        ask_rating: bool = True,
        per_second: float | None = None,
        windows: Sequence[Window] | None = None,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        desk: Desk | None = None,
    ) -> None:
        super().__init__(account, per_second=per_second, windows=windows, path=path, now=now, desk=desk)
        self._corp_id = corp_id
        self._secret = secret
        if answered_by not in ("desk", "wecom"):
            raise ValueError("wecom: answered_by is desk or wecom")
        self._on_enter = on_enter
        self._servicers = {str(userid): str(name) for userid, name in (servicers or {}).items()}
        self._asks_rating = ask_rating
        self._passing = Passing(self, servicer, now) if answered_by == "wecom" else None
        self._post = WechatPost(token, corp_id, encoding_aes_key, now)
        self.outside = Outside(api, (), lambda: self.http)
        self._api = TencentApi(api, lambda: self.http, self.outside.towards)
        self._api.token = Token(self._new_token, now)
        self._puller = Puller(self._api, lambda: self.store, self._take, self.begin, now)
        self._files = PeoplesFiles(lambda: self.store, self.telling, self.prepare)

    @classmethod
    def name(cls) -> str:
        return "wecom"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        given = dict(credentials or {})
        needed = ("corp_id", "secret", "token", "encoding_aes_key")
        if missing := [key for key in needed if not given.get(key)]:
            raise ValueError(f"wecom: {', '.join(missing)} must be set in credentials.yml")
        given["windows"] = configured(cls.windows, given.get("windows"))
        known = {
            *needed,
            "account",
            "api",
            "on_enter",
            "per_second",
            "answered_by",
            "servicer",
            "servicers",
            "ask_rating",
            "windows",
        }
        if unknown := set(given) - known:
            raise ValueError(f"wecom: {', '.join(sorted(unknown))} is not a setting")
        return cls(**given, desk=Desk.from_environment())

    # -- what comes

    def routes(self, blueprint: Blueprint) -> None:
        @blueprint.get("/webhook")
        async def handshake(request: Request) -> HTTPResponse:
            echo = self._post.echo(request.args)
            return (
                response.text("", status=403)
                if echo is None
                else response.raw(echo, content_type="text/plain")
            )

        @blueprint.route("/webhook", methods=["POST"], stream=True)
        async def rung(request: Request) -> HTTPResponse:
            body = await raw_body(request, MAX_POST)
            if body is None:
                return response.text("", status=413)
            post = self._post.opened(request.args, body)
            if post is None:
                return response.text("", status=403)
            if post["Event"] == "kf_msg_or_event" and _ID.fullmatch(post["OpenKfId"]):
                self._puller.ring(post["OpenKfId"], post["Token"])
            return response.text("success")

        @blueprint.listener("after_server_start")
        async def look(_app: Sanic, _loop: Any) -> None:
            self.begin(lasting(self._puller.keep_looking))
            for key in self._files.kept():
                self.begin(lasting(self._files.bring, key))

    async def _take(self, item: dict[str, Any]) -> None:
        """Put what was fetched into the inbox. What cannot be understood at all is left, and said to be."""
        event = item.get("event") if item.get("msgtype") == "event" else None
        about = event if isinstance(event, dict) else item
        account, person = str(about.get("open_kfid", "")), str(about.get("external_userid", ""))
        if not (_ID.fullmatch(account) and _ID.fullmatch(person) and item.get("msgid")):
            logger.warning("an item that concerns nobody: type %s", item.get("msgtype"))
            return
        conversation = self.conversation_of(f"{account}:{person}")
        self.store.open_conversation(conversation)
        if event is not None:
            await self._happened(conversation, item, about)
        elif item.get("origin") == PERSON:
            self._said_by_person(conversation, item)
        elif (score := score_of(item)) is not None:
            self.opened(conversation, self.opens_by_writing, sent_at(item))
            self._tell_outside(conversation, item, "rated", score=score)
        elif item.get("origin") == CUSTOMER:
            read = incoming(item, self.store.offers(conversation))
            if (await self.receive(f"{account}:{person}", read, at=sent_at(item))).new:
                self.begin(self._quietly(self._met(conversation)))

    async def _happened(self, conversation: str, item: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        kind = event.get("event_type")
        if kind == "enter_session":
            await self._entered(conversation, item, event)
        elif kind == "msg_send_fail":
            reason = NOT_DELIVERED.get(event.get("fail_type", 0), "unknown")
            self.receipt(str(event.get("fail_msgid")), "failed", reason)
            if reason == WINDOW_CLOSED:
                self.closed(conversation, sent_at(item))
        elif kind == "session_status_change":
            await self._changed_hands(conversation, item, event)
        elif kind == "servicer_recall_msg":
            self._files.drop(str(event.get("recall_msgid")))
            self._tell_outside(conversation, {"msgid": event.get("recall_msgid")}, "recalled")
        elif kind == "user_recall_msg":
            accepted = self.store.accepted(conversation, str(event.get("recall_msgid")))
            if accepted is not None:
                told = {"channel": self.name(), "message_id": accepted.message_id, "change": "recalled"}
                self.telling.tell(conversation, "changes", told)

    async def _changed_hands(
        self, conversation: str, item: Mapping[str, Any], event: Mapping[str, Any]
    ) -> None:
        """A person in WeCom has got the customer, or has ended it."""
        code = str(event.get("msg_code") or "")
        if event.get("change_type") != ENDED_BY_PERSON:
            self.note_address(conversation, state=WITH_PERSON)
            if code:
                self.keep_code(conversation, "taken", code, sent_at(item))
            if self._passing is not None:
                self._tell_taken(conversation, item)
            self._tell_window(conversation)
            return
        self.note_address(conversation, state=None, wanted=False, codes=[])
        self._tell_outside(conversation, item, "ended")
        self._tell_window(conversation)
        if code and self._passing is not None and self._asks_rating:
            body = {"code": code, "msgid": f"rate{item['msgid']}"[:32], **rating_menu()}
            self.begin(self._quietly(self._on_event(body)))
        elif code:
            self.keep_code(conversation, "ended", code, sent_at(item))

    def _tell_taken(self, conversation: str, item: Mapping[str, Any]) -> None:
        """Where it was not the desk's wish, the desk has to know, so that the bot is silent."""
        wanted = {"channel": self.name(), "reason": "WeCom", "key": f"wecom:{item['msgid']}"}
        self.telling.tell(conversation, "handoff", wanted)

    async def _on_event(self, body: Mapping[str, Any]) -> None:
        await self._api.call("/cgi-bin/kf/send_msg_on_event", body)

    def _said_by_person(self, conversation: str, item: Mapping[str, Any]) -> None:
        if media := incoming(item, ()).media:
            told = self._outside(item, "said", said_at=sent_at(item))
            self._files.keep(conversation, told, media[0])
            self.begin(lasting(self._files.bring, told["key"]))
        else:
            self._tell_outside(conversation, item, "said", text=said_by_person(item), said_at=sent_at(item))

    def _tell_outside(self, conversation: str, item: Mapping[str, Any], what: str, **more: Any) -> None:
        self.telling.tell(conversation, "outside", self._outside(item, what, **more))

    def _outside(self, item: Mapping[str, Any], what: str, **more: Any) -> dict[str, Any]:
        told = {"channel": self.name(), "what": what, "key": str(item.get("msgid")), **more}
        if userid := str(item.get("servicer_userid") or ""):
            told["name"] = (self._servicers.get(userid) or f"企业微信客服 · WeCom agent {userid}")[:100]
        return told

    def _heard(self, kind: str, data: dict[str, Any]) -> None:
        super()._heard(kind, data)
        if kind == "visit.updated" and self._passing is not None:
            self._responsible(self._passing, data["sender_id"], data["state"]["owner"])

    def begin_anew(self) -> None:
        super().begin_anew()
        if self._passing is not None:
            self.begin(self._catch_up(self._passing))

    async def _catch_up(self, passing: Passing) -> None:
        """Who waits, where it may not have been heard."""
        assert self.desk is not None
        try:
            for conversation, state in (await self.desk.waiting()).items():
                self._responsible(passing, conversation, state["owner"])
        except (DeskAway, DeskRefuses) as error:
            logger.warning("who waits for people in WeCom is not known: %s", error)

    def _responsible(self, passing: Passing, conversation: str, owner: str) -> None:
        ours = conversation.startswith(f"{self.name()}:{self.account}:")
        if ours and passing.wants(conversation, owner):
            self.begin(passing.bring(conversation))

    async def _entered(self, conversation: str, item: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """The customer has opened the chat. A code comes where they may be welcomed before they write."""
        if event.get("welcome_code"):
            self.keep_code(conversation, "entered", str(event["welcome_code"]), sent_at(item))
            if self._on_enter:
                shown = "（打开了会话 · Opened the chat）"
                metadata = {
                    "button_title": shown,
                    "event": "enter_session",
                    "scene": str(event.get("scene", "")),
                }
                await self.accept(
                    conversation, str(item["msgid"]), self._on_enter, shown=shown, metadata=metadata
                )

    async def _met(self, conversation: str) -> None:
        """The customer has written: the session is the bot's, and the desk is told their name."""
        known = self.address(conversation)
        person = self.customer_of(conversation).split(":")[1]
        if known.get("state") is None:
            try:
                await self.move(conversation, WITH_BOT)
            except ApiError as error:
                logger.info("the session stays as it is: %s", error)
            self.note_address(conversation, state=WITH_BOT)
        if not known.get("named"):
            asked = {"external_userid_list": [person], "need_enter_session_context": 0}
            answer = await self._api.call("/cgi-bin/kf/customer/batchget", asked)
            for customer in rows(answer, "customer_list"):
                if customer.get("external_userid") == person and customer.get("nickname"):
                    name = {"channel": self.name(), "name": str(customer["nickname"])[:100]}
                    self.telling.tell(conversation, "name", name)
            self.note_address(conversation, named=True)

    async def media(self, media: Media) -> AsyncIterator[bytes]:
        try:
            return await self._api.download("/cgi-bin/media/get", media.ref)
        except ApiError as error:
            if error.code in MEDIA_GONE:
                raise MediaGone(str(error)) from error
            raise

    # -- what goes out

    def counts(self, part: Part) -> bool:
        kind = MENU if part.request.get("buttons") else TEXT if "text" in part.request else ""
        return self._code(part.conversation, kind) is None and not self._perhaps_went(part)

    def left(self, conversation: str) -> Left:
        if self.address(conversation).get("state") in (IN_POOL, WITH_PERSON):
            return Left(0, None, "handled_elsewhere")
        return super().left(conversation)

    def render(self, conversation: str, messages: list[dict[str, Any]]) -> Sequence[Rendered]:
        return bubbles(messages, most=MAX_TEXT, head=MAX_HEAD, fits=_fits)

    async def send(self, part: Part) -> str | None:
        # Sent again by an agent it is another message: WeCom drops a second one of the same id for ever.
        msgid = f"{part.key[:20]}{int(part.queued_at * 1000):x}"[:32]
        content = {"msgid": msgid, **await self._content(part.request)}
        code = self._code(part.conversation, content["msgtype"])
        if code is not None:
            return await self._answer_event(part, code, content)
        if self._perhaps_went(part):
            self.note_address(part.conversation, by_code=None)
            raise Refused("unconfirmed")
        account, person = self.customer_of(part.conversation).split(":")
        body = {"touser": person, "open_kfid": account, **content}
        try:
            answer = await self._api.deliver("/cgi-bin/kf/send_msg", body, REFUSED)
        except Refused as refused:
            if _code_of(refused) == WRONG_STATE:
                await self._mend_state(part)
            # A repetition may be refused for being one; the numbers of such errors are not written down.
            if str(refused) == "unknown" and part.attempts:
                raise Refused("unconfirmed") from refused
            raise
        return str(answer.get("msgid") or msgid)

    async def _answer_event(self, part: Part, code: Mapping[str, Any], content: Mapping[str, Any]) -> str:
        """Send it with a code, which costs nothing and is good for once.

        WeCom sees no repetition here: a code that is refused when it is tried again has perhaps carried the
        message, which then goes in no other way.
        """
        again = self._perhaps_went(part)
        self.note_address(part.conversation, by_code=part.key)
        path = "/cgi-bin/kf/send_msg_on_event"
        try:
            answer = await self._api.deliver(path, {"code": code["code"], **content}, REFUSED)
        except Refused as refused:
            self._drop_code(part.conversation, code)
            if again:
                raise Refused("unconfirmed") from refused
            raise Later("code_refused", 0.0) from refused
        except Later:
            if not again:
                self.note_address(part.conversation, by_code=None)
            raise
        self._drop_code(part.conversation, code)
        return str(answer.get("msgid") or content["msgid"])

    def _perhaps_went(self, part: Part) -> bool:
        """With a code, whose answer never came."""
        return self.address(part.conversation).get("by_code") == part.key

    async def _mend_state(self, part: Part) -> None:
        """WeCom lets us write to sessions that are new or the bot's alone. Raises Later where it does now."""
        try:
            state = await self._state(part.conversation)
            if state == UNHANDLED:
                await self.move(part.conversation, WITH_BOT)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise Later(type(error).__name__) from error
        if state == ENDED:
            raise Refused(WINDOW_CLOSED)
        if state not in (UNHANDLED, WITH_BOT) or part.attempts > 1:
            raise Refused("handled_elsewhere")
        raise Later("state_mended", 0.0)

    async def _state(self, conversation: str) -> int:
        account, person = self.customer_of(conversation).split(":")
        asked = {"open_kfid": account, "external_userid": person}
        state = (await self._api.call("/cgi-bin/kf/service_state/get", asked)).get("service_state")
        if not isinstance(state, int):
            raise aiohttp.ClientPayloadError("no service_state")
        return state

    async def move(self, conversation: str, state: int, **more: str) -> dict[str, Any]:
        account, person = self.customer_of(conversation).split(":")
        asked = {"open_kfid": account, "external_userid": person, "service_state": state, **more}
        return await self._api.call("/cgi-bin/kf/service_state/trans", asked)

    async def _content(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The message as the interface takes it. Raises Later, Refused."""
        if "custom" in request:
            custom = request["custom"]
            return {key: custom[key] for key in ("msgtype", custom["msgtype"]) if key in custom}
        if "picture" in request or "file" in request:
            kind = kind_of(request["file"], SHOWN_AS, "file") if "file" in request else "image"
            return {
                "msgtype": kind,
                kind: {"media_id": await media_id(self, self._api, kind, request, REFUSED)},
            }
        if request.get("buttons"):
            clicks = [
                {"id": menu_id(each["payload"]), "content": each["title"]} for each in request["buttons"]
            ]
            items = [{"type": "click", "click": click} for click in clicks]
            return {"msgtype": "msgmenu", "msgmenu": {"head_content": request["text"], "list": items}}
        return {"msgtype": "text", "text": {"content": request["text"]}}

    # -- codes that come with events, each good for one message

    def keep_code(self, conversation: str, action: str, code: str, at: float) -> None:
        seconds, kinds = CODES[action]
        kept = {"code": code, "until": at + seconds, "kinds": kinds}
        self.note_address(conversation, codes=[*self._codes(conversation), kept])

    def _codes(self, conversation: str) -> list[dict[str, Any]]:
        codes = self.address(conversation).get("codes", [])
        return [code for code in codes if code["until"] > self.now()]

    def _code(self, conversation: str, kind: str) -> dict[str, Any] | None:
        """The one that ends first."""
        fitting = [code for code in self._codes(conversation) if kind in code["kinds"]]
        return min(fitting, key=lambda code: float(code["until"]), default=None)

    def _drop_code(self, conversation: str, code: Mapping[str, Any]) -> None:
        left = [each for each in self._codes(conversation) if each["code"] != code["code"]]
        self.note_address(conversation, codes=left, by_code=None)

    async def _new_token(self, _force: bool) -> tuple[str, float]:
        """WeCom gives the same one while it is valid, to every process."""
        asked = {"corpid": self._corp_id, "corpsecret": self._secret}
        answer = await self._api.ask("GET", "/cgi-bin/gettoken", params=asked)
        return token_in(answer)


def _fits(buttons: Sequence[Mapping[str, str]]) -> bool:
    return len(buttons) <= MAX_BUTTONS and all(utf8(each["title"]) <= MAX_TITLE for each in buttons)


def _code_of(refused: Refused) -> int:
    return refused.__cause__.code if isinstance(refused.__cause__, ApiError) else 0
