"""A file out of a request: as a form's part `file`, or as the body itself. Read as it comes, never whole."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from handoff_service.attachments.service import Upload
from handoff_service.errors import BadRequest
from handoff_service.sanitize import storable

IN_MEMORY = 1024 * 1024  # what is longer goes to a temporary file, which has no name and outlives nothing
MAX_CLIENT_ID = 64
FORM_OVERHEAD = 64 * 1024
"""What a form has around its file: boundaries, headers, a few short fields."""

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "client_id": {"type": "string", "maxLength": MAX_CLIENT_ID},
                    },
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
"""For the OpenAPI document; the body is read only after the caller has been let in."""


@asynccontextmanager
async def received(request: Request, name: str, client_id: str | None) -> AsyncIterator[Upload]:
    """`name` and `client_id` are those of the address; a form's own go before them."""
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        async with request.form(max_files=1, max_fields=4, max_part_size=4096) as form:
            part = form.get("file")
            if not isinstance(part, UploadFile):
                raise BadRequest("The form needs a part `file`.")
            given = form.get("client_id")
            yield Upload(
                file=part.file,
                size=part.size or 0,
                name=part.filename or name,
                client_id=_client_id(given if isinstance(given, str) else client_id),
            )
        return
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            await run_in_threadpool(file.write, chunk)
        yield Upload(cast(Any, file), size, name, _client_id(client_id))


def _client_id(given: str | None) -> str | None:
    if given is None or given == "":
        return None
    if len(given) > MAX_CLIENT_ID or storable(given) != given:
        raise BadRequest(f"client_id may have {MAX_CLIENT_ID} characters.")
    return given
