"""The people of the tests: customers on two channels, and agents through the service's API."""

import contextlib
import itertools
import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

TIMEOUT = 30.0


class RestCustomer:
    """A customer on Rasa's `rest` channel: answers come with the request, nothing can be pushed."""

    def __init__(self, stack: Stack, sender_id: str | None = None) -> None:
        self._stack = stack
        self.sender_id = sender_id or f"rest-{uuid.uuid4().hex[:12]}"

    def says(self, text: str) -> list[str]:
        """The bot's answers, in order."""
        answer = httpx.post(
            f"{self._stack.settings.rasa_url}/webhooks/rest/webhook",
            json={"sender": self.sender_id, "message": text},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        return [message.get("text", "") for message in answer.json()]


class WebCustomer:
    """A customer's page on the web chat: keeps its token and the last number seen, and reconnects."""

    may_repeat = False

    def __init__(self, stack: Stack) -> None:
        self.http = httpx.Client(
            base_url=f"{stack.settings.rasa_url}/webhooks/webchat/v1",
            # a lost line may not show; the stream says every 15 seconds that it is alive
            timeout=httpx.Timeout(TIMEOUT, read=60),
        )
        self._line: _Line | None = None
        self.token: str | None = None
        self.visitor = ""
        self.messages: list[dict[str, Any]] = []
        self._numbers: set[int] = set()
        self._ids = itertools.count(1)

    @property
    def sender_id(self) -> str:
        return f"webchat:default:{self.visitor}"

    @property
    def connected(self) -> bool:
        return self._line is not None and self._line.is_open

    def connect(self) -> "WebCustomer":
        answer = self.http.post("/session", json={"token": self.token} if self.token else {})
        session = answer.raise_for_status().json()
        self.token, self.visitor = session["token"], session["visitor"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        self._line = _Line(self.http, after=max(self._numbers, default=0), keep=self._keep)
        eventually(
            lambda: max(self._numbers, default=0) >= session["last"] or not self.connected,
            "what was said meanwhile",
        )
        if not self.connected:
            raise httpx.RemoteProtocolError("the stream ended at once")
        return self

    def disconnect(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def reconnect(self) -> None:
        """As a page does after the line was lost: try until the server is back."""
        self.disconnect()

        def back() -> bool:
            try:
                self.connect()
            except httpx.HTTPError:
                return False
            return True

        eventually(back, "reconnected", timeout=120)

    def says(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        """Send and wait for the acknowledgement."""
        answer = self.sends(text, client_id)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def sends(self, text: Any, client_id: Any = None) -> httpx.Response:
        client_id = client_id or f"c{next(self._ids)}"
        return self.http.post("/messages", json={"client_id": client_id, "text": text})

    def insists(self, text: str, client_id: str | None = None) -> None:
        """Repeat under the same client id until it is acknowledged, reconnecting as needed."""
        client_id = client_id or f"c{next(self._ids)}"

        def acknowledged() -> bool:
            try:
                if not self.connected:
                    self.connect()
                return self.sends(text, client_id).status_code == 202
            except httpx.HTTPError:
                return False

        eventually(acknowledged, f"{text!r} acknowledged", timeout=180)

    def _keep(self, message: dict[str, Any]) -> None:
        if message["number"] not in self._numbers:
            self.messages.append(message)
            self._numbers.add(message["number"])

    def seen(self, author: str | None = None) -> list[dict[str, Any]]:
        """In order of number, without the customer's own unless asked for."""
        return [
            message
            for message in sorted(self.messages, key=lambda m: m["number"])
            if (message["author"] == author if author else message["author"] != "customer")
        ]

    def texts(self, author: str | None = None) -> list[str]:
        return [message["text"] for message in self.seen(author)]

    def answered(self, count: int = 1, author: str = "bot") -> list[str]:
        """Wait until that many messages of the author have come."""
        return eventually(
            lambda: self.texts(author) if len(self.texts(author)) >= count else [],
            f"{count} messages of {author}",
        )


class _Line:
    """The open event stream of a customer's page, read in the background until it ends."""

    def __init__(self, http: httpx.Client, after: int, keep: Callable[[dict[str, Any]], None]) -> None:
        """Raises httpx.HTTPError when it does not open."""
        request = http.build_request("GET", "/events", params={"after": after})
        self._answer = http.send(request, stream=True)
        if self._answer.is_error:
            self._answer.close()
            self._answer.raise_for_status()
        self._socket = self._answer.extensions["network_stream"].get_extra_info("socket")
        self._thread = threading.Thread(target=self._read, args=(keep,), daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        return self._thread.is_alive()

    def _read(self, keep: Callable[[dict[str, Any]], None]) -> None:
        with contextlib.closing(self._answer), contextlib.suppress(httpx.HTTPError):
            for kind, data in _events(self._answer.iter_lines()):
                if kind == "message":
                    keep(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # it may have ended by itself
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(TIMEOUT)


class AgentClient:
    """Somebody at the desk, with nothing but the API."""

    def __init__(self, stack: Stack, email: str) -> None:
        self.http = httpx.Client(base_url=f"{stack.settings.handoff_url}/api/v1", timeout=TIMEOUT)
        self.login(email, stack.password)

    def login(self, email: str, password: str) -> None:
        answer = self.http.post("/auth/login", json={"email": email, "password": password})
        answer.raise_for_status()
        self.agent = answer.json()["agent"]
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self.http.cookies.clear()  # the token alone must do

    @property
    def id(self) -> str:
        return self.agent["id"]

    def is_now(self, presence: str) -> None:
        self.http.put("/me/presence", json={"status": presence}).raise_for_status()

    def conversations(self, **filters: str) -> list[dict[str, Any]]:
        answer = self.http.get("/conversations", params={"limit": 200, **filters})
        answer.raise_for_status()
        return answer.json()["items"]

    def conversation_of(self, sender_id: str) -> dict[str, Any] | None:
        found = [c for c in self.conversations(sender_id=sender_id) if c["status"] != "resolved"]
        return found[0] if found else None

    def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        items, cursor = [], None
        while True:
            params = {"limit": 200, **({"cursor": cursor} if cursor else {})}
            answer = self.http.get(f"/conversations/{conversation_id}/messages", params=params)
            answer.raise_for_status()
            items += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if not cursor:
                return items

    def says(self, conversation_id: str, text: str, client_id: str | None = None) -> dict[str, Any]:
        answer = self.http.post(
            f"/conversations/{conversation_id}/messages",
            json={"text": text, "client_id": client_id or uuid.uuid4().hex},
        )
        assert answer.status_code == 202, answer.text
        return answer.json()

    def insists(self, conversation_id: str, text: str, client_id: str) -> None:
        """Repeat under the same client id until it is accepted, as the page does when the line is down."""

        def accepted() -> bool:
            try:
                self.says(conversation_id, text, client_id)
            except (httpx.HTTPError, json.JSONDecodeError):
                return False
            return True

        eventually(accepted, f"{text!r} accepted", timeout=120)

    def does(self, conversation_id: str, what: str, **body: Any) -> dict[str, Any]:
        answer = self.http.post(f"/conversations/{conversation_id}/{what}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def owner_of(self, sender_id: str) -> str | None:
        conversation = self.conversation_of(sender_id)
        return conversation["owner"] if conversation else None


class Stream:
    """An agent's event stream, collected in the background."""

    def __init__(self, agent: AgentClient) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._open = threading.Event()
        self._stopping = threading.Event()
        self._client = httpx.Client(
            base_url=agent.http.base_url, headers=dict(agent.http.headers), timeout=httpx.Timeout(5, read=60)
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self._open.wait(TIMEOUT), "the stream did not open"

    def _read(self) -> None:
        try:
            with self._client.stream("GET", "/stream") as answer:
                self._open.set()
                for kind, data in _events(answer.iter_lines()):
                    self.events.append((kind, data))
        except (httpx.HTTPError, RuntimeError):
            if not self._stopping.is_set():
                raise

    def messages(self) -> list[dict[str, Any]]:
        return [data["message"] for kind, data in list(self.events) if kind == "message.added"]

    def close(self) -> None:
        self._stopping.set()
        self._client.close()


def _events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    kind, data = "message", ""
    for line in lines:
        if line.startswith("event:"):
            kind = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data += line.removeprefix("data:").strip()
        elif not line and data:
            yield kind, json.loads(data)
            kind, data = "message", ""
