"""Customers' files: handed on to the handoff service as they come, never kept here and never whole in memory.

What is kept is which visitor uploaded what, so that nobody can send another's file.
"""

import os
import re
from collections.abc import Callable
from typing import Any

from sanic.exceptions import PayloadTooLarge
from sanic.request import Request

from channels.bodies import Limited, body_pieces
from channels.content import storable, storable_json
from channels.desk import Desk, DeskAway, problem_kind
from channels.file_links import FileLinks
from channels.refusals import (
    EmptyMessage,
    InvalidPayload,
    SlowDown,
    TooLarge,
    TooMuchUnsent,
    TypeRefused,
    Unavailable,
)
from channels.store import Store
from channels.taking import client_id_of

FORM_OVERHEAD = 64 * 1024
DEFAULT_MOST = 20 * 1024 * 1024
MAX_NAME = 500
# Whoever sends ten pictures does so one message at a time; more than this is no customer.
RATE_UPLOADS, RATE_SECONDS = 30, 60.0
_HEADER = re.compile("[\\x20-\\x7e]{1,200}")  # it goes on into another request
_KEPT = ("id", "name", "type", "size", "width", "height")


def largest_file() -> int:
    """Bytes, as the handoff service has it. Raises ValueError."""
    return int(os.environ.get("HANDOFF_MAX_ATTACHMENT_BYTES") or DEFAULT_MOST)


class Uploads:
    """`desk` is None where no service is configured: nothing can be uploaded then."""

    def __init__(self, desk: Desk | None, links: FileLinks, store: Callable[[], Store]) -> None:
        self.links = links
        self.max_bytes = largest_file()
        self._desk = desk
        self._store = store

    async def take(self, request: Request, conversation: str, now: float) -> dict[str, Any]:
        """Hand the file on; `{id, name, type, size, width?, height?, url}` once it is stored.

        The body is the file, its name and the client id in the address, or a form with `file`.
        """
        client_id = client_id_of({"client_id": request.args.get("client_id")})
        name = storable(request.args.get("name", ""))[:MAX_NAME]
        if self._desk is None:
            raise Unavailable("files cannot be sent here", retry_after=60)
        if self._store().uploaded_within(conversation, RATE_UPLOADS, RATE_SECONDS):
            raise SlowDown("too many files at once; please wait a minute", retry_after=int(RATE_SECONDS))
        most = self.max_bytes + FORM_OVERHEAD
        body = Limited(body_pieces(request, most), most)
        params = {"client_id": client_id, "name": name}
        content_type = request.headers.get("content-type", "application/octet-stream")
        if not _HEADER.fullmatch(content_type):
            raise InvalidPayload("`Content-Type` must be a type")
        try:
            status, answer = await self._desk.upload(conversation, body.pieces(), content_type, params)
        except DeskAway:
            if isinstance(body.failed, PayloadTooLarge):
                raise TooLarge(f"a file may have {self.max_bytes:,} bytes at most") from None
            if body.failed is not None:
                raise body.failed from None
            raise Unavailable(
                "the file could not be sent just now; please try again", retry_after=5
            ) from None
        kind = problem_kind(answer)
        if kind == "too-much-unsent":
            raise TooMuchUnsent("send the files that are uploaded already, or wait a day")
        if isinstance(body.failed, PayloadTooLarge) or status == 413:
            raise TooLarge(f"a file may have {self.max_bytes:,} bytes at most")
        if status != 201:
            raise _refusal(status, kind)
        kept = storable_json({key: answer[key] for key in _KEPT if key in answer})
        self._store().keep_upload(conversation, kept)
        return self.links.linked(kept, now)


def _refusal(status: int, kind: str) -> Exception:
    if status == 415:
        return TypeRefused("files of this type are not accepted")
    if kind == "image-too-large":
        return TooLarge("the picture has too many pixels")
    if kind == "empty-file":
        return EmptyMessage("the file is empty")
    if status in (400, 422):
        return InvalidPayload("the upload cannot be understood")
    return Unavailable("the file could not be stored just now; please try again", retry_after=5)
