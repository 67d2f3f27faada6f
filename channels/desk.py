"""The handoff service as a connector sees it: a customer's visit, asked and told about over HTTP."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp

DEFAULT_URL = "http://127.0.0.1:8000"
# A small transaction on the same network. A customer waits for the answer of some calls.
_CALL = aiohttp.ClientTimeout(total=3, connect=0.5)
# As long as a large file takes from a slow telephone, as long as something comes.
_UPLOAD = aiohttp.ClientTimeout(total=600, connect=2, sock_read=60)
# The stream shows that it lives every 15 seconds; three of them missed and it does not.
_STREAM = aiohttp.ClientTimeout(total=None, connect=2, sock_read=45)
# The key is wrong, or the call was too slow: for somebody to mend, and no word on what was said.
_LET_NOBODY_IN = (401, 403, 408)
# Of what stands before the service, or of the service as a whole.
_NOT_THERE = (502, 503, 504)


class DeskAway(Exception):
    """The service did not answer, or not as it should; the same call may succeed later."""


class DeskFails(DeskAway):
    """The service answered that it has failed: perhaps at this call alone."""


class DeskRefuses(Exception):
    """The service understood the call and says no; `status` says how, and `kind` why where it tells:
    "with-agent" of `urn:baton:problem:with-agent`."""

    def __init__(self, status: int, kind: str = "") -> None:
        super().__init__(f"refused: {status} {kind}".rstrip())
        self.status = status
        self.kind = kind


class Desk:
    """Open from `open` to `close`, on one event loop. The key is sent to this address alone."""

    def __init__(self, url: str, service_key: str) -> None:
        self._url = url.rstrip("/") + "/api/v1/visits"
        self._headers = {"Authorization": f"Bearer {service_key}"}
        self._http: aiohttp.ClientSession | None = None

    @classmethod
    def from_environment(cls) -> "Desk | None":
        """By HANDOFF_URL and HANDOFF_SERVICE_KEY; None without the key."""
        key = os.environ.get("HANDOFF_SERVICE_KEY", "").strip()
        return cls(os.environ.get("HANDOFF_URL") or DEFAULT_URL, key) if key else None

    async def open(self) -> None:
        self._http = aiohttp.ClientSession(headers=self._headers, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def state(self, conversation: str) -> dict[str, Any]:
        """Where the conversation stands. Raises DeskAway, DeskRefuses."""
        answer = await self._call("GET", quote(conversation, safe=":"))
        return _state(answer)

    async def waiting(self) -> dict[str, dict[str, Any]]:
        """The states of all who wait, by conversation. Raises DeskAway, DeskRefuses."""
        answer = await self._call("GET", "waiting")
        return {item["sender_id"]: _state(item) for item in answer.get("items", ())}

    async def tell(self, conversation: str, what: str, body: dict[str, Any]) -> None:
        """`what`: typing, receipts, choice, feedback, presence, message, name, window, changes.

        Raises DeskAway, DeskRefuses.
        """
        await self._call("POST", f"{quote(conversation, safe=':')}/{what}", body)

    async def tell_together(
        self, items: Sequence[tuple[str, str, dict[str, Any]]]
    ) -> list[DeskRefuses | DeskFails | None]:
        """(conversation, what, body), in order. For each DeskRefuses; DeskFails where it may be told again;
        DeskRefuses with 424: one of the same conversation failed before it.

        Raises DeskAway, DeskRefuses where the whole was not taken.
        """
        told = [{"sender_id": sender, "what": what, "body": body} for sender, what, body in items]
        answer = await self._call("POST", "told", {"items": told})
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list) or len(results) != len(items):
            raise DeskFails("not a result for each")
        return [_refusal(result) for result in results]

    async def offer_templates(self, channel: str, account: str, templates: list[dict[str, str]]) -> None:
        """All that the account may send at any time, each `{name, language, body}`.

        Raises DeskAway, DeskRefuses.
        """
        told = {"channel": channel, "account": account, "templates": templates}
        await self._call("PUT", "templates", told)

    async def resumed(self, token: str) -> str:
        """The conversation that the link of a mail opens. Raises DeskAway, DeskRefuses."""
        answer = await self._call("POST", "resume", {"token": token})
        if not isinstance(answer, dict) or not isinstance(answer.get("sender_id"), str):
            raise DeskAway("no sender in the answer")
        return answer["sender_id"]

    async def events(self, after: int | None) -> AsyncIterator[tuple[int | None, str | None, Any]]:
        """(number, kind, data) of each event after the number, or from now on. Ends or raises DeskAway."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        try:
            async with self._session.get(
                f"{self._url}/stream", headers=headers, timeout=_STREAM, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise DeskAway(f"stream: {response.status}")
                fields: dict[str, str] = {}
                async for line in response.content:
                    name, _, value = line.decode().rstrip("\n").partition(": ")
                    if name:
                        fields[name] = value
                        continue
                    number = int(fields["id"]) if "id" in fields else None
                    yield number, fields.get("event"), json.loads(fields.get("data", "null"))
                    fields = {}
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise DeskAway(type(error).__name__) from error

    async def upload(
        self, conversation: str, body: AsyncIterator[bytes], content_type: str, params: dict[str, str]
    ) -> tuple[int, Any]:
        """Hand a customer's file on: the answer's status and JSON, None where it is none. Raises DeskAway."""
        try:
            async with self._session.post(
                f"{self._url}/{quote(conversation, safe=':')}/attachments",
                data=body,
                params=params,
                headers={"Content-Type": content_type},
                timeout=_UPLOAD,
                allow_redirects=False,
            ) as response:
                if response.status >= 500:
                    raise DeskAway(f"status {response.status}")
                return response.status, await _json(response)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise DeskAway(type(error).__name__) from error

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        try:
            async with self._session.request(
                method, f"{self._url}/{path}", json=body, timeout=_CALL, allow_redirects=False
            ) as response:
                status = response.status
                if 400 <= status < 500 and status not in _LET_NOBODY_IN:
                    raise DeskRefuses(status, problem_kind(await _json(response)))
                if status >= 500 and status not in _NOT_THERE:
                    raise DeskFails(f"status {status}")
                if status >= 300:
                    raise DeskAway(f"status {status}")
                return await response.json() if status == 200 else None
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise DeskAway(type(error).__name__) from error

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise DeskAway("not open")
        return self._http


def _refusal(result: Any) -> DeskRefuses | DeskFails | None:
    status = result.get("status") if isinstance(result, dict) else None
    if not isinstance(status, int) or status >= 500 or status in _LET_NOBODY_IN:
        return DeskFails(f"status {status}")
    return DeskRefuses(status, problem_kind(result)) if status >= 400 else None


def problem_kind(answer: Any) -> str:
    """Why the service refuses; empty where it does not tell."""
    return str(answer.get("type", "")).rpartition(":")[2] if isinstance(answer, dict) else ""


async def _json(response: aiohttp.ClientResponse) -> Any:
    """The body, None where it is no JSON."""
    try:
        return await response.json(content_type=None)
    except ValueError:
        return None


def _state(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict) or not isinstance(answer.get("state"), dict):
        raise DeskAway("no state in the answer")
    return answer["state"]
