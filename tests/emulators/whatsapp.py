"""WhatsApp's Cloud API as a business meets it: a small real server, and the people who write to the number.

It refuses what Meta refuses (its codes and limits), counts the window and the pair rate by its own clock, and
brings webhooks again until they are acknowledged. What is told here of shapes comes from Meta's reference.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.emulators.steering import served

NUMBER, WABA = "106540352242922", "102290129340398"
TOKEN, SECRET, VERIFY = "token-for-tests", "dev-app-secret", "verify-for-tests"
DAY = 24 * 3600.0


@dataclass
class Person:
    """Somebody with WhatsApp. Who has a user name shows no number. `refuse`: codes that the next messages to
    them get; `breaks`: how often the connection then breaks before the answer."""

    name: str
    phone: str | None = None
    user_id: str | None = None
    wrote_at: float | None = None
    refuse: list[int] = field(default_factory=list)
    breaks: int = 0

    def contact(self) -> dict[str, Any]:
        told = {"wa_id": self.phone, "user_id": self.user_id}
        return {"profile": {"name": self.name}, **{key: value for key, value in told.items() if value}}

    def origin(self) -> dict[str, str]:
        told = {"from": self.phone, "from_user_id": self.user_id}
        return {key: value for key, value in told.items() if value}


@dataclass
class Sent:
    """A message that the business has sent."""

    id: str
    to: str
    body: dict[str, Any]

    @property
    def text(self) -> str:
        kind = self.body["type"]
        if kind == "interactive":
            return self.body["interactive"]["body"]["text"]
        return self.body["text"]["body"] if kind == "text" else self.body[kind].get("caption", "")


@dataclass
class Cloud:
    """Start it with `cloud()`. `calls`: every body that `messages` got. `refuse`: codes that its next calls
    get, in order."""

    now: Callable[[], float] = time.time
    pair_burst: int = 45
    people: list[Person] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    refuse: list[int] = field(default_factory=list)
    late_window: bool = False
    drop_answers: int = 0
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    uploaded: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    templates: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    hook: str = ""
    _number: int = 0
    _told: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def seen(self) -> list[dict[str, Any]]:
        """What the business has shown as read, or that it types."""
        return [each for each in self.calls if each.get("status") == "read"]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=200 * 1024 * 1024, middlewares=[self._with_token])
        app.router.add_post(f"/v25.0/{NUMBER}/messages", self._messages)
        app.router.add_post(f"/v25.0/{NUMBER}/media", self._upload)
        app.router.add_get(f"/v25.0/{WABA}/message_templates", self._templates)
        app.router.add_get("/v25.0/{media}", self._media)
        app.router.add_get("/files/{media}", self._file)
        app.router.add_get("/test/credentials", self._credentials)
        app.router.add_get("/test/messages", self._all_sent)
        app.router.add_post("/test/customer", self._customer)
        return app

    # -- people

    def new_id(self) -> str:
        self._number += 1
        return f"wamid.{self._number:08}"

    def message(self, kind: str, content: Any, **more: Any) -> dict[str, Any]:
        """A message as `messages[]` of a webhook has it, without who it is from."""
        told = {"id": self.new_id(), "timestamp": str(int(self.now())), "type": kind}
        return {**told, **({kind: content} if content is not None else {}), **more}

    def text(self, body: str) -> dict[str, Any]:
        return self.message("text", {"body": body})

    def webhook(
        self,
        person: Person | None,
        *messages: dict[str, Any],
        statuses: Sequence[dict[str, Any]] = (),
        number: str = NUMBER,
    ) -> dict[str, Any]:
        value: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550783881", "phone_number_id": number},
        }
        if person is not None:
            value["contacts"] = [person.contact()]
        if messages:
            origin = person.origin() if person is not None else {}
            value["messages"] = [{**origin, **message} for message in messages]
        if statuses:
            value["statuses"] = list(statuses)
        return {
            "object": "whatsapp_business_account",
            "entry": [{"id": WABA, "changes": [{"value": value, "field": "messages"}]}],
        }

    async def writes(self, person: Person, *messages: dict[str, Any]) -> None:
        """They write; it is brought until it is acknowledged."""
        person.wrote_at = self.now()
        if person not in self.people:
            self.people.append(person)
        await self.bring(self.webhook(person, *messages))

    def status(self, sent_id: str, state: str, code: int | None = None, **more: Any) -> dict[str, Any]:
        errors = {} if code is None else {"errors": [{"code": code, "title": "x", "message": "x"}]}
        told = {"id": sent_id, "status": state, "timestamp": str(int(self.now())), "recipient_id": "x"}
        return {**told, **errors, **more}

    async def bring(self, body: Any, tries: int = 6000, **how: Any) -> int:
        """Until it is acknowledged, as Meta does for days; the last status."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        status = 0
        async with aiohttp.ClientSession() as http:
            for _ in range(tries):
                try:
                    status = await self._bring_once(http, raw, **how)
                    if status == 200:
                        return status
                except (aiohttp.ClientError, OSError):
                    status = 0
                await asyncio.sleep(0.05)
        return status

    async def _bring_once(
        self, http: aiohttp.ClientSession, raw: bytes, *, signature: str | None = None
    ) -> int:
        right = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
        headers = {
            "X-Hub-Signature-256": right if signature is None else signature,
            "Content-Type": "application/json",
        }
        async with http.post(self.hook, data=raw, headers=headers) as response:
            return response.status

    # -- the API

    @web.middleware
    async def _with_token(self, request: web.Request, handler: Any) -> web.StreamResponse:
        for_tests = request.path.startswith("/test/")
        if not for_tests and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._error(190, "Error validating access token", 401)
        response: web.StreamResponse = await handler(request)
        return response

    def _error(self, code: int, why: str = "x", status: int = 400) -> web.Response:
        error = {"message": f"(#{code}) {why}", "type": "OAuthException", "code": code, "fbtrace_id": "x"}
        return web.json_response({"error": error}, status=status)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
        except ConnectionResetError:  # the business died while it said it
            return web.Response()
        if body.get("messaging_product") != "whatsapp":
            return self._error(100)
        self.calls.append(body)
        if body.get("status") == "read":
            return web.json_response({"success": True})
        if self.refuse:
            code = self.refuse.pop(0)
            if code:
                return self._error(code, status=429 if code in (130429, 131056) else 400)
        if why := _mistake(body):
            return self._error(131009, why)
        person = self._addressee(body)
        if person is None:
            return self._error(131026)
        if person.refuse:
            return self._error(person.refuse.pop(0))
        open_ = person.wrote_at is not None and self.now() - person.wrote_at < DAY
        if not open_ and body["type"] != "template":
            if not self.late_window:
                return self._error(131047, "Re-engagement message")
            sent_id = self.new_id()
            self._tell(self.webhook(None, statuses=[self.status(sent_id, "failed", 131047)]))
            return web.json_response({"messages": [{"id": sent_id}]})
        to = person.phone or person.user_id or ""
        if sum(1 for each in self.sent if each.to == to) >= self.pair_burst:
            return self._error(131056, "(Business Account, Consumer Account) pair rate limit hit")
        self.sent.append(Sent(self.new_id(), to, body))
        if self.drop_answers or person.breaks:
            self.drop_answers, person.breaks = max(0, self.drop_answers - 1), max(0, person.breaks - 1)
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": to, "wa_id": person.phone}],
                "messages": [{"id": self.sent[-1].id}],
            }
        )

    def _addressee(self, body: dict[str, Any]) -> Person | None:
        return next(
            (
                each
                for each in self.people
                if (each.phone and each.phone == body.get("to"))
                or (each.user_id and each.user_id == body.get("recipient"))
            ),
            None,
        )

    def _tell(self, webhook: dict[str, Any]) -> None:
        task = asyncio.ensure_future(self.bring(webhook))
        self._told.add(task)
        task.add_done_callback(self._told.discard)

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            return self._error(100)
        media_id = f"up{len(self.uploaded)}"
        self.uploaded[media_id] = (file.file.read(), file.content_type)
        return web.json_response({"id": media_id})

    async def _media(self, request: web.Request) -> web.Response:
        media_id = request.match_info["media"]
        if media_id not in self.files:
            return self._error(100, "Object with ID does not exist")
        body, kind = self.files[media_id]
        told = {"url": f"{self.url}/files/{media_id}", "mime_type": kind, "file_size": len(body)}
        return web.json_response({"messaging_product": "whatsapp", "id": media_id, **told})

    async def _file(self, request: web.Request) -> web.Response:
        body, kind = self.files[request.match_info["media"]]
        return web.Response(body=body, content_type=kind)

    # -- for tests in other processes

    async def _credentials(self, _: web.Request) -> web.Response:
        given = {"phone_number_id": NUMBER, "access_token": TOKEN, "app_secret": SECRET}
        return web.json_response({**given, "verify_token": VERIFY, "url": self.url, "waba_id": WABA})

    async def _all_sent(self, _: web.Request) -> web.Response:
        """And behind them what was shown as read, or that somebody types."""
        sent = [{"id": each.id, "to": each.to, **each.body} for each in self.sent]
        return web.json_response([*sent, *({"to": "", "type": "seen", **each} for each in self.seen)])

    async def _customer(self, request: web.Request) -> web.Response:
        """`{rasa_url, person: {name, phone?, user_id?}}` and one of `type` and `content` of a message (with
        the `file` of its media in hexadecimal), `status` of a message of ours, `away`: for a day. Or
        `refuse`, `breaks`: as of the person."""
        given = await request.json()
        self.hook = given["rasa_url"] + "/webhooks/whatsapp/webhook"
        person = Person(**given["person"])
        known = next((each for each in self.people if each.contact() == person.contact()), person)
        if "refuse" in given or "breaks" in given:
            known.refuse, known.breaks = given.get("refuse", []), given.get("breaks", 0)
            self.people += [known] if known is person else []
        elif given.get("away"):
            known.wrote_at = None
        elif status := given.get("status"):
            webhook = self.webhook(known, statuses=[self.status(given["id"], status)])
            return web.json_response(await self.bring(webhook))
        else:
            if file := given.get("file"):
                self.files[given["content"]["id"]] = (bytes.fromhex(file), given["content"]["mime_type"])
            await self.writes(known, self.message(given["type"], given["content"]))
        return web.json_response(200)

    async def _templates(self, request: web.Request) -> web.Response:
        start = int(request.query.get("after", "0"))
        page = {"data": self.templates[start : start + 2]}
        if start + 2 < len(self.templates):
            page["paging"] = {"cursors": {"after": str(start + 2)}, "next": "x"}
        return web.json_response(page)


@asynccontextmanager
async def cloud(**options: Any) -> AsyncIterator[Cloud]:
    running = Cloud(**options)
    async with served(running.app()) as running.url:
        try:
            yield running
        finally:
            for task in list(running._told):
                task.cancel()


def _mistake(body: dict[str, Any]) -> str | None:
    """What Meta would find wrong with a message."""
    if ("to" in body) == ("recipient" in body):
        return "one of to and recipient"
    kind = body.get("type")
    content = body.get(kind)
    if not isinstance(content, dict):
        return "no content"
    if kind == "text":
        return None if 0 < len(content.get("body", "")) <= 4096 else "text"
    if kind in ("image", "video", "audio", "document"):
        caption = content.get("caption", "")
        right = ("id" in content) != ("link" in content) and len(caption) <= 1024
        return None if right and not (kind == "audio" and caption) else kind
    if kind == "template":
        return None if content.get("name") and content.get("language", {}).get("code") else "template"
    if kind != "interactive" or not 0 < len(content.get("body", {}).get("text", "")) <= 1024:
        return "interactive"
    action = content.get("action", {})
    if content["type"] == "button":
        replies = [each["reply"] for each in action["buttons"]]
        titles, ids = [each["title"] for each in replies], [each["id"] for each in replies]
        fit = all(0 < len(title) <= 20 for title in titles) and all(len(each) <= 256 for each in ids)
        return None if 0 < len(replies) <= 3 and len(set(titles)) == len(titles) and fit else "buttons"
    rows = [row for section in action["sections"] for row in section["rows"]]
    fit = all(
        0 < len(row["title"]) <= 24 and len(row["id"]) <= 200 and len(row.get("description", "")) <= 72
        for row in rows
    )
    distinct = len({row["id"] for row in rows}) == len(rows)
    return None if 0 < len(rows) <= 10 and fit and distinct and len(action["button"]) <= 20 else "list"


SHIPPED = {
    "name": "order_shipped",
    "language": "en_US",
    "status": "APPROVED",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Order {{1}} is on its way and comes on {{2}}."}],
}


async def main() -> None:
    async with cloud(templates=[SHIPPED], pair_burst=1_000_000) as meta:
        print(meta.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
