"""WhatsApp: `channels.whatsapp.WhatsAppInput` in credentials.yml, for one number of the Cloud API.

Meta calls `/webhooks/whatsapp/webhook`. The sender id is `whatsapp:<account>:<user id>`: of a customer who
was first known by their number alone it keeps that. What they are called now stands in `address`.
"""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import aiohttp
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import whatsapp_reading as reading
from channels.answers import rows
from channels.bodies import raw_body
from channels.content import outside_json, storable
from channels.desk import Desk, DeskAway, DeskRefuses
from channels.known_as import KnownAs
from channels.outgoing import Part, Rendered
from channels.outside import Outside
from channels.provider import Media, MediaGone, ProviderInput
from channels.sending import WINDOW_CLOSED, Later, Refused
from channels.whatsapp_api import INVALID, Graph, GraphError, refusal, sending_error
from channels.whatsapp_reading import Person, Status
from channels.whatsapp_rendering import kind_of, requests
from channels.whatsapp_templates import is_fillable, usable
from channels.windows import Window

logger = logging.getLogger(__name__)

URL = "https://graph.facebook.com"
VERSION = "v25.0"
WINDOW_HOURS = 24.0
PER_SECOND = 80.0  # of a number that Meta has not raised
LOOK_AGAIN = 600.0  # seconds; a template is approved within a day, and then somebody waits for it
TRY_AGAIN = 15.0
MAX_BODY = 3 * 1024 * 1024  # Meta's own limit
# A batch may have a thousand, each of which is written to disk: others are let in after so many.
AT_ONCE = 50
MOST_PAGES = 300  # of templates: an account may have 6,000

_RECEIPTS = {"delivered": "delivered", "read": "read", "played": "read"}
_NEEDED = ("phone_number_id", "access_token", "app_secret", "verify_token")


class WhatsAppInput(ProviderInput):
    """One number. `options` are those of `ProviderInput`."""

    def __init__(
        self,
        *,
        phone_number_id: str,
        access_token: str,
        app_secret: str,
        verify_token: str,
        url: str = URL,
        version: str = VERSION,
        window_hours: float = WINDOW_HOURS,
        per_second: float = PER_SECOND,
        waba_id: str | None = None,
        templates: Sequence[Mapping[str, str]] | None = None,
        bot_typing: bool = True,
        file_hosts: Sequence[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(**options, per_second=per_second, windows=[Window("message", window_hours * 3600.0)])
        self.bot_typing = bot_typing
        self._number = phone_number_id
        self._business = waba_id
        self._templates = None if templates is None else [dict(each) for each in templates]
        self._secret = app_secret.encode()
        self._verify_token = verify_token
        self.outside = Outside(url, file_hosts, lambda: self.http)
        self._graph = Graph(
            f"{url.rstrip('/')}/{version}", access_token, lambda: self.http, self.outside.towards
        )
        self._known_as = KnownAs(lambda: self.store)

    @classmethod
    def name(cls) -> str:
        return "whatsapp"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Raises ValueError, naming what is missing."""
        given = {key: value for key, value in (credentials or {}).items() if value not in (None, "")}
        if missing := [name for name in _NEEDED if name not in given]:
            raise ValueError(
                f"channels.whatsapp.WhatsAppInput in credentials.yml needs: {', '.join(missing)}"
            )
        account = str(given.get("account", "default"))
        if not re.fullmatch(r"[\w.-]+", account):
            raise ValueError("`account` of channels.whatsapp.WhatsAppInput: letters, digits, `.`, `_`, `-`")
        return cls(
            account=account,
            **{name: str(given[name]) for name in _NEEDED},
            url=str(given.get("url", URL)),
            version=str(given.get("version", VERSION)),
            window_hours=float(given.get("window_hours", WINDOW_HOURS)),
            per_second=float(given.get("per_second", PER_SECOND)),
            waba_id=str(given["waba_id"]) if "waba_id" in given else None,
            templates=_checked(given["templates"]) if "templates" in given else None,
            bot_typing=given.get("bot_typing", True) is True,
            file_hosts=given.get("file_hosts") or (),
            desk=Desk.from_environment(),
        )

    # -- from WhatsApp

    def routes(self, blueprint: Blueprint) -> None:
        @blueprint.get("/webhook")
        async def shake_hands(request: Request) -> HTTPResponse:
            given = request.args.get("hub.verify_token", "")
            right = hmac.compare_digest(given.encode(errors="replace"), self._verify_token.encode())
            if request.args.get("hub.mode") != "subscribe" or not right:
                return response.text("", status=403)
            return response.text(request.args.get("hub.challenge", ""))

        @blueprint.route("/webhook", methods=["POST"], stream=True)
        async def take(request: Request) -> HTTPResponse:
            raw = await raw_body(request, MAX_BODY)
            if raw is None:
                return response.text("", status=413)
            if not self._signed(raw, request.headers.get("x-hub-signature-256", "")):
                return response.text("", status=401)
            try:
                body = outside_json(raw)
            except ValueError:
                # It is Meta's, and would come again for days.
                logger.warning("a webhook that cannot be read is left out")
                return response.text("")
            for value in reading.values(body):
                await self._take(value)
            return response.text("")

    def _signed(self, raw: bytes, given: str) -> bool:
        right = "sha256=" + hmac.new(self._secret, raw, hashlib.sha256).hexdigest()
        return hmac.compare_digest(given.encode(errors="replace"), right.encode())

    async def _take(self, value: Mapping[str, Any]) -> None:
        if reading.number_id(value) != self._number:
            logger.warning("a webhook about another number than %s is left out", self._number)
            return
        for number, message in enumerate(reading.messages(value), start=1):
            await self._take_message(value, message)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        for number, status in enumerate(reading.statuses(value), start=1):
            self._take_status(status)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _take_message(self, value: Mapping[str, Any], message: Mapping[str, Any]) -> None:
        kind = message.get("type")
        if kind == "system":
            self._renumber(message)
            return
        person = reading.sender(value, message)
        if not person:
            logger.warning("a message of nobody is left out kind=%s", kind)
            return
        conversation = self._conversation(person)
        if kind in ("edit", "revoke", "reaction"):
            self._tell_change(conversation, message)
            return
        customer = self.customer_of(conversation)
        await self.receive(customer, reading.incoming(message), at=reading.time_of(message))

    def _tell_change(self, conversation: str, message: Mapping[str, Any]) -> None:
        """What is done to an earlier message is for the desk: the bot has answered that."""
        if message["type"] == "reaction":
            carried = self.outgoing.carried_by(reading.reacted_to(message) or "")
            if carried:
                emoji = storable(reading.reaction(message))
                self._tell_changed(conversation, carried.message_ids[-1], "reacted", emoji)
            return
        earlier = self.store.accepted(conversation, reading.original(message) or "")
        if earlier is None:
            return
        if message["type"] == "revoke":
            self._tell_changed(conversation, earlier.message_id, "recalled")
        elif text := storable(reading.edited(message)):
            self._tell_changed(conversation, earlier.message_id, "edited", text)

    def _tell_changed(self, conversation: str, message_id: str, change: str, text: str = "") -> None:
        told = {"channel": self.name(), "message_id": message_id, "change": change, "text": text}
        self.telling.tell(conversation, "changes", told)

    def _take_status(self, status: Status) -> None:
        if status.key is not None:
            self.outgoing.arrived(status.key, status.id)
        if state := _RECEIPTS.get(status.state):
            self.receipt(status.id, state)
        elif status.state == "failed":
            reason = refusal(status.code) if status.code is not None else "unknown"
            carried = self.outgoing.carried_by(status.id)
            if reason == WINDOW_CLOSED and carried is not None:
                self.closed(carried.conversation, status.at)
            self.receipt(status.id, "failed", reason)

    # -- who is who

    def _conversation(self, person: Person) -> str:
        """The customer's, by id first. A number alone may have gone to somebody else: who has another id
        than the one that was known by it is another person."""
        conversation = self._known_as.conversation(f"user:{person.user_id}") if person.user_id else None
        if conversation is None and person.phone:
            conversation = self._known_as.conversation(f"phone:{person.phone}")
            if conversation and person.user_id and self.address(conversation).get("user_id"):
                conversation = None
        if conversation is None:
            conversation = self._new_conversation(person.user_id or person.phone or "")
        self._note(conversation, person)
        return conversation

    def _new_conversation(self, name: str) -> str:
        """Named after the customer, unless somebody was called so before them."""
        conversation, number = self.conversation_of(name), 1
        while self._known_as.is_taken(conversation):
            number += 1
            conversation = self.conversation_of(f"{name}.{number}")
        return conversation

    def _note(self, conversation: str, person: Person) -> None:
        """What the customer is called now."""
        known = self.address(conversation)
        told = {"user_id": person.user_id, "phone": person.phone, "name": person.name}
        news = {key: value for key, value in told.items() if value and known.get(key) != value}
        if not news:
            return
        for key, kind in (("user_id", "user"), ("phone", "phone")):
            if key not in news:
                continue
            if known.get(key):
                self._known_as.forget(f"{kind}:{known[key]}")
            before = self._known_as.conversation(f"{kind}:{news[key]}")
            if before is not None:  # nothing meant for them may go to who has it now
                self.note_address(before, **{key: None})
            self._known_as.note(f"{kind}:{news[key]}", conversation)
        self.note_address(conversation, **news)
        if "name" in news:
            told_name = {"channel": self.name(), "name": news["name"][:100]}
            self.telling.tell_latest(conversation, "name", told_name)

    def _renumber(self, message: Mapping[str, Any]) -> None:
        """The customer has another number or id: their conversation goes on."""
        change = reading.renumbering(message)
        if change is None:
            return
        by_id = self._known_as.conversation(f"user:{change.old.user_id}") if change.old.user_id else None
        conversation = by_id or self._known_as.conversation(f"phone:{change.old.phone}")
        if conversation is None or self._has_written(change.new):
            return
        logger.info("a customer has another number conversation=%s", conversation)
        if change.new.phone is None:  # who tells no new number has given up the old one
            if phone := self.address(conversation).get("phone"):
                self._known_as.forget(f"phone:{phone}")
            self.note_address(conversation, phone=None)
        self._note(conversation, change.new)

    def _has_written(self, person: Person) -> bool:
        """Under what they are called now, before we heard of the change: that conversation is under way."""
        name = f"user:{person.user_id}" if person.user_id else f"phone:{person.phone}"
        return self._known_as.conversation(name) is not None

    # -- to WhatsApp

    def render(self, conversation: str, messages: list[dict[str, Any]]) -> Sequence[Rendered]:
        return [
            Rendered([message["id"]], message["author"], request)
            for message in messages
            for request in requests(message)
        ]

    def marks(self, message: Mapping[str, Any]) -> dict[str, Any]:
        template = message.get("template")
        return {**super().marks(message), **({"template": template} if isinstance(template, dict) else {})}

    def counts(self, part: Part) -> bool:
        return part.request.get("type") != "template"

    async def send(self, part: Part) -> str | None:
        await self.answer_comes(part)
        try:
            content = part.request
            if "file" in content:
                content = await self._uploaded(content["file"], content.get("caption"))
            answer = await self._graph.post(
                f"{self._number}/messages",
                {
                    "messaging_product": "whatsapp",
                    "recipient_type": "individual",
                    **self._recipient(part.conversation),
                    **content,
                    "biz_opaque_callback_data": part.key,
                },
            )
        except (GraphError, aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise sending_error(error, part.attempts) from error
        return next(
            (each["id"] for each in rows(answer, "messages") if isinstance(each.get("id"), str)), None
        )

    def _recipient(self, conversation: str) -> dict[str, str]:
        address = self.address(conversation)
        if address.get("phone"):
            return {"to": address["phone"]}
        return {"recipient": address.get("user_id") or self.customer_of(conversation)}

    async def _uploaded(self, attachment: Mapping[str, Any], caption: str | None) -> dict[str, Any]:
        """The message that shows the file, which WhatsApp has from now on."""
        kind = kind_of(attachment)
        try:
            file = await self.file(attachment)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise Later(f"the file is not to be had: {type(error).__name__}") from error
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", attachment["type"])
        form.add_field("file", file, filename=attachment["name"], content_type=attachment["type"])
        try:
            answer = await self._graph.upload(f"{self._number}/media", form)
        except GraphError as error:
            if error.code == INVALID:
                raise Refused("media_refused") from error
            raise
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise Later(f"the file was not taken: {type(error).__name__}") from error
        shown = {"id": str(answer.get("id", ""))}
        if kind == "document":
            shown["filename"] = attachment["name"]
        if caption:
            shown["caption"] = caption
        return {"type": kind, kind: shown}

    async def media(self, media: Media) -> AsyncIterator[bytes]:
        try:
            found = await self._graph.get(media.ref)
        except GraphError as error:
            if error.code != INVALID:
                raise aiohttp.ClientError(str(error)) from error
            raise MediaGone("Meta does not have it (any more)") from error
        return await self._graph.download(str(found.get("url", "")))

    async def typing(self, conversation: str) -> None:
        if message_id := self.store.last_client_id(conversation):
            await self.working(conversation, message_id)

    async def working(self, conversation: str, provider_id: str) -> None:
        await self._seen(provider_id, typing_indicator={"type": "text"})

    async def read(self, conversation: str, provider_id: str) -> None:
        await self._seen(provider_id)

    # -- templates

    async def accompany(self, desk: Desk) -> None:
        """Tell the desk of the templates: those of the settings, else those that Meta has, as they change."""
        told: list[dict[str, str]] | None = None
        while True:
            try:
                found = self._templates if self._templates is not None else await self._approved()
                if found != told:
                    await desk.offer_templates(self.name(), self.account, found)
                    told = found
                await asyncio.sleep(LOOK_AGAIN)
            except (GraphError, aiohttp.ClientError, asyncio.TimeoutError, DeskAway, DeskRefuses) as error:
                logger.warning("the desk does not know the templates: %s", error or type(error).__name__)
                await asyncio.sleep(TRY_AGAIN)

    async def _approved(self) -> list[dict[str, str]]:
        found: list[dict[str, Any]] = []
        asked = {"status": "APPROVED", "fields": "name,language,status,category,components"}
        for _ in range(MOST_PAGES if self._business is not None else 0):
            answer = await self._graph.get(f"{self._business}/message_templates", **asked)
            found += rows(answer, "data")
            after = reading.next_page(answer)
            if after is None or after == asked.get("after"):
                break
            asked["after"] = after
        return usable(found)

    async def _seen(self, message_id: str, **more: Any) -> None:
        told = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id, **more}
        try:
            await self._graph.post(f"{self._number}/messages", told)
        except GraphError as error:
            logger.debug("not told that it was read: %s", error)


def _checked(templates: Any) -> list[dict[str, str]]:
    """Those of the settings. Raises ValueError."""
    fields = ("name", "language", "body")
    if not isinstance(templates, list) or not all(
        isinstance(each, dict) and set(each) == set(fields) and is_fillable(str(each["body"]))
        for each in templates
    ):
        raise ValueError(
            "`templates` of WhatsAppInput: a list of {name, language, body}, the variables {{1}} to {{n}}"
        )
    return [{name: str(each[name]) for name in fields} for each in templates]
