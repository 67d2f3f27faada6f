"""A customer's app in one file: what a mobile client of the customer protocol has to do, and no more.

    python examples/mobile_client.py http://127.0.0.1:5005/webhooks/webchat/v1

What you type is sent, what is said to you is printed. End it and start it again, also in the middle of a
message or without a network: nothing is lost and nothing comes twice. It follows
docs/api/customer-protocol.md.

Needs Python 3.10 and `requests`, nothing of the rest of this repository.
"""

import argparse
import hashlib
import hmac
import json
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

WAIT = 20  # seconds of a long poll; ask with more patience than that, or every poll fails
PATIENCE = (5, WAIT + 15)
RETRY = (0.5, 1.0, 2.0, 5.0, 10.0)


class SessionOver(Exception):
    """The token is not valid (any more)."""


class State:
    """What must outlive the app: the token (keep it where your system keeps secrets), the number up to which
    all is shown, and what was written and not yet confirmed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.token: str | None = kept.get("token")
        self.shown: int = kept.get("shown", 0)
        self.outbox: list[dict[str, Any]] = kept.get("outbox", [])
        self.lock = threading.RLock()

    def save(self) -> None:
        with self.lock:
            kept = {"token": self.token, "shown": self.shown, "outbox": self.outbox}
            part = self._path.with_suffix(".part")
            part.touch(mode=0o600)
            part.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            part.replace(self._path)


class MobileClient:
    """`url`: of the customer protocol. `show` gets each message once, in order. `customer_token` asks the
    app's server for one, for a customer who is logged in there."""

    def __init__(
        self,
        url: str,
        state: State,
        show: Callable[[dict[str, Any]], None],
        customer_token: Callable[[], str] | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._state = state
        self._show = show
        self._customer_token = customer_token
        self._http = requests.Session()
        self._sending = threading.Lock()
        self.stopping = threading.Event()

    def open(self) -> None:
        """Begin, or go on with, the session. Who is not logged in and was away for too long begins anew."""
        if self._customer_token is not None:
            answer = self._until_answered("POST", "/session", json={"customer_token": self._customer_token()})
        else:
            try:
                known = {"token": self._state.token} if self._state.token else {}
                answer = self._until_answered("POST", "/session", json=known)
            except SessionOver:
                self._state.shown = 0
                answer = self._until_answered("POST", "/session", json={})
        with self._state.lock:
            self._state.token = answer.get("token", self._state.token)
            self._state.save()

    def say(self, text: str) -> None:
        """Written down first, with the id that makes a repetition harmless; then sent."""
        with self._state.lock:
            self._state.outbox.append({"client_id": uuid.uuid4().hex, "text": text})
            self._state.save()
        self.flush()

    def flush(self) -> None:
        """Send what is not confirmed, in order. Call it whenever the network is back."""
        with self._sending:
            while self._state.outbox and not self.stopping.is_set():
                self._in_session("POST", "/messages", json=self._state.outbox[0])
                with self._state.lock:
                    del self._state.outbox[0]
                    self._state.save()

    def receive(self) -> None:
        """Show what comes until `stopping`; in an app: while it is in the foreground."""
        while not self.stopping.is_set():
            params = {"after": self._state.shown, "wait": WAIT}
            answer = self._in_session("GET", "/messages", params=params)
            for message in answer.get("messages", []):
                self._show(message)
                with self._state.lock:
                    self._state.shown = message["number"]
                    self._state.save()
            if answer.get("messages"):
                self._in_session("POST", "/read", json={"number": self._state.shown})

    def _in_session(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """The answer; with a new session where the old one is over."""
        try:
            return self._until_answered(method, path, **request)
        except SessionOver:
            self.open()
            return self._until_answered(method, path, **request)

    def _until_answered(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """Every call may be repeated. Raises SessionOver; RuntimeError where repeating does not help."""
        failures = 0
        while not self.stopping.is_set():
            headers = {"Authorization": f"Bearer {self._state.token}"} if path != "/session" else {}
            wait = RETRY[min(failures, len(RETRY) - 1)]
            try:
                answer = self._http.request(
                    method,
                    self._url + path,
                    headers=headers,
                    timeout=PATIENCE,
                    allow_redirects=False,
                    **request,
                )
            except requests.RequestException:
                failures += 1
            else:
                if answer.status_code < 300:
                    return answer.json() if answer.content else {}
                if answer.status_code == 401:
                    raise SessionOver
                if answer.status_code not in (429, 502, 503, 504):
                    raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:200]}")
                failures += 1
                wait = float(answer.headers.get("Retry-After", wait))
            self.stopping.wait(wait)
        return {}


def is_genuine(secret: str, timestamp: str, body: bytes, signature: str, now: float) -> bool:
    """For the app's server: whether a push notice is ours, and of the last five minutes."""
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    fresh = timestamp.isdecimal() and abs(now - int(timestamp)) < 300
    return fresh and hmac.compare_digest(f"v1={expected}".encode(), signature.encode())


def show(message: dict[str, Any]) -> None:
    if message["author"] == "customer":
        return  # an app shows its own at once, greyed until it is confirmed
    who = message.get("author_name") or message["author"]
    if message.get("recalled"):
        print(f"{who} has taken a message back", flush=True)
        return
    if message.get("replaces"):
        return
    print(f"{who}: {message['text']}", flush=True)
    for file in message.get("attachments", ()):
        print(f"  {file['name']} {file['url']}", flush=True)
    for button in message.get("buttons", ()):
        print(f"  [{button['title']}]", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Chat as a customer's app would.")
    parser.add_argument("url")
    parser.add_argument("--state", type=Path, default=Path("mobile_client.json"))
    parser.add_argument("--customer-token", help="from the app's server, for a customer who is logged in")
    given = parser.parse_args()
    logged_in = (lambda: given.customer_token) if given.customer_token else None
    client = MobileClient(given.url, State(given.state), show, logged_in)
    client.open()
    receiving = threading.Thread(target=client.receive, daemon=True)
    receiving.start()
    client.flush()
    for line in sys.stdin:
        if line.strip():
            client.say(line.strip())


if __name__ == "__main__":
    main()
