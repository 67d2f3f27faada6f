"""Waiting for conditions instead of sleeping for luck."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 30.0
"""Seconds until a condition counts as never coming; far more than any of them takes on a busy machine."""

POLL = 0.05


def eventually[T](look: Callable[[], T], what: str = "", *, timeout: float = PATIENCE) -> T:
    """The first true value of `look`; AssertionErrors inside it count as "not yet"."""
    deadline = time.monotonic() + timeout
    last: Any = None
    while True:
        try:
            last = look()
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(
                f"{what or 'the condition'} did not come within {timeout:.0f} s; last: {last!r}"
            )
        time.sleep(POLL)
