"""Handing a file over to Tencent before the message that shows it is sent."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from channels.answers import TooMuch, whole_answer
from channels.provider import ProviderInput
from channels.sending import Later, Refused
from channels.tencent import ApiError, TencentApi

MOST_PICTURE = 10 * 1024 * 1024


async def media_id(
    channel: ProviderInput,
    api: TencentApi,
    kind: str,
    request: Mapping[str, Any],
    refused: Mapping[int, str],
) -> str:
    """The id of the request's `file` or `picture`; `kind` as Tencent calls it.

    Nothing is said yet, so that what fails may be done again: raises Later, Refused.
    """
    try:
        if "file" in request:
            name, content_type = request["file"].get("name") or kind, request["file"]["type"]
            data = await channel.file(request["file"])
        else:
            name = urlsplit(request["picture"]).path.rpartition("/")[2] or kind
            async with channel.http.get(request["picture"]) as answer:
                answer.raise_for_status()
                content_type = answer.content_type
                try:
                    data = await whole_answer(answer, MOST_PICTURE)
                except TooMuch:
                    raise Refused("media_refused") from None
        return await api.upload("/cgi-bin/media/upload", kind, name, content_type, data)
    except ApiError as error:
        if error.code in refused:
            raise Refused(refused[error.code]) from error
        raise Later(f"errcode {error.code}") from error
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
        raise Later(type(error).__name__) from error
