"""A stored file as an answer that no browser takes for a page, in whole or in part."""

import re
from collections.abc import Callable, Iterator, Mapping

from starlette.responses import Response, StreamingResponse

from handoff_service.attachments.naming import disposition
from handoff_service.attachments.sniffing import IMAGES
from handoff_service.attachments.storage import Storage
from handoff_service.models import Attachment

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def file_response(
    storage: Storage, attachment: Attachment, headers: Mapping[str, str], *, keep: str
) -> Response:
    """200 with the file, 206 with the one range that was asked for, 304 for who has it, or 416.

    `keep`: what the browser may do with its copy, as Cache-Control says it. Files never change.
    """

    def content(start: int, end: int) -> Iterator[bytes]:
        return storage.read(attachment.id, start, end)

    return _response(attachment.name, attachment.type, attachment.size, attachment.id, content, headers, keep)


def sound_response(
    attachment: Attachment, sound: bytes, kind: str, headers: Mapping[str, str], *, keep: str
) -> Response:
    """The same of what was made of the file."""

    def content(start: int, end: int) -> Iterator[bytes]:
        yield sound[start:end]

    return _response(
        f"{attachment.name}.wav", kind, len(sound), f"{attachment.id}-sound", content, headers, keep
    )


def _response(
    name: str,
    kind: str,
    size: int,
    tag: str,
    content: Callable[[int, int], Iterator[bytes]],
    headers: Mapping[str, str],
    keep: str,
) -> Response:
    inline = kind in IMAGES or kind.startswith(("audio/", "video/"))
    given = {
        "Content-Disposition": disposition(name, inline=inline),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": f"private, {keep}",
        "ETag": f'"{tag}"',
        "Accept-Ranges": "bytes",
    }
    if headers.get("if-none-match") == given["ETag"]:
        return Response(status_code=304, headers=given)
    start, end = 0, size
    if (asked := _asked(headers.get("range", ""), size)) is not None:
        start, end = asked
        if start >= end:
            return Response(status_code=416, headers={**given, "Content-Range": f"bytes */{size}"})
        given["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return StreamingResponse(
        content(start, end),
        status_code=206 if asked is not None else 200,
        media_type=kind,
        headers={**given, "Content-Length": str(end - start)},
    )


def _asked(header: str, size: int) -> tuple[int, int] | None:
    """From and up to but without; None for the whole file, which also answers what is not understood."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    start = int(first)
    end = min(size, int(last) + 1) if last else size
    return None if last and int(last) < start else (start, end)
