"""The action server's client of the handoff service ("the desk").

One call matters, `assess`: it posts what a turn shows and returns the service's decision. A customer waits
while it runs, so it is short on patience: where the service is gone, or hangs, the next calls are not even
tried for a while.
Whatever goes wrong is a `DeskUnavailable`; the caller then lets the bot go on and leaves the turn for the
service to decide late.

It blocks: call it off the event loop.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

log = logging.getLogger(__name__)

DEFAULT_URL = "http://127.0.0.1:8000"
CONNECT_SECONDS = 0.3  # the service is on the same network; a slower handshake means it is not there
READ_SECONDS = 2.0  # a decision takes milliseconds; in a rush it waits behind others, and is worth the wait
LATE_IN_A_ROW = 3  # a service in a rush is late now and then, one that hangs is late every time
SKIP_SECONDS = (
    5.0  # after a failure: long enough to spare customers the time-out, short enough to notice a restart
)
MAX_CONNECTIONS = 16  # as many turns as the action server assesses at once
DECISIONS = frozenset({"stay", "handoff", "silent", "noted"})
# Refusals that concern every call alike: trying the next customer's turn would fail the same way.
REFUSED_FOR_ALL = frozenset({401, 403})


class DeskUnavailable(Exception):
    """The handoff service gave no decision for this turn; the message says why, without any secret."""


class Circuit:
    """Whether calls are worth trying. Closed at first; a failure opens it for `skip_seconds`, and so do
    LATE_IN_A_ROW calls that were not answered in time.

    When that time is over one caller tries; the others go on skipping until it has succeeded, so that a
    service that hangs costs one customer the time-out and not all of them.
    """

    def __init__(
        self, skip_seconds: float = SKIP_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._skip_seconds = skip_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._retry_at: float | None = None
        self._late = 0

    def allows(self) -> bool:
        """Say whether this caller may try; a True is also the permission for the one attempt after a skip."""
        with self._lock:
            if self._retry_at is None:
                return True
            if self._clock() < self._retry_at:
                return False
            self._retry_at = self._clock() + self._skip_seconds
            return True

    def failed(self) -> bool:
        """Open the circuit; True when it was closed until now."""
        with self._lock:
            was_closed = self._retry_at is None
            self._retry_at = self._clock() + self._skip_seconds
            return was_closed

    def late(self) -> bool:
        """Count a call that was not answered in time; True when it has opened the circuit."""
        with self._lock:
            self._late += 1
            if self._late < LATE_IN_A_ROW and self._retry_at is None:
                return False
        return self.failed()

    def succeeded(self) -> bool:
        """Close the circuit; True when it was open until now."""
        with self._lock:
            self._late = 0
            was_open = self._retry_at is not None
            self._retry_at = None
            return was_open


class Desk:
    """The handoff service as the assistant sees it. Safe to share between threads."""

    def __init__(self, url: str, service_key: str | None, circuit: Circuit | None = None) -> None:
        self._turns_url = url.rstrip("/") + "/api/v1/turns"
        self._service_key = service_key or None
        self._circuit = circuit or Circuit()
        # Not `requests`, which takes half as long again over a call and would have to be kept from reading
        # proxies and a .netrc of the environment, so that neither may see or replace the key.
        self._connections = PoolManager(maxsize=MAX_CONNECTIONS, retries=False)
        self._lock = threading.Lock()
        self._warned_about_key = False

    @classmethod
    def from_environment(cls) -> "Desk":
        """Build the client from HANDOFF_URL and HANDOFF_SERVICE_KEY."""
        key = os.environ.get("HANDOFF_SERVICE_KEY", "").strip()
        return cls(os.environ.get("HANDOFF_URL") or DEFAULT_URL, key)

    def assess(self, turn: dict[str, Any]) -> dict[str, Any]:
        """Post a turn and return the service's answer, whose `decision` is stay, handoff, silent or noted.

        Repeating the call for the same turn is safe: the service answers by (sender_id, message_id) for ever.
        Raises DeskUnavailable for everything else.
        """
        correlation_id = str(turn.get("message_id") or "")
        if self._service_key is None:
            self._warn_about_key_once()
            raise DeskUnavailable("HANDOFF_SERVICE_KEY is not set")
        if not self._circuit.allows():
            raise DeskUnavailable("skipped: the handoff service failed a moment ago")
        try:
            response = self._post(turn, correlation_id)
        except ReadTimeoutError as error:
            self._warn_if(self._circuit.late(), "no answer in time", correlation_id)
            raise DeskUnavailable("no answer in time") from error
        except (HTTPError, ValueError) as error:
            self._failed(type(error).__name__, correlation_id)
            raise DeskUnavailable(f"no answer: {type(error).__name__}") from error
        return self._decision(response, correlation_id)

    def _post(self, turn: dict[str, Any], correlation_id: str) -> BaseHTTPResponse:
        try:
            return self._post_once(turn, correlation_id)
        except ProtocolError:
            # The service may close a kept connection in the very moment it is used again. The call is
            # idempotent, so one more try on a fresh connection is safe; a service that is really gone refuses
            # that at once.
            return self._post_once(turn, correlation_id)

    def _post_once(self, turn: dict[str, Any], correlation_id: str) -> BaseHTTPResponse:
        return self._connections.request(
            "POST",
            self._turns_url,
            body=json.dumps(turn, allow_nan=False),
            headers={
                "Authorization": f"Bearer {self._service_key}",
                "Content-Type": "application/json",
                "X-Correlation-ID": quote(correlation_id, safe="-_.:~")[:200],
            },
            timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            redirect=False,  # the key is for this address alone
        )

    def _decision(self, response: BaseHTTPResponse, correlation_id: str) -> dict[str, Any]:
        status = response.status
        if status in REFUSED_FOR_ALL:
            self._circuit.failed()
            log.error(
                "The handoff service refuses HANDOFF_SERVICE_KEY (%s): is it the same on both sides? "
                "[correlation_id=%s]",
                status,
                correlation_id,
            )
            raise DeskUnavailable(f"refused: {status}")
        if 400 <= status < 500:
            # The service lives, it only refuses this one turn: others must not be skipped for it.
            self._succeeded()
            log.error(
                "The handoff service refuses this turn (%s): %s [correlation_id=%s]",
                status,
                _problem(response),
                correlation_id,
            )
            raise DeskUnavailable(f"refused: {status}")
        try:
            answer = response.json() if status == 200 else None
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or answer.get("decision") not in DECISIONS:
            self._failed(f"status {status}, no decision in it", correlation_id)
            raise DeskUnavailable(f"no decision: status {status}")
        self._succeeded()
        return answer

    def _failed(self, reason: str, correlation_id: str) -> None:
        self._warn_if(self._circuit.failed(), reason, correlation_id)

    def _warn_if(self, opened: bool, reason: str, correlation_id: str) -> None:
        if opened:
            log.warning(
                "The handoff service does not decide (%s); the bot goes on without it. [correlation_id=%s]",
                reason,
                correlation_id,
            )

    def _succeeded(self) -> None:
        if self._circuit.succeeded():
            log.info("The handoff service answers again.")

    def _warn_about_key_once(self) -> None:
        with self._lock:
            if self._warned_about_key:
                return
            self._warned_about_key = True
        log.warning(
            "HANDOFF_SERVICE_KEY is not set: no turn is assessed and no conversation can be handed over."
        )


def _problem(response: BaseHTTPResponse) -> str:
    """Return what a problem document says, without the values the customer typed."""
    try:
        body = response.json()
    except ValueError:
        return "no problem document"
    if not isinstance(body, dict):
        return "no problem document"
    fields = [".".join(map(str, e.get("loc", []))) for e in body.get("errors") or [] if isinstance(e, dict)]
    return (
        "; ".join(part for part in (str(body.get("title", "")), ", ".join(fields)) if part)
        or "no reason given"
    )
