"""Desks on the stream that read and do nothing, in a process of their own: real ones are on other machines.

`python -m benchmarks._listeners URL COUNT`, the token in LISTENER_TOKEN; says `ready` once all are in.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]


@contextmanager
def listening(url: str, token: str, count: int) -> Iterator[None]:
    """While the block runs, so many listen with that agent's token."""
    argv = [sys.executable, "-m", "benchmarks._listeners", url, str(count)]
    environ = {**os.environ, "LISTENER_TOKEN": token}
    with subprocess.Popen(argv, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            if process.stdout.readline().strip() != "ready":
                raise SystemExit("The other listeners did not get onto the stream.")
            yield
        finally:
            process.kill()


class _Reader(asyncio.Protocol):
    """Reads and forgets: what it costs must not be taken for the service's time."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.began = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if not self.began.done():
            if not data.startswith(b"HTTP/1.1 200"):
                raise SystemExit(data.decode(errors="replace"))
            self.began.set_result(None)


async def _listen(url: str, count: int, token: str) -> None:
    loop, address = asyncio.get_running_loop(), urlsplit(url)
    request = (
        f"GET /api/v1/stream HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    readers = []
    for _ in range(count):
        _transport, reader = await loop.create_connection(
            lambda: _Reader(request.encode()), address.hostname, address.port
        )
        readers.append(reader)
    await asyncio.gather(*(reader.began for reader in readers))
    print("ready", flush=True)
    await loop.create_future()


if __name__ == "__main__":
    asyncio.run(_listen(sys.argv[1], int(sys.argv[2]), os.environ["LISTENER_TOKEN"]))
