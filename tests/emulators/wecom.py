"""WeCom's customer service: the encrypted ring, the messages to fetch, the sessions' states, its answers.

Behaves as developer.work.weixin.qq.com describes: a ring's token for ten minutes, pages with a cursor,
sending in state 0 and 1 alone, five messages per 48 hours after each of the customer's, codes that are good
for once. Encryption is wechatpy's.
"""

import asyncio
import itertools
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import xmltodict
from aiohttp import web
from wechatpy.utils import WeChatSigner
from wechatpy.work.crypto import WeChatCrypto

from tests.emulators.steering import serve, served, steered

CORP, SECRET, TOKEN = "ww1436e0e65a779aee", "app-secret", "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo"
AES_KEY = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
ACCOUNT, LIN = "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw", "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"
WINDOW, MOST = 48 * 3600, 5
MOVES = {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 3), (3, 4)}


class WecomEmulator:
    """`items`: everything there is to fetch. `errors`: for the next messages in place of what would happen;
    -2: taken, but the connection breaks. `page`: items of one fetch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.hook = ""
        self.url = ""
        self.page = 1000
        self.items: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.on_event: list[dict[str, Any]] = []
        self.errors: list[int] = []
        self.fetch_errors: list[int] = []
        self.fetched: list[dict[str, Any]] = []
        self.files: dict[str, tuple[bytes, str]] = {}
        self.uploads: list[tuple[str, str, bytes]] = []
        self.states: dict[str, int] = {}
        self.moves: list[tuple[int, int, str | None]] = []
        self.servicers = {"Wang": 0, "Zhao": 1}  # 0: serves
        self.codes: dict[str, tuple[str, set[str]]] = {}
        self.port = 0
        self._token = ("", 0.0)
        self._bells: dict[str, float] = {}
        self._windows: dict[str, list[float]] = {}
        self._ids = itertools.count(1)
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
        self._http: aiohttp.ClientSession | None = None

    # -- what happens there

    async def writes(self, text: str, customer: str = LIN, msgid: str = "", **more: str) -> str:
        return await self.sends("text", {"content": text, **more}, customer, msgid)

    async def sends(self, kind: str, content: dict[str, Any], customer: str = LIN, msgid: str = "") -> str:
        """A customer's message, and the ring for it."""
        self.states[customer] = {4: 0}.get(self.states.get(customer, 0), self.states.get(customer, 0))
        msgid = self.there_is(3, {"msgtype": kind, kind: content, "external_userid": customer}, msgid)
        await self.ring()
        return msgid

    async def says(self, servicer: str, text: str, customer: str = LIN) -> str:
        """A person's message from WeCom's own client."""
        item = {"msgtype": "text", "text": {"content": text}, "external_userid": customer}
        msgid = self.there_is(5, {**item, "servicer_userid": servicer})
        await self.ring()
        return msgid

    async def shows(self, servicer: str, kind: str, data: bytes, customer: str = LIN) -> str:
        """A person's file from WeCom's own client: image, voice, video or file."""
        media_id = f"shown{len(self.files)}"
        self.files[media_id] = (data, "application/octet-stream")
        item = {"msgtype": kind, kind: {"media_id": media_id}, "external_userid": customer}
        msgid = self.there_is(5, {**item, "servicer_userid": servicer})
        await self.ring()
        return msgid

    async def tells(self, kind: str, customer: str = LIN, **fields: Any) -> None:
        self.add_event(kind, customer, **fields)
        await self.ring()

    def add_event(self, kind: str, customer: str = LIN, **fields: Any) -> None:
        event = {"event_type": kind, "open_kfid": ACCOUNT, "external_userid": customer, **fields}
        self.there_is(4, {"msgtype": "event", "event": event})

    def there_is(self, origin: int, item: dict[str, Any], msgid: str = "") -> str:
        msgid = msgid or f"m{next(self._ids)}"
        if origin == 3:
            self._windows[item["external_userid"]] = [self.now(), 0]
        if all(each["msgid"] != msgid for each in self.items):
            common = {"msgid": msgid, "send_time": int(self.now()), "origin": origin}
            self.items.append({"open_kfid": ACCOUNT, **common, **item})
        return msgid

    def code(self, customer: str, *kinds: str) -> str:
        code = secrets.token_hex(8)
        self.codes[code] = customer, set(kinds)
        return code

    async def welcomes(self, customer: str = LIN) -> None:
        code = self.code(customer, "text", "msgmenu")
        await self.tells("enter_session", customer, scene="123", welcome_code=code)

    async def ends(self, customer: str = LIN, servicer: str = "Wang") -> None:
        """A person ends the session in WeCom's client."""
        self.states[customer] = 4
        code = self.code(customer, "text", "msgmenu")
        change = {"change_type": 3, "old_servicer_userid": servicer, "msg_code": code}
        await self.tells("session_status_change", customer, **change)

    async def taken(self, customer: str = LIN, servicer: str = "Wang") -> None:
        """A person takes the customer from the pool."""
        self.states[customer] = 3
        code = self.code(customer, "text")
        change = {"change_type": 1, "new_servicer_userid": servicer, "msg_code": code}
        await self.tells("session_status_change", customer, **change)

    async def ring(self) -> None:
        """Three times at most; who hears none of them finds out later."""
        token = secrets.token_hex(8)
        self._bells[token] = self.now() + 600
        event = {
            "ToUserName": CORP,
            "CreateTime": str(int(self.now())),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": token,
            "OpenKfId": ACCOUNT,
        }
        query, body = self.wrapped(event)
        for _ in range(3):
            try:
                status, _answer = await self.post(query, body)
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
                continue
            assert status == 200, status
            return

    def wrapped(self, given: dict[str, str]) -> tuple[dict[str, str], bytes]:
        timestamp, nonce = str(int(self.now())), secrets.token_hex(5)
        plain = xmltodict.unparse({"xml": given}, full_document=False)
        sealed = xmltodict.parse(self._crypto.encrypt_message(plain, nonce, timestamp))["xml"]
        query = {"timestamp": timestamp, "nonce": nonce, "msg_signature": sealed["MsgSignature"]}
        outer = {"ToUserName": CORP, "Encrypt": sealed["Encrypt"], "AgentID": ""}
        return query, xmltodict.unparse({"xml": outer}, full_document=False).encode()

    def handshake(self, echo: str) -> dict[str, str]:
        timestamp, nonce = str(int(self.now())), secrets.token_hex(5)
        sealed = xmltodict.parse(self._crypto.encrypt_message(echo, nonce, timestamp))["xml"]["Encrypt"]
        signer = WeChatSigner()
        signer.add_data(TOKEN, timestamp, nonce, sealed)
        query = {"timestamp": timestamp, "nonce": nonce, "echostr": sealed}
        return {**query, "msg_signature": str(signer.signature)}

    async def post(self, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        assert self._http is not None
        async with self._http.post(
            self.hook, params=query, data=body, timeout=aiohttp.ClientTimeout(total=5)
        ) as response:
            return response.status, await response.read()

    # -- what it answers

    @property
    def texts(self) -> list[str]:
        return [each["text"]["content"] for each in self.messages if each["msgtype"] == "text"]

    def end_tokens(self) -> None:
        self._token = ("", 0.0)

    async def _gettoken(self, request: web.Request) -> web.Response:
        if (request.query["corpid"], request.query["corpsecret"]) != (CORP, SECRET):
            return _error(40001)
        if self._token[1] <= self.now():
            self._token = (secrets.token_hex(20), self.now() + 7200)
        left = self._token[1] - self.now()
        return web.json_response({"errcode": 0, "access_token": self._token[0], "expires_in": left})

    async def _sync(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.fetched.append(given)
        if self.fetch_errors:
            return _error(self.fetch_errors.pop(0))
        if "token" in given and self._bells.get(given["token"], 0) <= self.now():
            return _error(95007)
        start = int(given.get("cursor") or 0)
        if "cursor" not in given:
            start = next(
                (at for at, each in enumerate(self.items) if each["send_time"] > self.now() - 3 * 86400), 0
            )
        found = self.items[start : start + min(self.page, given["limit"])]
        end = start + len(found)
        answer = {"next_cursor": str(end), "has_more": int(end < len(self.items)), "msg_list": found}
        return web.json_response({"errcode": 0, **answer})

    async def _send(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        error = self.errors.pop(0) if self.errors else self._refusal(body)
        again = any(each["msgid"] == body["msgid"] for each in self.messages)
        if error in (0, -2) and not again:
            self._windows[body["touser"]][1] += 1
            self.messages.append(body)
        if error == -2:
            assert request.transport is not None
            request.transport.close()
        return _error(error, msgid=body["msgid"])

    def _refusal(self, body: dict[str, Any]) -> int:
        assert re.fullmatch(r"[0-9a-zA-Z_-]{1,32}", body["msgid"])
        customer, kind = body["touser"], body["msgtype"]
        if self.states.get(customer, 0) not in (0, 1):
            return 95018
        if body["open_kfid"] != ACCOUNT or customer not in self._windows:
            return 40003
        if kind == "text" and len(body["text"]["content"].encode()) > 2048:
            return 45002
        if kind == "msgmenu":
            menu = body["msgmenu"]
            clicks = [each["click"] for each in menu["list"]]
            assert len(menu["head_content"].encode()) <= 1024
            assert all(len(each["id"]) <= 64 and len(each["content"].encode()) <= 128 for each in clicks)
        if kind in ("image", "file", "voice", "video") and body[kind]["media_id"] not in self.files:
            return 40007
        at, spent = self._windows[customer]
        if self.now() > at + WINDOW or spent >= MOST:
            # Taken, and told later that it did not arrive.
            fail_type = 4 if self.now() > at + WINDOW else 6
            self.add_event("msg_send_fail", customer, fail_msgid=body["msgid"], fail_type=fail_type)
        return 0

    async def _send_on_event(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        customer, kinds = self.codes.pop(body["code"], ("", set()))
        if body["msgtype"] not in kinds:
            return _error(95001)
        self.on_event.append({"touser": customer, **body})
        if self.errors and self.errors.pop(0) == -2:
            assert request.transport is not None
            request.transport.close()
        return _error(0, msgid=body["msgid"])

    async def _get_state(self, request: web.Request) -> web.Response:
        given = await request.json()
        return _error(0, service_state=self.states.get(given["external_userid"], 0))

    async def _move(self, request: web.Request) -> web.Response:
        given = await request.json()
        customer, to, person = given["external_userid"], given["service_state"], given.get("servicer_userid")
        move = (self.states.get(customer, 0), to)
        if move not in MOVES or (to == 3 and self.servicers.get(person) != 0):
            return _error(95013)
        self.moves.append((*move, person))
        self.states[customer] = to
        code = {2: ("text",), 3: ("text",), 4: ("text", "msgmenu")}.get(to)
        return _error(0, **({"msg_code": self.code(customer, *code)} if code else {}))

    async def _customers(self, request: web.Request) -> web.Response:
        given = await request.json()
        known = [
            {"external_userid": each, "nickname": f"客户{each[-2:]}"}
            for each in given["external_userid_list"]
        ]
        return _error(0, customer_list=known, invalid_external_userid=[])

    async def _upload(self, request: web.Request) -> web.Response:
        part = await (await request.multipart()).next()
        assert isinstance(part, aiohttp.BodyPartReader)
        data = bytes(await part.read())
        self.uploads.append((request.query["type"], part.filename or "", data))
        media_id = f"media{len(self.files)}"
        self.files[media_id] = (data, part.headers["Content-Type"])
        return _error(0, media_id=media_id)

    async def _download(self, request: web.Request) -> web.Response:
        if request.query["media_id"] not in self.files:
            return _error(40007)
        data, kind = self.files[request.query["media_id"]]
        headers = {"Content-Disposition": 'attachment; filename="sent"'}
        return web.Response(body=data, content_type=kind, headers=headers)

    @web.middleware
    async def _authorised(self, request: web.Request, handler: Any) -> web.StreamResponse:
        value, until = self._token
        open_to_all = request.path == "/cgi-bin/gettoken" or request.path.startswith("/test/")
        if not open_to_all and (request.query.get("access_token") != value or until <= self.now()):
            return _error(42001)
        response: web.StreamResponse = await handler(request)
        return response

    def credentials(self) -> dict[str, Any]:
        given = {"corp_id": CORP, "secret": SECRET, "token": TOKEN, "encoding_aes_key": AES_KEY}
        return {**given, "api": self.url}

    def seen(self) -> list[dict[str, Any]]:
        """What customers got, and where their sessions stand."""
        states = [
            {"touser": customer, "msgtype": "state", "state": state}
            for customer, state in self.states.items()
        ]
        return [*self.messages, *self.on_event, *states]

    async def _customer(
        self,
        rasa_url: str,
        customer: str,
        text: str = "",
        person: str = "",
        does: str = "",
        picture: str = "",
    ) -> None:
        """The customer writes, or a `person` in WeCom's client does (a `picture`: in hexadecimal digits), or
        `taken` or `ends` it."""
        self.hook = f"{rasa_url}/webhooks/wecom/webhook"
        if does:
            await {"taken": self.taken, "ends": self.ends}[does](customer, person)
        elif picture:
            await self.shows(person, "image", bytes.fromhex(picture), customer)
        elif person:
            await self.says(person, text, customer)
        else:
            await self.writes(text, customer)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["WecomEmulator"]:
        app = web.Application(middlewares=[self._authorised])
        app.router.add_get("/cgi-bin/gettoken", self._gettoken)
        app.router.add_post("/cgi-bin/kf/sync_msg", self._sync)
        app.router.add_post("/cgi-bin/kf/send_msg", self._send)
        app.router.add_post("/cgi-bin/kf/send_msg_on_event", self._send_on_event)
        app.router.add_post("/cgi-bin/kf/service_state/get", self._get_state)
        app.router.add_post("/cgi-bin/kf/service_state/trans", self._move)
        app.router.add_post("/cgi-bin/kf/customer/batchget", self._customers)
        app.router.add_post("/cgi-bin/media/upload", self._upload)
        app.router.add_get("/cgi-bin/media/get", self._download)
        steered(app, credentials=self.credentials, messages=self.seen, customer=self._customer)
        async with served(app) as self.url, aiohttp.ClientSession() as self._http:
            yield self


def _error(code: int, **more: Any) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": "ok" if not code else "see the code", **more})


if __name__ == "__main__":
    serve(WecomEmulator(time.time).running())
