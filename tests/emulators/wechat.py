"""WeChat: what it posts (signed, perhaps encrypted, three times at most) and what it answers.

Behaves as developers.weixin.qq.com describes: tokens that end, five messages after each of a customer's, a
menu tap worth three, errors in a 200, no `\\u` escapes. Encryption is wechatpy's.
"""

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import xmltodict
from aiohttp import web
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from tests.emulators.steering import serve, served, steered, until_taken

APP_ID, SECRET, TOKEN = "wxba5fad812f8e6fb9", "app-secret", "AAAAA"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
ACCOUNT, LIN = "gh_97417a04a28d", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
COUNTED = {"message": (48 * 3600, 5), "CLICK": (60, 3), "SCAN": (60, 3), "subscribe": (60, 3)}


class WechatEmulator:
    """`aes`: posts are encrypted. `now`: the clock of tokens and windows. `errors`: for the next messages in
    place of what would happen; -2: taken, but the connection breaks."""

    def __init__(self, now: Callable[[], float], *, aes: bool = False, as_json: bool = False) -> None:
        self.now = now
        self.aes = aes
        self.as_json = as_json
        self.hook = ""
        self.url = ""
        self.hang_up = 5.0
        self.permitted = True
        self.menus = True
        self.messages: list[dict[str, Any]] = []
        self.typing: list[str] = []
        self.errors: list[int] = []
        self.files: dict[str, tuple[bytes, str]] = {}
        self.uploads: list[tuple[str, str, bytes]] = []
        self.tokens_given: list[bool] = []
        self.posted = 0
        self._tokens: dict[str, float] = {}
        self._windows: dict[str, dict[str, list[float]]] = {}
        self._ids = itertools.count(6_054_768_590_064_713_728)
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        self._http: aiohttp.ClientSession | None = None

    # -- what it posts

    async def writes(self, text: str, customer: str = LIN, **more: str) -> str | None:
        """The words that our answer carried; None for a plain acknowledgement."""
        return await self.sends("text", customer, Content=text, **more)

    async def sends(self, kind: str, customer: str = LIN, **fields: str) -> str | None:
        self.opened(customer, "CLICK" if "bizmsgmenuid" in fields else "message")
        return await self.posts(customer, MsgType=kind, MsgId=str(next(self._ids)), **fields)

    async def tells(self, event: str, customer: str = LIN, **fields: str) -> str | None:
        self.opened(customer, event)
        return await self.posts(customer, MsgType="event", Event=event, **fields)

    async def taps(self, menu: dict[str, Any], title: str, customer: str = LIN) -> str | None:
        item = next(each for each in menu["list"] if each["content"] == title)
        return await self.writes(title, customer, bizmsgmenuid=item["id"])

    def opened(self, customer: str, action: str) -> None:
        if action in COUNTED:
            self._windows.setdefault(customer, {})[action] = [self.now(), 0]

    async def posts(self, customer: str, **fields: str) -> str | None:
        """Up to three times with the same id, until it is answered in time."""
        given = {
            "ToUserName": ACCOUNT,
            "FromUserName": customer,
            "CreateTime": str(int(self.now())),
            **fields,
        }
        query, body = self.wrapped(given)
        for _ in range(3):
            self.posted += 1
            try:
                status, answer = await self.post(query, body)
            except (aiohttp.ClientError, asyncio.TimeoutError):
                continue
            assert status == 200, status
            return self._read(answer)
        return None

    def wrapped(self, given: dict[str, str]) -> tuple[dict[str, str], bytes]:
        timestamp, nonce = str(int(self.now())), secrets.token_hex(5)
        query = {"timestamp": timestamp, "nonce": nonce, "signature": signed(TOKEN, timestamp, nonce)}
        plain = self._written(given)
        if not self.aes:
            return query, plain.encode()
        sealed = xmltodict.parse(self._crypto.encrypt_message(plain, nonce, timestamp))["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": sealed["MsgSignature"]}
        return query, self._written({"ToUserName": ACCOUNT, "Encrypt": sealed["Encrypt"]}).encode()

    async def post(self, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        assert self._http is not None
        timeout = aiohttp.ClientTimeout(total=self.hang_up)
        async with self._http.post(self.hook, params=query, data=body, timeout=timeout) as response:
            return response.status, await response.read()

    def _written(self, given: dict[str, str]) -> str:
        if self.as_json:
            return json.dumps(given)
        return xmltodict.unparse({"xml": given}, full_document=False)

    def _read(self, answer: bytes) -> str | None:
        if answer in (b"", b"success"):
            return None
        read = json.loads(answer) if self.as_json else xmltodict.parse(answer)["xml"]
        if self.aes:
            wrapped = xmltodict.unparse({"xml": {"Encrypt": read["Encrypt"]}}, full_document=False)
            plain = self._crypto.decrypt_message(
                wrapped, read["MsgSignature"], read["TimeStamp"], read["Nonce"]
            )
            read = json.loads(plain) if self.as_json else xmltodict.parse(plain)["xml"]
        assert (read["ToUserName"], read["FromUserName"], read["MsgType"]) == (LIN, ACCOUNT, "text")
        assert len(read["Content"].encode()) <= 2048
        return str(read["Content"])

    # -- what it answers

    def token(self) -> str:
        """The one that is valid; the one before stays valid for five minutes."""
        newest = max(self._tokens, key=lambda each: self._tokens[each], default=None)
        if newest is None or self._tokens[newest] - self.now() < 300:
            newest = secrets.token_hex(20)
            self._tokens[newest] = self.now() + 7200
        return newest

    def end_tokens(self) -> None:
        self._tokens.clear()

    async def _stable_token(self, request: web.Request) -> web.Response:
        given = await request.json()
        if (given["appid"], given["secret"]) != (APP_ID, SECRET):
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        self.tokens_given.append(given["force_refresh"])
        if given["force_refresh"]:
            self.end_tokens()
        token = self.token()
        return web.json_response({"access_token": token, "expires_in": self._tokens[token] - self.now()})

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.read()
        error = self.errors.pop(0) if self.errors else self._error(request, body)
        if error == -2:
            self.messages.append(json.loads(body))
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if not error:
            message = json.loads(body)
            self._spend(message["touser"])
            self.messages.append(message)
        return web.json_response({"errcode": error, "errmsg": "ok" if not error else "see the code"})

    def _error(self, request: web.Request, body: bytes) -> int:
        if not self._knows(request):
            return 40001
        if not self.permitted:
            return 48001
        if b"\\u" in body:
            return 40033
        message = json.loads(body)
        kind = message["msgtype"]
        if kind == "msgmenu" and not self.menus:
            return 40200
        if kind == "text" and len(message["text"]["content"].encode()) > 2048:
            return 45002
        if kind == "image" and message["image"]["media_id"] not in self.files:
            return 40007
        windows = self._windows.get(message["touser"])
        if windows is None:
            return 40003
        open_ones = [each for action, each in windows.items() if each[0] + COUNTED[action][0] > self.now()]
        if not open_ones:
            return 45015
        return 0 if self._usable(message["touser"]) else 45047

    def _usable(self, customer: str) -> list[str]:
        return [
            action
            for action, (at, spent) in self._windows[customer].items()
            if at + COUNTED[action][0] > self.now() and spent < COUNTED[action][1]
        ]

    def _spend(self, customer: str) -> None:
        shortest = min(self._usable(customer), key=lambda action: COUNTED[action][0])
        self._windows[customer][shortest][1] += 1

    async def _typing(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.typing.append(given["command"])
        return web.json_response({"errcode": 0 if self.permitted else 48001})

    async def _upload(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return web.json_response({"errcode": 42001})
        part = await (await request.multipart()).next()
        assert isinstance(part, aiohttp.BodyPartReader)
        assert part.name == "media"
        data = bytes(await part.read())
        self.uploads.append((request.query["type"], part.filename or "", data))
        media_id = f"media{len(self.files)}"
        self.files[media_id] = (data, part.headers["Content-Type"])
        return web.json_response({"type": request.query["type"], "media_id": media_id})

    async def _download(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return web.json_response({"errcode": 40014})
        if request.query["media_id"] not in self.files:
            return web.json_response({"errcode": 40007, "errmsg": "invalid media_id"})
        media_id = request.query["media_id"]
        data, kind = self.files[media_id]
        if kind == "video/mp4":  # a film is not given but told of
            return web.json_response({"video_url": f"{self.url}/films/{media_id}"}, content_type="text/plain")
        return web.Response(body=data, content_type=kind)

    async def _film(self, request: web.Request) -> web.Response:
        if request.query:
            return web.Response(status=400)  # no token of ours is meant for this place
        data, kind = self.files[request.match_info["media_id"]]
        return web.Response(body=data, content_type=kind)

    def _knows(self, request: web.Request) -> bool:
        return self._tokens.get(request.query.get("access_token", ""), 0) > self.now()

    def credentials(self) -> dict[str, Any]:
        given = {"app_id": APP_ID, "app_secret": SECRET, "token": TOKEN, "api": self.url}
        return {**given, **({"encoding_aes_key": AES_KEY} if self.aes else {})}

    async def _customer(
        self, rasa_url: str, customer: str, text: str = "", picture: str = "", taps: str = ""
    ) -> None:
        """`picture`: in hexadecimal digits. `taps`: a title in the last menu."""
        self.hook = f"{rasa_url}/webhooks/wechat/webhook"
        if taps:
            ours = [each for each in self.messages if each["touser"] == customer]
            menus = [each["msgmenu"] for each in ours if each["msgtype"] == "msgmenu"]
            await self.taps(menus[-1], taps, customer)
            return
        if picture:
            self.files["sent"] = (bytes.fromhex(picture), "image/png")
            await self.sends("image", customer, MediaId="sent", PicUrl="http://wechat.example/sent")
        else:
            self.opened(customer, "message")
            given = {"ToUserName": ACCOUNT, "FromUserName": customer, "CreateTime": str(int(self.now()))}
            more = {"MsgType": "text", "MsgId": str(next(self._ids)), "Content": text}
            await until_taken(self, {**given, **more})

    @asynccontextmanager
    async def running(self) -> AsyncIterator["WechatEmulator"]:
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self._stable_token)
        app.router.add_post("/cgi-bin/message/custom/send", self._send)
        app.router.add_post("/cgi-bin/message/custom/typing", self._typing)
        app.router.add_post("/cgi-bin/media/upload", self._upload)
        app.router.add_get("/cgi-bin/media/get", self._download)
        app.router.add_get("/films/{media_id}", self._film)
        steered(app, credentials=self.credentials, messages=lambda: self.messages, customer=self._customer)
        async with served(app) as self.url, aiohttp.ClientSession() as self._http:
            yield self


def signed(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


if __name__ == "__main__":
    serve(WechatEmulator(time.time, aes=True).running())
