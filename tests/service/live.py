"""A real server in a thread, and a reader of its event stream."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

PATIENCE = 30.0  # seconds; only a failing test waits that long


@contextmanager
def running(app: FastAPI, **options: Any) -> Iterator[str]:
    """Its URL, e.g. `http://127.0.0.1:43121`. `options` are uvicorn's."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, **options))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive())
            assert server.started
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            app.state.stream.close_soon()
            server.should_exit = True
            thread.join(PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@dataclass
class Frame:
    """One block of an event stream."""

    id: int | None = None
    event: str | None = None
    data: Any = None
    comments: list[str] = field(default_factory=list)


class Stream:
    """An open stream, read block by block; reading fails when nothing comes for `PATIENCE` seconds."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._frames = self._read()

    def frame(self) -> Frame:
        return next(self._frames)

    def event(self) -> Frame:
        """The next block that is an event."""
        while (frame := self.frame()).event is None:
            pass
        return frame

    def rest(self) -> list[Frame]:
        """All until the server ends the stream."""
        return list(self._frames)

    def _read(self) -> Iterator[Frame]:
        frame = Frame()
        for line in self.response.iter_lines():
            name, _, value = line.partition(": ") if not line.startswith(":") else ("comment", "", line[1:])
            match name:
                case "id":
                    frame.id = int(value)
                case "event":
                    frame.event = value
                case "data":
                    frame.data = json.loads(value)
                case "comment":
                    frame.comments.append(value.strip())
                case "":
                    yield frame
                    frame = Frame()


@contextmanager
def listening(
    url: str, headers: dict[str, str], *, after: int | str | None = None, path: str = "/stream"
) -> Iterator[Stream]:
    """The stream below `url`, once the server has answered. `after` is sent as Last-Event-ID."""
    given = {**headers, **({"Last-Event-ID": str(after)} if after is not None else {})}
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False) as client,
        client.stream("GET", f"{url}/api/v1{path}", headers=given) as response,
    ):
        assert response.status_code == 200, response.read()
        yield Stream(response)
