"""HTTP by hand: requests that no client library would send, and answers that come before the request ends."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

PIECE = 64 * 1024
ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class Sent:
    """A request. Query and headers may hold a name twice."""

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = field(default=b"", repr=False)

    def head(self, *framing: str) -> bytes:
        """`framing`: the headers that say how long the body is."""
        address = f"{self.path}?{urlencode(self.query, errors='surrogatepass')}" if self.query else self.path
        lines = [f"{self.method} {address} HTTP/1.1", "Host: localhost", "Connection: close"]
        lines += [*(f"{name}: {value}" for name, value in self.headers), *framing]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Answer:
    """Status 0: the connection was closed without one."""

    status: int
    body: bytes


async def ask(
    port: int, sent: Sent, *, framing: Sequence[str] | None = None, pieces: AsyncIterable[bytes] | None = None
) -> Answer:
    """The whole answer, or the beginning of one that has no end. `pieces`: the body as it is written, in
    place of the request's; `framing`: in place of its length."""
    length = (f"Content-Length: {len(sent.body)}",) if sent.body or sent.method == "POST" else ()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def write() -> None:
        with suppress(ConnectionError):
            writer.write(sent.head(*(length if framing is None else framing)))
            async for piece in _cut(sent.body) if pieces is None else pieces:
                writer.write(piece)
                await writer.drain()

    writing = asyncio.create_task(write())
    try:
        return await asyncio.wait_for(_read(reader), ANSWER_SECONDS)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        writer.transport.abort()  # closing would wait for what is not read any more


async def chunked(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The pieces as a body of no known length has them."""
    async for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


async def repeated(piece: bytes, times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield piece


async def _cut(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]


async def _read(reader: asyncio.StreamReader) -> Answer:
    raw = bytearray()
    # A server that closes before it has read everything may take its own answer away.
    with suppress(ConnectionError):
        while piece := await reader.read(PIECE):
            raw += piece
            if b"text/event-stream" in raw:
                break
    head, _, body = bytes(raw).partition(b"\r\n\r\n")
    return Answer(int(head.split(b" ", 2)[1]) if head else 0, body)
