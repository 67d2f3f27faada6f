"""Tencent's HTTP interfaces, the same for WeChat and WeCom: an access token, JSON, errors as `errcode`.

A token may die before its time, or be replaced by another process: then the call is made once more with
another.
"""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from channels.answers import answered
from channels.sending import Later, Refused, Unsure, not_reached

logger = logging.getLogger(__name__)

STALE_TOKEN = frozenset((40001, 40014, 42001))
_TOO_FAST = frozenset((45009, 45011, 45033))  # where one of them is the end of the day, `refused` says so
_BUSY = -1
_WORDS = ("application/json", "text/plain")  # how errors come
_EARLY = 120.0  # seconds: a token is not used to its last moment
_FORCE_EVERY = 60.0  # 20 a day are allowed, at least 30 s apart
# A file of 20 MB over a slow line.
_FILE = aiohttp.ClientTimeout(total=120, connect=5)


_TOKEN = re.compile(r"[!-~]{1,2048}")  # they ask for room for 512


class ApiError(aiohttp.ClientError):
    """The interface has answered with an error. `code`: its errcode."""

    def __init__(self, code: int) -> None:
        super().__init__(f"errcode {code}")
        self.code = code


class NoToken(aiohttp.ClientError):
    """There is no access token to be had; nothing was sent."""


Ask = Callable[[bool], Awaitable[tuple[str, float]]]
"""Gets a token and its seconds; True: a new one in place of the one that is valid, if the interface can."""


class Token:
    """One at a time asks for it; the others wait for what it gets."""

    def __init__(self, ask: Ask, now: Callable[[], float]) -> None:
        self._ask = ask
        self._now = now
        self._asking = asyncio.Lock()
        self._value = ""
        self._until = 0.0
        self._forced_at = -_FORCE_EVERY

    async def get(self, stale: str = "") -> str:
        """The token, and another one than `stale`, which was refused. Raises NoToken."""
        async with self._asking:
            if not self._value or self._value == stale or self._now() >= self._until:
                value, seconds = await self._ask(False)
                if value == stale and self._now() - self._forced_at >= _FORCE_EVERY:
                    self._forced_at = self._now()
                    value, seconds = await self._ask(True)
                self._value, self._until = value, self._now() + seconds - _EARLY
            return self._value


class TencentApi:
    """`base`: the address before the paths. `http` gives the open session, `towards` that for an address that
    an answer names."""

    def __init__(
        self,
        base: str,
        http: Callable[[], aiohttp.ClientSession],
        towards: Callable[[str], aiohttp.ClientSession],
    ) -> None:
        self._base = base.rstrip("/")
        self._http = http
        self._towards = towards
        self.token: Token | None = None

    async def ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """A call without a token. Raises NoToken."""
        try:
            async with self._http().request(
                method, self._base + path, allow_redirects=False, **given
            ) as response:
                answer = await _answer(response)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            # The texts of these carry the address, and that may carry the secret.
            raise NoToken(
                f"no token: {error if isinstance(error, ApiError) else type(error).__name__}"
            ) from None
        return answer

    async def call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What it answers. Raises ApiError, NoToken, or what aiohttp raises."""
        # Escapes would be refused (40033).
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await self._with_token(
            lambda query: self._json("POST", path, query, data=data, headers=headers)
        )

    async def upload(self, path: str, kind: str, name: str, content_type: str, data: bytes) -> str:
        """Hand a file over; the media id, good for three days. Raises as `call`."""

        async def send(query: dict[str, str]) -> dict[str, Any]:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("media", data, filename=name, content_type=content_type)
            return await self._json("POST", path, {**query, "type": kind}, data=form, timeout=_FILE)

        answer = await self._with_token(send)
        if not isinstance(answer.get("media_id"), str):
            raise aiohttp.ClientPayloadError("no media_id")
        return str(answer["media_id"])

    async def download(self, path: str, media_id: str) -> AsyncIterator[bytes]:
        """A customer's file. Raises as `call`; when this returns, the file is coming."""

        async def fetch(query: dict[str, str]) -> aiohttp.ClientResponse:
            response = await self._http().get(
                self._base + path,
                params={**query, "media_id": media_id},
                timeout=_FILE,
                allow_redirects=False,
            )
            # A customer's file may be JSON as well; it comes as an attachment.
            is_file = "Content-Disposition" in response.headers
            if response.status != 200 or (response.content_type in _WORDS and not is_file):
                async with response:
                    answer = await _answer(response)
                return await self._told_of(answer)
            return response

        return _chunks(await self._with_token(fetch))

    async def _told_of(self, answer: Mapping[str, Any]) -> aiohttp.ClientResponse:
        """WeChat says where a film is, in place of giving it; that place gets no token of ours."""
        address = answer.get("video_url")
        if not isinstance(address, str):
            raise ApiError(0)
        response = await self._towards(address).get(address, timeout=_FILE, allow_redirects=False)
        if response.status != 200:
            response.close()
            raise aiohttp.ClientPayloadError(f"status {response.status}")
        return response

    async def deliver(self, path: str, body: Mapping[str, Any], refused: Mapping[int, str]) -> dict[str, Any]:
        """Send a message. What goes wrong is raised as the outbox understands it; `refused`: which errors are
        the end, and how the desk calls them."""
        try:
            return await self.call(path, body)
        except ApiError as error:
            raise _sending_error(error.code, refused) from error
        except NoToken as error:
            raise Later(str(error)) from error
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise (Later if not_reached(error) else Unsure)(type(error).__name__) from error

    async def _with_token(self, do: Callable[[dict[str, str]], Awaitable[Any]]) -> Any:
        assert self.token is not None
        token = await self.token.get()
        try:
            return await do({"access_token": token})
        except ApiError as error:
            if error.code not in STALE_TOKEN:
                raise
        return await do({"access_token": await self.token.get(stale=token)})

    async def _json(self, method: str, path: str, query: Mapping[str, str], **given: Any) -> dict[str, Any]:
        async with self._http().request(
            method, self._base + path, params=query, allow_redirects=False, **given
        ) as response:
            return await _answer(response)


def menu_id(payload: str) -> str:
    """How a button's payload is called in a menu, where ids are short."""
    return hashlib.sha256(payload.encode()).hexdigest()[:16]


def token_in(answer: Mapping[str, Any]) -> tuple[str, float]:
    """Raises NoToken, also for what no call could carry: it would be kept until it expires."""
    value, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(value, str) or not _TOKEN.fullmatch(value) or not isinstance(seconds, int | float):
        raise NoToken("no token in the answer")
    return value, float(seconds)


async def _answer(response: aiohttp.ClientResponse) -> dict[str, Any]:
    if response.status != 200:
        raise aiohttp.ClientPayloadError(f"status {response.status}")
    answer = await answered(response)
    if code := answer.get("errcode"):
        if not isinstance(code, int):
            raise aiohttp.ClientPayloadError("no errcode")
        raise ApiError(code)
    return answer


def _sending_error(code: int, refused: Mapping[int, str]) -> Exception:
    if code in refused:
        return Refused(refused[code])
    if code == _BUSY:
        return Later("provider_busy")
    if code in STALE_TOKEN:
        return Later("token_refused")
    if code in _TOO_FAST:
        return Later("too_fast", 60.0)
    logger.warning("an error that is not known: errcode %d", code)
    return Refused("unknown")


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with response:
        async for chunk in response.content.iter_chunked(64 * 1024):
            yield chunk
