"""A small real HTTP server in place of the handoff service's `/ingest`, with failures to switch on."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

KEY = "key-of-the-assistant"
DEADLINE = 30  # seconds; generous, since a busy machine is slow, and only a failing test uses them up


class FakeIngest:
    """Stores each event once, by its row id, and answers as the service does."""

    def __init__(self, port: int = 0) -> None:
        self.changed = threading.Condition()
        self.batches: list[list[dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.stored: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self._failures: list[int | str] = []
        self.refuses: Callable[[dict[str, Any]], bool] = lambda item: False
        self.rejects: Callable[[dict[str, Any]], bool] = lambda item: False
        self.max_batch: int | None = None
        self.refuses_everything = False
        self._release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def fail(self, *kinds: int | str) -> None:
        """One request each: a status, "hang" (no answer while the test runs), "drop" or "nonsense"."""
        self._failures.extend(kinds)

    def close(self) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "FakeIngest":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, DEADLINE), (
                f"after {DEADLINE} s: {len(self.stored)} stored, statuses {self.statuses[-5:]}"
            )

    def texts(self) -> list[str]:
        return [item["event"].get("text") for item in self.stored]

    def answer(self, events: list[dict[str, Any]]) -> tuple[int, Any]:
        if self._failures:
            kind = self._failures.pop(0)
            if kind == "hang":
                self._release.wait()
            return (kind, {"title": "told to fail"}) if isinstance(kind, int) else (0, kind)
        too_many = self.max_batch is not None and len(events) > self.max_batch
        if self.refuses_everything or too_many:
            return 413, {"title": "too much"}
        if any(self.refuses(item) for item in events):
            return 422, {"title": "unprocessable"}
        return 200, {"results": [self._store(item) for item in events]}

    def _store(self, item: dict[str, Any]) -> dict[str, Any]:
        if self.rejects(item):
            return {"id": item["id"], "status": "rejected", "reason": "not an event of ours"}
        known = any(item["id"] == other["id"] for other in self.stored)
        if not known:
            self.stored.append(item)
        return {"id": item["id"], "status": "duplicate" if known else "stored", "reason": None}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["events"]
                with fake.changed:
                    fake.batches.append(events)
                    fake.headers.append(dict(self.headers))
                    fake.changed.notify_all()
                if self.path != "/api/v1/ingest" or self.headers["Authorization"] != f"Bearer {KEY}":
                    status, body = 401, {"title": "unauthorized"}
                else:
                    status, body = fake.answer(events)
                self._reply(status, body)
                with fake.changed:
                    fake.statuses.append(status)
                    fake.changed.notify_all()

            def _reply(self, status: int, body: Any) -> None:
                if body in ("hang", "drop"):
                    self.close_connection = True
                    return
                content = b"<html>" if body == "nonsense" else json.dumps(body).encode()
                self.send_response(status or 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        return Handler


def eventually(condition: Callable[[], bool]) -> None:
    """Waits for what nobody announces."""
    pause = threading.Event()
    for _ in range(DEADLINE * 100):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen in time")


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
