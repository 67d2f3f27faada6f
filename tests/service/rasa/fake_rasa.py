"""A small server that behaves like Rasa's HTTP API where the outbox meets it, failures included."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class FakeRasa:
    """Keeps trackers in memory. `fail` holds what goes wrong with the next posts, first to last:

    `refuse` (400), `busy` (409), `crash_before` (500, nothing done), `crash_after` (500, but done),
    `hang_up_after` (done, the line is cut without an answer).
    """

    def __init__(self) -> None:
        self.trackers: dict[str, list[dict[str, Any]]] = {}
        self.triggered: list[tuple[str, str]] = []
        self.said: list[tuple[str, str]] = []
        self.authorizations: set[str] = set()
        self.fail: list[str] = []
        self.on_post: Callable[[str, list[dict[str, Any]]], None] = lambda sender, events: None
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                self._answer(200, {"events": fake.trackers.get(self._sender(), [])})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.authorizations.add(self.headers.get("Authorization", ""))
                failure = fake.fail.pop(0) if fake.fail else None
                if failure in ("refuse", "busy"):
                    return self._answer(400 if failure == "refuse" else 409, {})
                if failure == "crash_before":
                    return self._answer(500, {})
                fake._do(self._sender(), urlsplit(self.path), body)
                if failure == "crash_after":
                    return self._answer(500, {})
                if failure == "hang_up_after":
                    return self.connection.close()
                return self._answer(200, {})

            def _sender(self) -> str:
                return unquote(urlsplit(self.path).path.split("/")[2])

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def kinds(self, sender_id: str) -> list[str]:
        return [event["event"] for event in self.trackers.get(sender_id, [])]

    def _do(self, sender_id: str, url: Any, body: Any) -> None:
        with self._lock:
            if url.path.endswith("/trigger_intent"):
                self.triggered.append((sender_id, body["name"]))
                return
            events = body if isinstance(body, list) else [body]
            stamped = [{**event, "timestamp": time.time()} for event in events]
            self.trackers.setdefault(sender_id, []).extend(stamped)
            if "true" in parse_qs(url.query).get("execute_side_effects", []):
                self.said += [(sender_id, event["text"]) for event in events if event["event"] == "bot"]
        self.on_post(sender_id, stamped)
