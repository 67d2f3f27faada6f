"""WeChat Official Accounts and Mini Programs: `channels.wechat.WechatInput` and `MiniProgramInput`.

Webhooks: `/webhooks/wechat/webhook`, `/webhooks/wechat_mini/webhook`. An account without the customer service
interface may only answer: the webhook then waits for the bot and carries its words.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.bodies import raw_body
from channels.bubbles import bubbles
from channels.desk import Desk
from channels.file_kinds import kind_of
from channels.lengths import utf8
from channels.menus import numbered
from channels.outgoing import Part, Rendered
from channels.outside import Outside
from channels.provider import Media, MediaGone, ProviderInput
from channels.sending import Later, Refused
from channels.tencent import ApiError, TencentApi, Token, menu_id, token_in
from channels.tencent_files import media_id
from channels.wechat_messages import incoming
from channels.wechat_post import Post, WechatPost
from channels.wechat_rules import (
    EVENT_SHOWN,
    MEDIA_GONE,
    MINI_WINDOWS,
    NO_MENU,
    NO_PERMISSION,
    ON_EVENT,
    OPENS,
    REFUSED,
    SHOWN_AS,
    WINDOWS,
)
from channels.windows import Left, Window, configured

logger = logging.getLogger(__name__)

API = "https://api.weixin.qq.com"
# What is encrypted is read before anybody knows who sent it. A message has some thousand bytes.
MAX_POST = 256 * 1024
# Not written down by Tencent; longer texts have been refused (45002).
MAX_TEXT, MAX_HEAD, MAX_BUTTONS = 2048, 1024, 10
# WeChat hangs up after 5 s.
ANSWER_SECONDS = 4.5
_LOOK_EVERY = 0.05
_TYPING_SECONDS = 10.0  # it is shown for 15


class WechatInput(ProviderInput):
    """One Official Account. `account` is the middle of its conversations' names."""

    windows: Sequence[Window] = WINDOWS
    merges = True
    menus = True
    """Whether buttons can be shown; noticed where not."""
    answers_at_once = True
    """Whether the webhook's answer can carry words."""

    def __init__(
        self,
        account: str = "default",
        *,
        app_id: str,
        app_secret: str,
        token: str,
        encoding_aes_key: str | None = None,
        api: str = API,
        customer_service: bool | None = None,
        titles: Mapping[str, str] | None = None,
        on_event: Mapping[str, str] | None = None,
        max_bytes: int = MAX_TEXT,
        bot_typing: bool = True,
        per_second: float | None = None,
        windows: Sequence[Window] | None = None,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        desk: Desk | None = None,
    ) -> None:
        super().__init__(account, per_second=per_second, windows=windows, path=path, now=now, desk=desk)
        self._app_id = app_id
        self._app_secret = app_secret
        self._post = WechatPost(token, app_id, encoding_aes_key, now)
        self.outside = Outside(api, (), lambda: self.http)
        self._api = TencentApi(api, lambda: self.http, self.outside.towards)
        self._api.token = Token(self._new_token, now)
        self._pushes = customer_service
        self._titles = dict(titles or {})
        self._on_event = dict(ON_EVENT if on_event is None else on_event)
        self._max_bytes = max_bytes
        self.bot_typing = bot_typing
        self._typed: dict[str, float] = {}

    @classmethod
    def name(cls) -> str:
        return "wechat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        given = dict(credentials or {})
        missing = [key for key in ("app_id", "app_secret", "token") if not given.get(key)]
        if missing:
            raise ValueError(f"{cls.name()}: {', '.join(missing)} must be set in credentials.yml")
        given["windows"] = configured(cls.windows, given.get("windows"))
        known = ("account", "app_id", "app_secret", "token", "encoding_aes_key", "api", "customer_service")
        known += ("titles", "on_event", "max_bytes", "bot_typing", "per_second", "windows")
        if unknown := set(given) - set(known):
            raise ValueError(f"{cls.name()}: {', '.join(sorted(unknown))} is not a setting")
        return cls(**given, desk=Desk.from_environment())

    # -- what comes

    def routes(self, blueprint: Blueprint) -> None:
        @blueprint.get("/webhook")
        async def handshake(request: Request) -> HTTPResponse:
            if not self._post.is_signed(request.args):
                return response.text("", status=403)
            return response.text(request.args.get("echostr", ""))

        @blueprint.route("/webhook", methods=["POST"], stream=True)
        async def posted(request: Request) -> HTTPResponse:
            body = await raw_body(request, MAX_POST)
            if body is None:
                return response.text("", status=413)
            post = self._post.opened(request.args, body)
            if post is None:
                return response.text("", status=403)
            answer = await self._take(post)
            if answer is None:
                return response.text("success")
            return response.raw(self._post.reply(post, answer), content_type="text/xml; charset=utf-8")

    async def _take(self, post: Post) -> str | None:
        """Take what was posted; the answer that it is given at once, where there is no other way."""
        if not post.customer or not post["MsgType"]:
            return None
        conversation = self.conversation_of(post.customer)
        if post["MsgType"] != "event":
            tapped = self._tapped(conversation, post)
            await self.receive(post.customer, incoming(post, tapped), action="tap" if tapped else None)
        elif not await self._happened(conversation, post):
            return None
        return await self._answer(conversation, post.id)

    def _tapped(self, conversation: str, post: Post) -> str | None:
        """The payload of the button that was pressed; a press counts for less than a message."""
        pressed = post["bizmsgmenuid"]
        offers = self.store.offers(conversation) if pressed else []
        return next((each["payload"] for each in offers if menu_id(each["payload"]) == pressed), None)

    async def _happened(self, conversation: str, post: Post) -> bool:
        """An event; whether the bot hears of it."""
        event = post["Event"]
        if event == "unsubscribe":
            self.store.open_conversation(conversation)
            self.closed(conversation)
        if event not in OPENS:
            return False
        self.store.open_conversation(conversation)
        said = post["EventKey"] if event == "CLICK" else self._on_event.get(event)
        if not said:
            self.opened(conversation, OPENS[event])
            return False
        shown = self._titles.get(said) or EVENT_SHOWN.get(event, said)
        metadata = {"button_title": shown, "event": event}
        if post["SessionFrom"]:
            metadata["session_from"] = post["SessionFrom"]
        await self.accept(
            conversation,
            post.id,
            said,
            shown=shown,
            metadata=metadata,
            also=lambda: self.opened(conversation, OPENS[event]),
        )
        return True

    # -- accounts that may only answer

    async def _answer(self, conversation: str, provider_id: str) -> str | None:
        """What the bot says to it, as text; None where it is sent in the usual way, or takes too long and
        comes with the answer to the customer's next message."""
        if self._pushes or not self.answers_at_once:
            return None
        if given := self.outgoing.sent_as(
            conversation, provider_id
        ):  # WeChat has not got the answer and asks again
            return "\n".join(self._plain(part.request) for part in given)
        loop = asyncio.get_running_loop()
        patience = loop.time() + ANSWER_SECONDS
        # Of several ends that are waited for, none announces itself to who only looks on.
        while not self._pushes and self.is_working(conversation) and loop.time() < patience:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY)
        return self._hand_out(conversation, provider_id) if self._pushes is False else None

    def _hand_out(self, conversation: str, provider_id: str) -> str | None:
        """As much of what is to be said as one answer can hold."""
        if self.may_render(conversation):
            self.outgoing.render(conversation, lambda messages: self.render(conversation, messages))
        said: list[str] = []
        while (part := self.outgoing.next(conversation)) is not None:
            text = "\n".join([*said, self._plain(part.request)])
            if said and utf8(text) > self._max_bytes:
                break
            said = [text]
            with self.store.transaction():
                self.outgoing.sent(part, provider_id)
                self.was_sent(part)
        return said[0] if said else None

    def _plain(self, request: Mapping[str, Any]) -> str:
        """A request as nothing but words."""
        if "file" in request:
            linked = self.links.linked(request["file"], self.now())
            return f"{linked.get('name', '')} {linked['url']}".strip()
        if "custom" in request:
            return str(request["custom"].get("text", ""))
        return request.get("picture") or numbered(request["text"], request.get("buttons", ()))

    def may_send(self, conversation: str) -> bool:
        return self._pushes is not False

    def left(self, conversation: str) -> Left:
        return Left(0, None, "answers_only") if self._pushes is False else super().left(conversation)

    # -- what goes out

    def render(self, conversation: str, messages: list[dict[str, Any]]) -> Sequence[Rendered]:
        return bubbles(
            messages,
            most=self._max_bytes,
            head=min(MAX_HEAD, self._max_bytes),
            fits=lambda buttons: self.menus and len(buttons) <= MAX_BUTTONS,
        )

    async def send(self, part: Part) -> str | None:
        await self.answer_comes(part)
        customer = self.customer_of(part.conversation)
        try:
            content = await self._content(part.request)
            await self._deliver({"touser": customer, **content})
        except Refused as refused:
            code = refused.__cause__.code if isinstance(refused.__cause__, ApiError) else 0
            if code == NO_MENU and "buttons" in part.request:
                self.menus = False
                return await self.send(part)
            if code == NO_PERMISSION and self.answers_at_once:
                self._pushes = False
                logger.warning(
                    "%s may only answer: it has no customer service interface (48001)", self.name()
                )
                raise Later("answers_only", 0.0) from refused
            raise
        self._pushes = True
        return None

    async def _deliver(self, body: Mapping[str, Any]) -> None:
        await self._api.deliver("/cgi-bin/message/custom/send", body, REFUSED)

    async def _content(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The message as the interface takes it. Raises Later, Refused."""
        if "custom" in request:
            custom = request["custom"]
            return {key: custom[key] for key in ("msgtype", custom["msgtype"]) if key in custom}
        if "picture" in request or ("file" in request and kind_of(request["file"], SHOWN_AS, "") == "image"):
            picture = await media_id(self, self._api, "image", request, REFUSED)
            return {"msgtype": "image", "image": {"media_id": picture}}
        if request.get("buttons") and self.menus:
            items = [
                {"id": menu_id(each["payload"]), "content": each["title"]} for each in request["buttons"]
            ]
            menu = {"head_content": request["text"], "list": items, "tail_content": ""}
            return {"msgtype": "msgmenu", "msgmenu": menu}
        return {"msgtype": "text", "text": {"content": self._plain(request)}}

    async def typing(self, conversation: str) -> None:
        if self.now() - self._typed.get(conversation, 0.0) >= _TYPING_SECONDS:
            await self.working(conversation, "")

    async def working(self, conversation: str, provider_id: str) -> None:
        if self._pushes:
            self._typed[conversation] = self.now()
            body = {"touser": self.customer_of(conversation), "command": "Typing"}
            await self._api.call("/cgi-bin/message/custom/typing", body)

    async def media(self, media: Media) -> AsyncIterator[bytes]:
        try:
            return await self._api.download("/cgi-bin/media/get", media.ref)
        except ApiError as error:
            if error.code in MEDIA_GONE:
                raise MediaGone(str(error)) from error
            raise

    async def _new_token(self, force: bool) -> tuple[str, float]:
        """A stable token, which does not end those that other processes have."""
        asked = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._app_secret,
            "force_refresh": force,
        }
        answer = await self._api.ask("POST", "/cgi-bin/stable_token", json=asked)
        return token_in(answer)


class MiniProgramInput(WechatInput):
    """The customer service of one Mini Program: no menus, no answers at once, and entering counts."""

    windows = MINI_WINDOWS
    menus = False
    answers_at_once = False

    @classmethod
    def name(cls) -> str:
        return "wechat_mini"
