"""Keeps a trouble that repeats many times a second from drowning the log."""

import time
from collections.abc import Callable


class OnceAMinute:
    """`due()` is True at the first call and then at most once a minute, until `reset()`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: float | None = None

    def due(self) -> bool:
        now = self._clock()
        if self._last is not None and now - self._last < 60:
            return False
        self._last = now
        return True

    def reset(self) -> None:
        self._last = None
