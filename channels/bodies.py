"""What a provider posts to us, with a limit. For routes with `stream=True`, whose body is not read before."""

from sanic.exceptions import PayloadTooLarge
from sanic.request import Request


async def raw_body(request: Request, most: int) -> bytes | None:
    """The bytes as they came, which are what is signed; None where there are more than `most`: those are not
    read, and the connection is closed after the answer."""
    request.stream.request_max_size = most
    body = bytearray()
    try:
        while (chunk := await request.stream.read()) is not None:
            body += chunk
    except PayloadTooLarge:
        return None
    return bytes(body) if len(body) <= most else None
