"""Meta's Graph API: calling it, and what its error codes mean for a message."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp

from channels.answers import NotJson, answered
from channels.sending import Later, Refused, Unsure, not_reached

logger = logging.getLogger(__name__)

PUT_OFF_MOST = 256.0  # seconds: 4⁴; with what came before it the time for which a message is tried

INVALID = 100
"""The code for what does not exist or cannot be done with it."""

# The codes are those of Meta's "Error codes" page. What is in none of these is `unknown`.
_OURS = {0, 3, 10, 190, 368, *range(200, 300), 131005, 131030, 131031, 131037, 131042, 131045, 133010}
"""The account, its token or its set-up is at fault: people here have to mend it."""
_BUSY = {4, 80007, 130429, 131048, 131056, 133016}
_BROKEN = {1, 2, 131000, 131016, 131057}
_REASONS = {
    131021: "customer_unreachable",
    131026: "customer_unreachable",
    131062: "customer_unreachable",
    131047: "window_closed",
    131050: "customer_refused",
    130472: "held_back",
    131049: "held_back",
    131051: "media_refused",
    131052: "media_refused",
    131053: "media_refused",
}


class GraphError(Exception):
    """The API says no; `code` says why."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code


class Graph:
    """`url`: with the version. The token goes to that address, and to the files that it names, alone.

    `http` gives the session: there is one only while the server runs. `towards` gives it for an address that
    an answer names.
    """

    def __init__(
        self,
        url: str,
        token: str,
        http: Callable[[], aiohttp.ClientSession],
        towards: Callable[[str], aiohttp.ClientSession],
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = http
        self._towards = towards

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """Raises GraphError, aiohttp.ClientError, asyncio.TimeoutError."""
        return await self._call("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises as `get`."""
        return await self._call("POST", path, json=body)

    async def upload(self, path: str, form: aiohttp.FormData) -> dict[str, Any]:
        """Raises as `get`."""
        return await self._call("POST", path, data=form, timeout=aiohttp.ClientTimeout(total=120))

    async def download(self, url: str) -> AsyncIterator[bytes]:
        """The bytes behind an address that the API gave, once they begin to come.

        Raises aiohttp.ClientError.
        """
        response = await self._towards(url).get(
            url,
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=600, sock_read=60),
            allow_redirects=False,
        )
        if response.status != 200:
            response.close()
            response.raise_for_status()
            raise aiohttp.ClientError(f"no file but {response.status}")

        async def body() -> AsyncIterator[bytes]:
            try:
                async for chunk in response.content.iter_chunked(64 * 1024):
                    yield chunk
            finally:
                response.close()

        return body()

    async def _call(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        async with self._http().request(
            method, f"{self._url}/{path}", headers=self._headers, allow_redirects=False, **how
        ) as response:
            answer = await _object(response)
            error = answer.get("error")
            if isinstance(error, dict) and isinstance(error.get("code"), int):
                raise GraphError(error["code"], str(error.get("message", ""))[:200])
            response.raise_for_status()
            return answer


def refusal(code: int) -> str:
    """Why a message was not delivered, as the desk says it."""
    if code in _OURS:
        logger.error(
            "Meta refuses the account, its token or its set-up (code %d): messages fail until that is mended"
            "%s",
            *(code, "; put a new access token in place and restart Rasa" if code == 190 else ""),
        )
        return "not_permitted"
    if code // 1000 == 132:
        return "template_refused"
    return _REASONS.get(code, "unknown")


def sending_error(error: Exception, attempts: int) -> Exception:
    """What an exception of a call that sends a message means. `attempts`: those before this one.

    An account that may not send (190: the token has expired) is no matter of waiting: what would be sent
    once somebody has mended it is stale, so that it fails at once, visibly, and agents send again what is
    still worth it.
    """
    if isinstance(error, GraphError):
        if error.code in _BUSY:
            return Later(f"code {error.code}", _put_off(attempts))
        if error.code in _BROKEN:
            return Later(f"code {error.code}")
        reason = refusal(error.code)
        if reason == "unknown":
            logger.error("Meta refuses a message: %s", error)
        return Refused(reason)
    if not_reached(error):
        return Later(type(error).__name__)
    if isinstance(error, aiohttp.ClientResponseError):  # of something between Meta and us
        if error.status == 429:
            return Later("status 429", _put_off(attempts))
        return Unsure(f"status {error.status}") if error.status >= 500 else Refused("unknown")
    return Unsure(type(error).__name__)


def _put_off(attempts: int) -> float:
    return min(4.0**attempts, PUT_OFF_MOST)


async def _object(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The JSON object, empty where it is none."""
    try:
        return await answered(response)
    except NotJson:
        return {}
