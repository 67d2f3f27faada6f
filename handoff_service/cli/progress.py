"""A line that tells how far long work is, for people who watch; nothing where nobody does."""

import sys
import time

EVERY = 0.1
"""Seconds between two drawings: more often nobody can read."""
WIDTH = 30


class Progress:
    """Drawn on standard error, and wiped away at the end, if that is a terminal."""

    def __init__(self, total: int) -> None:
        self._total = max(total, 1)
        self._shown = sys.stderr.isatty()
        self._drawn = 0.0

    def __call__(self, done: int) -> None:
        if not self._shown or done % 256:
            return
        now = time.monotonic()
        if now - self._drawn >= EVERY:
            self._drawn = now
            share = min(1.0, done / self._total)
            bar = ("█" * round(share * WIDTH)).ljust(WIDTH)
            print(f"\r{bar} {share:4.0%} {done:,}/{self._total:,}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown and self._drawn:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
