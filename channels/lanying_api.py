"""蓝莺IM's REST API, as one of its accounts. It answers HTTP 200 even where it refuses: `code` counts.

Raises Refused, Later and Unsure (`channels.sending`); of a customer's link nothing but the file's signature
is used.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from channels.answers import answered
from channels.provider import MediaGone
from channels.sending import Later, Refused, Unsure, not_reached

logger = logging.getLogger(__name__)

USER, TEXT, IMAGE, AUDIO, FILE, READ, RECALL = 1, 0, 1, 2, 4, 9, 10
"""To one user; and what a message contains."""

_EXISTS = 10004
# Of our own settings: somebody mends them while the message waits.
_OURS = {10003: "access-token is missing", 10008: "access-token is not valid", 40000: "app_id is missing"}
_REASONS = {
    10000: "customer_unreachable",
    10002: "not_accepted",
    10010: "not_permitted",
    30021: "not_permitted",
    30022: "not_permitted",
    30023: "not_permitted",
}
_MEND_SECONDS = 30.0
# Which number means "too fast" is not documented, so an unknown one may be that, for as many tries.
_UNKNOWN_TRIES = 5
_UPLOAD = aiohttp.ClientTimeout(total=120, connect=5)
_DOWNLOAD = aiohttp.ClientTimeout(total=600, connect=5, sock_read=60)
_DOWNLOAD_PATH = "/file/download/chat"
_GONE = (401, 403, 404, 410)


class NotDone(Exception):
    """The provider says no, with one of its codes."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code


class Lanying:
    """`http` gives the open session: there is one only while the server runs; `towards` that for an address
    which an answer names. `user_id` is our account's."""

    def __init__(
        self,
        url: str,
        app_id: str,
        access_token: str,
        user_id: int,
        http: Callable[[], aiohttp.ClientSession],
        towards: Callable[[str], aiohttp.ClientSession],
    ) -> None:
        self.user_id = user_id
        self._url = url.rstrip("/")
        self._headers = {"app_id": app_id, "access-token": access_token}
        self._http = http
        self._towards = towards

    async def send(
        self, customer: int, content_type: int, content: str = "", *, tries: int = 0, **more: Any
    ) -> str | None:
        """What the provider calls the message. `more`: `ext` and `attachment`, `related_mid`,
        `transaction_id`; `tries`: how often it has been tried before."""
        body = {
            "type": USER,
            "from_user_id": self.user_id,
            "targets": [customer],
            "content_type": content_type,
            "content": content,
            **{name: _as_text(value) for name, value in more.items()},
        }
        try:
            answer = await self.call("POST", "/message/send", json=body)
        except NotDone as refusal:
            raise _failure(refusal, tries) from refusal
        sent = answer.get("msg_ids")
        return str(sent[0]) if isinstance(sent, list) and sent else None

    async def upload(self, customer: int, file: bytes, name: str, type_: str, kind: int) -> str:
        """The address to send it by. `kind`: 100 file, 101 AMR, 102 image, 104 MP3."""
        params = {"file_type": str(kind), "to_type": str(USER), "to_id": str(customer)}
        try:
            answer = await self.call("GET", "/file/upload/chat", params=params, as_user=True)
            place = answer["data"]
            method, body = "PUT", file
            if place.get("upload_method") != "PUT":
                method, body = "POST", _form(place.get("oss_body_param") or {}, file, name, type_)
            there = str(place["upload_url"])
            async with self._towards(there).request(
                method, there, data=body, timeout=_UPLOAD, allow_redirects=False
            ) as stored:
                status = stored.status
            address = str(place["download_url"])
        except NotDone as refusal:
            raise _failure(refusal, 0) from refusal
        except (KeyError, TypeError, AttributeError):
            raise Refused("media_refused") from None
        except (Unsure, aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise Later(type(error).__name__) from error  # an upload that was not finished harms nobody
        if status >= 500 or status == 429:
            raise Later(f"upload: {status}")
        if status >= 300:
            raise Refused("media_refused")
        return address

    async def download(self, address: str) -> AsyncIterator[bytes]:
        """A customer's file, piece by piece. Raises MediaGone, aiohttp.ClientError.

        The address comes from the customer: of it nothing but the file's signature is used, and our token
        goes to the provider alone. What the provider redirects to gets none.
        """
        given = urlsplit(address)
        sign = parse_qs(given.query).get("file_sign", [])
        if not given.path.endswith(_DOWNLOAD_PATH) or len(sign) != 1:
            raise MediaGone("the link is none of the provider's files")
        stack = AsyncExitStack()
        try:
            answer = await stack.enter_async_context(
                self._http().get(
                    self._url + _DOWNLOAD_PATH,
                    params={"file_sign": sign[0]},
                    headers=self._acting(),
                    timeout=_DOWNLOAD,
                    allow_redirects=False,
                )
            )
            if answer.status in (301, 302, 303, 307, 308):
                there = answer.headers.get("Location", "")
                answer = await stack.enter_async_context(
                    self._towards(there).get(there, timeout=_DOWNLOAD, allow_redirects=False)
                )
            elif answer.content_type == "application/json":
                raise MediaGone("the provider refuses the file")  # with HTTP 200, as everything
            if answer.status in _GONE:
                raise MediaGone(f"status {answer.status}")
            if answer.status != 200:
                raise aiohttp.ClientError(f"status {answer.status}")
        except BaseException:
            await stack.aclose()
            raise
        return _pieces(stack, answer)

    async def registered(self, username: str, password: str) -> Mapping[str, Any]:
        """`{user_id, token, expire}` of the user, who is made where there is none. Raises NotDone, Later,
        Unsure."""
        try:
            given = {"username": username, "password": password}
            await self.call("POST", "/user/register/v2", json=given)
        except NotDone as refusal:
            if refusal.code != _EXISTS:
                raise
        answer = await self.call("POST", "/token/user", json={"name": username, "password": password})
        data = answer.get("data")
        if not isinstance(data, dict) or not data.get("token") or whole_number(data.get("user_id")) is None:
            raise Unsure("no token in the answer")
        return data

    async def call(
        self, method: str, path: str, *, as_user: bool = False, **request: Any
    ) -> Mapping[str, Any]:
        """The whole answer. Raises NotDone for a code that is not 200, Later, Unsure."""
        headers = self._acting() if as_user else self._headers
        try:
            async with self._http().request(
                method, self._url + path, headers=headers, allow_redirects=False, **request
            ) as response:
                if response.status == 429:
                    raise Later("too many requests")
                answer = await answered(response)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise (Later if not_reached(error) else Unsure)(type(error).__name__) from error
        if not isinstance(answer.get("code"), int):
            raise Unsure(f"status {response.status}")
        if answer["code"] != 200:
            raise NotDone(answer["code"], str(answer.get("message", ""))[:200])
        return answer

    def _acting(self) -> dict[str, str]:
        return {**self._headers, "user_id": str(self.user_id)}


def whole_number(given: object) -> int | None:
    """They write numbers as numbers and as strings."""
    text = str(given).strip() if isinstance(given, int | str) and not isinstance(given, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None


def _failure(refusal: NotDone, tries: int) -> Exception:
    code = refusal.code
    if code in _OURS:
        logger.error("蓝莺IM refuses our settings: %s (%d)", _OURS[code], code)
        return Later(_OURS[code], _MEND_SECONDS)
    if code not in _REASONS and tries < _UNKNOWN_TRIES:
        return Later(f"code {code}")
    logger.warning("蓝莺IM refuses a message: %s", refusal)
    return Refused(_REASONS.get(code, "unknown"))


def _form(fields: Mapping[str, Any], file: bytes, name: str, type_: str) -> aiohttp.FormData:
    """As the store wants it: its own fields first, the file last."""
    form = aiohttp.FormData({key: str(value) for key, value in fields.items()})
    form.add_field("file", file, filename=name, content_type=type_)
    return form


def _as_text(value: Any) -> Any:
    """`ext` and `attachment` are JSON within JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


async def _pieces(stack: AsyncExitStack, answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with stack:
        async for piece in answer.content.iter_chunked(64 * 1024):
            yield piece
