"""A handoff service for tests: a real HTTP server that answers /api/v1/turns as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


@dataclass
class FakeService:
    """`answer` gets the posted turn and returns status and body; a body of bytes is sent as it is."""

    answer: Callable[[dict[str, Any]], Answer]
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    @property
    def turns(self) -> list[dict[str, Any]]:
        """The turns posted so far."""
        return [request["body"] for request in self.requests]


@contextmanager
def fake_service(answer: Callable[[dict[str, Any]], Answer] | Answer) -> Iterator[FakeService]:
    """Run a service on a free port until the block ends."""
    service = FakeService(answer if callable(answer) else lambda _turn: answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.requests.append({"path": self.path, "headers": dict(self.headers), "body": body})
            status, answer = service.answer(body)
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
