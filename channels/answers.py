"""What a provider's interface answers, with a limit: it may be broken, or somebody else's by now."""

from typing import Any

import aiohttp

from channels.content import outside_json

# A thousand messages of WeCom's, the most that one answer brings, with the longest texts.
MOST = 8 * 1024 * 1024
# What is packed has no size before it is unpacked: nothing packed is asked for, and none is unpacked.
PLAIN = {"Accept-Encoding": "identity"}


class TooMuch(aiohttp.ClientPayloadError):
    """An answer is over its limit."""


class NotJson(aiohttp.ClientPayloadError):
    """An answer is no JSON object."""


async def whole_answer(response: aiohttp.ClientResponse, most: int = MOST) -> bytes:
    """Raises TooMuch, or what aiohttp raises."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > most:
            response.close()
            raise TooMuch(f"an answer of more than {most:,} bytes")
    return bytes(body)


async def answered(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The JSON object that it is. Raises TooMuch, NotJson, or what aiohttp raises."""
    body = await whole_answer(response)
    try:
        value = outside_json(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NotJson(f"status {response.status}, no JSON object")
    return value


def rows(answer: Any, name: str) -> list[dict[str, Any]]:
    """The objects of the list of that name; what is none is left out."""
    found = answer.get(name) if isinstance(answer, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
