"""The only client of Rasa's HTTP API. It tells a clear end from an ambiguous one; it never retries."""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
import jwt

from handoff_service.settings import Settings

# Rasa does not decode the path, so what needs percent-encoding cannot be addressed. Ids of our connectors
# need none; an id of somebody else's that does is refused rather than sent to a conversation of that name.
ADDRESSABLE = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]+")
NOT_ADDRESSABLE = "Rasa cannot be given this sender_id in a path"

TOKEN_LIFETIME = dt.timedelta(seconds=60)
"""One call. A token that leaks from a log or a core dump is useless a minute later."""


class End(StrEnum):
    """How a call ended. `unknown`: Rasa may or may not have done it."""

    accepted = "accepted"
    refused = "refused"
    unknown = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`retryable` says for a refusal whether trying again can help."""

    end: End
    reason: str = ""
    retryable: bool = True


class RasaClient:
    """Calls are made with a short-lived signed token, never with one in a URL."""

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.rasa_jwt_secret.get_secret_value()
        self._http = httpx.AsyncClient(
            base_url=settings.rasa_url, timeout=settings.rasa_timeout.total_seconds()
        )

    async def append(
        self, sender_id: str, events: list[dict[str, Any]], channel: str | None = None
    ) -> Outcome:
        """Append events to a conversation's tracker; with a channel, say its bot events there too."""
        params = {"output_channel": channel, "execute_side_effects": "true"} if channel else {}
        return await self._post(sender_id, "tracker/events", events, params)

    async def trigger_intent(
        self, sender_id: str, intent: str, entities: list[dict[str, Any]], channel: str
    ) -> Outcome:
        """Let the bot answer an intent, as if the customer had just written it."""
        body = {"name": intent, "entities": entities}
        return await self._post(sender_id, "trigger_intent", body, {"output_channel": channel})

    async def events(self, sender_id: str) -> list[dict[str, Any]] | None:
        """The tracker's whole history, oldest first; None when Rasa cannot be asked now."""
        if not ADDRESSABLE.fullmatch(sender_id):
            return []
        path = f"/conversations/{sender_id}/tracker"
        try:
            answer = await self._http.get(path, params={"include_events": "ALL"}, headers=self._headers())
            answer.raise_for_status()
            events = answer.json().get("events")
        except (httpx.HTTPError, ValueError):
            return None
        return events if isinstance(events, list) else []

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, sender_id: str, what: str, body: Any, params: dict[str, str]) -> Outcome:
        if not ADDRESSABLE.fullmatch(sender_id):
            return Outcome(End.refused, NOT_ADDRESSABLE, retryable=False)
        path = f"/conversations/{sender_id}/{what}"
        try:
            answer = await self._http.post(path, json=body, params=params, headers=self._headers())
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Outcome(End.refused, f"Rasa cannot be reached ({type(error).__name__})")
        except httpx.HTTPError as error:
            return Outcome(End.unknown, f"no answer from Rasa ({type(error).__name__})")
        if answer.is_success:
            return Outcome(End.accepted)
        reason = f"Rasa answered {answer.status_code}"
        if answer.status_code >= 500:
            return Outcome(End.unknown, reason)
        return Outcome(End.refused, reason, retryable=answer.status_code in (401, 403, 408, 409, 425, 429))

    def _headers(self) -> dict[str, str]:
        claims = {
            "user": {"username": "handoff", "role": "admin"},
            "exp": dt.datetime.now(dt.UTC) + TOKEN_LIFETIME,
        }
        return {"Authorization": f"Bearer {jwt.encode(claims, self._secret, algorithm='HS256')}"}
