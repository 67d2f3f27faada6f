"""Providers' emulators behind something that may answer in their place, and what it may answer."""

import gzip
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.assistant.fuzzing import Fuzz
from tests.emulators import lanying, wechat, whatsapp
from tests.emulators.steering import served

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
_KEPT = ("Content-Type", "Content-Disposition", "Location")
_ids = itertools.count(1)


class Between:
    """Passes calls on to the emulator at `upstream`. `instead`: what answers in its place, if it does."""

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self.instead: Answer | None = None
        self.calls: Counter[str] = Counter()
        self._upstream = upstream
        self._http: aiohttp.ClientSession | None = None

    async def pass_on(self, request: web.Request) -> web.Response:
        """With the emulator's address replaced by ours, so that everything goes through here."""
        assert self._http is not None
        headers = {
            name: value for name, value in request.headers.items() if name not in ("Host", "Content-Length")
        }
        async with self._http.request(
            *(request.method, self._upstream + request.path_qs),
            data=await request.read(),
            headers=headers,
            allow_redirects=False,
        ) as answer:
            kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
            kept = {name: value.replace(self._upstream, self.url) for name, value in kept.items()}
            body = (await answer.read()).replace(self._upstream.encode(), self.url.encode())
            return web.Response(status=answer.status, body=body, headers=kept)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.calls[request.path] += 1
        return await (self.instead or self.pass_on)(request)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Between"]:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        async with served(app) as self.url, aiohttp.ClientSession() as self._http:
            yield self


# -- what is answered instead


def says(body: str | bytes, kind: str = "application/json", status: int = 200, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=data, headers={"Content-Type": kind, **named})

    return answer


def endless(beginning: bytes, kind: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        await response.write(beginning)
        while True:
            await response.write(b"x" * 65_536)

    return answer


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


def broken(between: Between, fuzz: Fuzz) -> Answer:
    """Half of the time the emulator's own answer; else something wrong in it, or something else."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if fuzz.chance.random() < 0.2:
            return await fuzz.chance.choice(list(NONSENSE.values()))(request)
        passed = await between.pass_on(request)
        if fuzz.chance.random() < 0.5 or passed.content_type != "application/json":
            return passed
        assert isinstance(passed.body, bytes)
        value = json.loads(passed.body)
        value.pop("next_cursor", None)  # who gives a wrong place to go on from has lost what is before it
        body = fuzz.json(value)
        return web.Response(status=passed.status, body=body, content_type="application/json")

    return answer


def only(path: str, between: Between, answer: Answer) -> Answer:
    """For addresses that begin so; all others are passed on."""

    async def chosen(request: web.Request) -> web.StreamResponse:
        return await (answer if request.path.startswith(path) else between.pass_on)(request)

    return chosen


_PAGE = "<html><body>Bad gateway</body></html>"
NONSENSE: dict[str, Answer] = {
    "a page": says(_PAGE, "text/html"),
    "a page of a gateway": says(_PAGE, "text/html", 502),
    "nothing": says(""),
    "null": says("null"),
    "a list": says("[]"),
    "no text": says(b"\xff\xfe\x00"),
    "nested without end": says("[" * 100_000),
    "nested too deep": says('{"a":' * 700 + "1" + "}" * 700),
    "lists for everything": says('{"errcode": [], "error": [], "code": [], "data": [], "messages": {}}'),
    "endless JSON": endless(b'{"errcode": 0, "code": 200, "x": "', "application/json"),
    "packed": says(gzip.compress(b" " * 40_000_000), Content_Encoding="gzip"),
    "packed without saying so": says(gzip.compress(b" " * 40_000_000)),
    "nobody": hang_up,
}


# -- networks, each as its customers and its emulator have it


class Lanying:
    path = "/webhooks/lanying/callback"

    def __init__(self, provider: lanying.LanyingEmulator, hook: str) -> None:
        self.provider = provider
        self._hook = hook + self.path
        self._users = itertools.count(lanying.LIN + 1_000)

    def new_customer(self) -> str:
        user = next(self._users)
        self.provider.users[user] = "x"
        return str(user)

    async def writes(self, customer: str, words: str) -> None:
        assert await self.provider.calls_back(self._hook, **{"from": {"uid": customer}}, content=words) == 200

    async def sends_file(self, customer: str) -> None:
        link = self.provider.keep(b"a file")
        event = {
            "from": {"uid": customer},
            "ctype": "IMAGE",
            "attachment": json.dumps({"url": link}),
            "content": "",
        }
        assert await self.provider.calls_back(self._hook, **event) == 200

    def said(self, customer: str) -> list[str]:
        return [each["content"] for each in self.provider.messages if each["targets"] == [int(customer)]]

    def forget(self) -> None:
        """Nothing here ends before its time."""


class WhatsApp:
    path = "/webhooks/whatsapp/webhook"

    def __init__(self, provider: whatsapp.Cloud, hook: str) -> None:
        self.provider = provider
        provider.hook = hook + self.path

    def new_customer(self) -> str:
        return f"49{next(_ids):06}"

    async def writes(self, customer: str, words: str) -> None:
        await self.provider.writes(whatsapp.Person("x", phone=customer), self.provider.text(words))

    async def sends_file(self, customer: str) -> None:
        self.provider.files["sent"] = (b"a file", "image/png")
        message = self.provider.message("image", {"id": "sent", "mime_type": "image/png"})
        await self.provider.writes(whatsapp.Person("x", phone=customer), message)

    def said(self, customer: str) -> list[str]:
        return [each.text for each in self.provider.sent if each.to == customer]

    def forget(self) -> None:
        """Nothing here ends before its time."""


class Wechat:
    path = "/webhooks/wechat/webhook"

    def __init__(self, provider: wechat.WechatEmulator, hook: str) -> None:
        self.provider = provider
        provider.hook = hook + self.path

    def new_customer(self) -> str:
        return f"o{next(_ids)}"

    async def writes(self, customer: str, words: str) -> None:
        await self.provider.writes(words, customer)

    async def sends_file(self, customer: str) -> None:
        self.provider.files["sent"] = (b"a file", "image/png")
        await self.provider.sends("image", customer, MediaId="sent")

    def said(self, customer: str) -> list[str]:
        mine = [each for each in self.provider.messages if each["touser"] == customer]
        return [each["text"]["content"] for each in mine if each["msgtype"] == "text"]

    def forget(self) -> None:
        """Tokens end, so that another has to be asked for."""
        self.provider.end_tokens()


class Wecom(Wechat):
    path = "/webhooks/wecom/webhook"

    async def sends_file(self, customer: str) -> None:
        self.provider.files["sent"] = (b"a file", "image/png")
        await self.provider.sends("image", {"media_id": "sent"}, customer)
