"""Cursors: where the next page of a list begins, opaque to callers."""

import base64
import binascii
import datetime as dt
import json
from typing import Annotated

from fastapi import Query

from handoff_service.errors import Unprocessable
from handoff_service.sanitize import storable

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]


def encode_cursor(*place: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type[str] | type[int]) -> tuple[str | int, ...] | None:
    """The place that `encode_cursor` was given; None without a cursor. Raises `Unprocessable`."""
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = json.loads(raw.decode("utf-8"))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        place = None
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds) or not _comparable(place):
        raise Unprocessable("The cursor is not one of ours.")
    return tuple(place)


def decode_place(cursor: str | None) -> tuple[dt.datetime, str] | None:
    """The time and id that `encode_cursor` was given, in a list by time. Raises `Unprocessable`."""
    place = decode_cursor(cursor, str, str)
    return None if place is None else (_moment(place[0]), str(place[1]))


def decode_numbered(cursor: str | None) -> tuple[dt.datetime, int] | None:
    """The same where a number tells equal times apart. Raises `Unprocessable`."""
    place = decode_cursor(cursor, str, int)
    return None if place is None else (_moment(place[0]), int(place[1]))


def _moment(given: str | int) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(str(given)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Unprocessable("The cursor is not one of ours.") from error


def _comparable(place: list[str | int]) -> bool:
    """Whether a database can compare with it."""
    for part in place:
        if isinstance(part, int):
            if abs(part) >= 2**31:
                return False
        elif storable(part) != part:
            return False
    return True
