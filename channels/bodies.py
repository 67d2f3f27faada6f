"""What is posted to us, with a limit. For routes with `stream=True`, whose body is not read before."""

import asyncio
from collections.abc import AsyncIterator

from sanic import Blueprint
from sanic.exceptions import InvalidUsage, PayloadTooLarge
from sanic.request import Request

# A caller who takes longer is none, or has gone; what it has sent so far is in memory.
READ_SECONDS = 30.0
_LONGEST_NUMBER = 15  # digits


async def body_pieces(request: Request, most: int) -> AsyncIterator[bytes]:
    """The bytes as they come. Raises PayloadTooLarge where there are more than `most`: the rest is not read,
    and the connection is closed after the answer."""
    request.stream.request_max_size = most
    while (piece := await request.stream.read()) is not None:
        yield piece


class Limited:
    """Pieces that are handed on as they come. `failed`: what went wrong with them, which whom they are handed
    on to only sees as pieces that broke off; PayloadTooLarge where there were more than `most` bytes."""

    def __init__(self, pieces: AsyncIterator[bytes], most: int) -> None:
        self.failed: Exception | None = None
        self._pieces = pieces
        self._most = most

    async def pieces(self) -> AsyncIterator[bytes]:
        left = self._most
        try:
            async for piece in self._pieces:
                left -= len(piece)
                if left < 0:
                    raise PayloadTooLarge("over the limit")
                yield piece
        except Exception as error:
            self.failed = error
            raise


async def whole_body(request: Request, most: int) -> bytes:
    """All of it. Raises PayloadTooLarge, also for one that takes too long to come."""
    body = bytearray()

    async def read() -> None:
        async for piece in body_pieces(request, most):
            body.extend(piece)

    try:
        await asyncio.wait_for(read(), READ_SECONDS)
    except asyncio.TimeoutError:
        request.stream.request_max_size = 0  # nor is the rest waited for
        raise PayloadTooLarge("it takes too long") from None
    return bytes(body)


async def raw_body(request: Request, most: int) -> bytes | None:
    """The bytes as they came, which are what is signed; None where they are refused."""
    try:
        return await whole_body(request, most)
    except PayloadTooLarge:
        return None


def refuse_unclear_lengths(blueprint: Blueprint) -> None:
    """Of every request to the server. Sanic 21.12 reads a body of a negative length for ever, without letting
    anything else happen, and fails at other lengths that are none."""

    @blueprint.signal("http.lifecycle.request")
    async def check(request: Request) -> None:
        lengths = request.headers.getall("content-length", [])
        codings = request.headers.getall("transfer-encoding", [])
        clear = all(each.isascii() and each.isdecimal() and len(each) <= _LONGEST_NUMBER for each in lengths)
        if not clear or len(lengths) > 1 or codings not in ([], ["chunked"]) or (lengths and codings):
            raise InvalidUsage("the length of the body is not clear")
