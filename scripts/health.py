"""Waits until the processes of one copy are healthy, and warms Rasa up. Runs in the service's environment."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import jwt

from scripts.settings import HOST, Settings

TIMEOUT_SECONDS = 300  # Rasa alone was seen to need 60 s on a busy machine with two cores
POLL_SECONDS = 0.3
PROGRESS_SECONDS = 10
# Rasa's first message takes about a second longer than the next: dictionaries are loaded, graphs traced.
# `/model/parse` touches no conversation.
WARM_UP = ("我的订单到哪了", "where is my order")


@dataclass(frozen=True)
class Check:
    """`path` on `port` answers 200 once the process is healthy."""

    port: int
    path: str
    as_admin: bool = False


def checks(settings: Settings) -> dict[str, Check]:
    return {
        "rasa": Check(settings.rasa_port, "/status", as_admin=True),  # 409 until a model is loaded
        "actions": Check(settings.actions_port, "/health"),
        "handoff": Check(settings.handoff_port, "/readyz"),
    }


def wait(
    settings: Settings,
    *,
    say: Callable[[str], None],
    stopped: Callable[[], bool],
    timeout: float = TIMEOUT_SECONDS,
) -> str | None:
    """None once all are healthy, or when `stopped`; else the sentence that says which one is not."""
    started = time.monotonic()
    said = started
    waiting = checks(settings)
    while not stopped():
        waiting = {name: check for name, check in waiting.items() if not is_healthy(settings, check)}
        if not waiting:
            return None
        now = time.monotonic()
        if now - started > timeout:
            return (
                f"{' and '.join(waiting)} did not become healthy within {timeout:.0f} s; the reason is above."
            )
        if now - said > PROGRESS_SECONDS:
            said = now
            say(f"  … waiting for {' and '.join(waiting)}: {now - started:.0f} s")
        time.sleep(POLL_SECONDS)
    return None


def warm_up(settings: Settings) -> None:
    """Best effort: a customer would only wait a second longer."""
    for text in WARM_UP:
        body = json.dumps({"text": text}).encode()
        _request(settings, Check(settings.rasa_port, "/model/parse", as_admin=True), body)


def admin_token(secret: str) -> str:
    """For Rasa's HTTP API, short-lived."""
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    claims = {"user": {"username": "handoff", "role": "admin"}, "exp": expires}
    return jwt.encode(claims, secret, algorithm="HS256")


def is_healthy(settings: Settings, check: Check) -> bool:
    return _request(settings, check) == 200


def _request(settings: Settings, check: Check, body: bytes | None = None) -> int | None:
    """The status of the answer, None without one. Straight to the port: no proxy of the environment's."""
    headers = {"Content-Type": "application/json"} if body else {}
    if check.as_admin:
        headers["Authorization"] = f"Bearer {admin_token(settings.secrets['RASA_JWT_SECRET'])}"
    connection = http.client.HTTPConnection(HOST, check.port, timeout=10)
    try:
        connection.request("POST" if body else "GET", check.path, body=body, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
