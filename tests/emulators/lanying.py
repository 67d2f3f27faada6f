"""蓝莺IM: its REST API with HTTP 200 for everything, and its callbacks, three attempts each.

What is documented: https://docs.lanyingim.com (REST API: message, file, user, token). How a callback looks is
read from the vendor's own connector (github.com/blockmessage/lanying-connector), the number of attempts from
a product that looks like the same one under another name.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from tests.emulators.steering import AGAIN_SECONDS, serve, served, steered

APP, TOKEN, SIGNATURE = "app4", "admin-token", "callback-secret"
BOT, LIN, OTHER_BOT = 2302128618880, 2302128618881, 2302128618999
ATTEMPTS = 3
# Seconds: what is sent again is known, until `forget()`.
NEVER_FORGETS = 24 * 3600


class LanyingEmulator:
    """`messages`: what users got, as it was sent. `answers`: `(status, code)` for the next sends instead of
    what would happen; status 0 closes the connection after the message was taken."""

    def __init__(self) -> None:
        self.users = {BOT: "bot", LIN: "lin", OTHER_BOT: "other"}
        self.passwords: dict[str, tuple[str, int]] = {}
        self.messages: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.uploads: list[dict[str, Any]] = []
        self.answers: list[tuple[int, int]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.url = ""
        self._transactions: dict[int, int] = {}
        self._ids = itertools.count(70_000_001)
        self._http: aiohttp.ClientSession | None = None

    def forget(self) -> None:
        """The short time for which transactions are known is over."""
        self._transactions.clear()

    @property
    def texts(self) -> list[str]:
        return [each["content"] for each in self.messages if each["content_type"] == 0]

    # -- callbacks

    async def calls_back(self, url: str, signature: str | None = SIGNATURE, /, **changed: Any) -> int:
        """A message of Lin's to the bot, posted until it is acknowledged; the last status."""
        event = {
            "appId": APP,
            "msgId": str(next(self._ids)),
            "from": {"uid": str(LIN)},
            "to": {"uid": str(BOT)},
            "type": "CHAT",
            "ctype": "TEXT",
            "content": "hello",
            "ext": "",
            "config": "",
            "attachment": "",
            **changed,
        }
        return await self.posts(url, json.dumps(event, ensure_ascii=False).encode(), signature)

    async def insists(self, url: str, **changed: Any) -> None:
        """As `calls_back`, again and again while nobody is there."""
        event = {"msgId": str(next(self._ids)), **changed}
        while True:
            try:
                status = await self.calls_back(url, **event)
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                assert status == 200, status
                return

    async def posts(self, url: str, body: bytes, signature: str | None = SIGNATURE) -> int:
        assert self._http is not None
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers["signature"] = signature
        status = 0
        for _ in range(ATTEMPTS):
            async with self._http.post(url, data=body, headers=headers) as answer:
                status = answer.status
            if status == 200:
                break
        return status

    def keep(self, body: bytes) -> str:
        """A file that a user has sent; the link that the message carries."""
        sign = f"sign{len(self.files)}"
        self.files[sign] = body
        return f"https://api.maximtop.com/file/download/chat?file_sign={sign}"

    # -- the API

    async def _send(self, request: web.Request) -> web.StreamResponse:
        status, code = self.answers.pop(0) if self.answers else (200, 200)
        body = await request.json()
        refusal = self._refusal(request, body)
        if code != 200 or refusal:
            code, message = refusal or (code, "no")
            return web.json_response({"code": code, "message": message}, status=status or 200)
        transaction = body.get("transaction_id")
        known = self._transactions.get(transaction) if transaction else None
        if known is None:
            known = next(self._ids)
            self.messages.append({**body, "id": known})
            if transaction:
                self._transactions[transaction] = known
        if status == 0:
            assert request.transport is not None
            request.transport.close()
        if status not in (0, 200):
            return web.Response(status=status, text="<html>Bad gateway</html>")
        return web.json_response({"code": 200, "data": True, "msg_ids": [known]})

    def _refusal(self, request: web.Request, body: dict[str, Any]) -> tuple[int, str] | None:
        if self._stranger(request):
            return self._stranger(request)
        if any(
            not isinstance(body.get(name, ""), str) for name in ("ext", "attachment", "config", "content")
        ):
            return 10002, "ext, attachment and config are strings"
        if type(body.get("from_user_id")) is not int or not isinstance(body.get("targets"), list):
            return 10002, "from_user_id, targets"
        if not all(target in self.users for target in body["targets"]):
            return 10000, "no such user"
        return None

    def _stranger(self, request: web.Request) -> tuple[int, str] | None:
        if request.headers.get("app_id") != APP:
            return 40000, "app_id"
        if request.headers.get("access-token") != TOKEN:
            return 10008, "bad access-token"
        return None

    async def _place(self, request: web.Request) -> web.Response:
        if stranger := self._stranger(request):
            return web.json_response({"code": stranger[0], "message": stranger[1]})
        sign = f"sign{len(self.files)}"
        self.files[sign] = b""
        data = {
            "upload_method": "POST",
            "upload_url": f"{self.url}/oss/{sign}",
            "oss_body_param": {"key": sign, "policy": "p", "OSSAccessKeyId": "id", "signature": "s"},
            "download_url": f"{self.url}/file/download/chat?file_sign={sign}",
        }
        return web.json_response({"code": 200, "data": data})

    async def _store(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        assert list(form)[-1] == "file", "the store reads nothing behind the file"
        self.files[str(form["key"])] = file.file.read()
        self.uploads.append({"name": file.filename, "type": file.content_type})
        return web.Response()

    async def _download(self, request: web.Request) -> web.Response:
        if stranger := self._stranger(request):
            return web.json_response({"code": stranger[0], "message": stranger[1]})
        sign = request.query.get("file_sign", "")
        if sign not in self.files:
            return web.json_response({"code": 10002, "message": "no such file"})
        return web.Response(status=302, headers={"Location": f"{self.url}/oss/{sign}?Signature=s"})

    async def _stored(self, request: web.Request) -> web.Response:
        assert "access-token" not in request.headers, "the store is somebody else's"
        return web.Response(
            body=self.files[request.match_info["sign"]], content_type="application/octet-stream"
        )

    async def _register(self, request: web.Request) -> web.Response:
        given = await request.json()
        name = given["username"]
        if stranger := self._stranger(request):
            return web.json_response({"code": stranger[0], "message": stranger[1]})
        if name in self.passwords:
            return web.json_response({"code": 10004, "message": "user exists"})
        if name.isdigit() or not name.replace("_", "").isalnum() or name.startswith(("maxim", "mta")):
            return web.json_response({"code": 10002, "message": "bad username"})
        user_id = next(self._ids)
        self.passwords[name] = (given["password"], user_id)
        self.users[user_id] = name
        return web.json_response({"code": 200, "data": {"user_id": user_id, "id": 1}})

    async def _token(self, request: web.Request) -> web.Response:
        given = await request.json()
        password, user_id = self.passwords.get(given["name"], ("", 0))
        if not user_id or password != given["password"]:
            return web.json_response({"code": 10007, "message": "wrong password"})
        data = {"user_id": user_id, "token": f"token-{user_id}", "expire": 1_900_000_000}
        return web.json_response({"code": 200, "data": data})

    # -- for tests in another process

    def credentials(self) -> dict[str, Any]:
        given = {"app_id": APP, "access_token": TOKEN, "user_id": BOT, "api": self.url}
        return {**given, "callback_signature": SIGNATURE, "remembers_seconds": NEVER_FORGETS}

    async def _customer(self, rasa_url: str, file: str = "", name: str = "", **event: Any) -> None:
        """`file`: in hexadecimal digits; whoever writes is one of the users."""
        user = int(event["from"]["uid"])
        self.users.setdefault(user, str(user))
        if file:
            event["attachment"] = json.dumps({"url": self.keep(bytes.fromhex(file)), "dName": name})
        await self.insists(f"{rasa_url}/webhooks/lanying/callback", **event)

    @web.middleware
    async def _noted(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append((request.path, dict(request.headers)))
        answer: web.StreamResponse = await handler(request)
        return answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LanyingEmulator"]:
        app = web.Application(middlewares=[self._noted])
        app.router.add_post("/message/send", self._send)
        app.router.add_get("/file/upload/chat", self._place)
        app.router.add_get("/file/download/chat", self._download)
        app.router.add_post("/oss/{sign}", self._store)
        app.router.add_get("/oss/{sign}", self._stored)
        app.router.add_post("/user/register/v2", self._register)
        app.router.add_post("/token/user", self._token)
        steered(app, credentials=self.credentials, messages=lambda: self.messages, customer=self._customer)
        async with served(app) as self.url, aiohttp.ClientSession() as self._http:
            yield self


if __name__ == "__main__":
    serve(LanyingEmulator().running())
