"""How often something may happen per address or customer. In memory: a restart forgives."""

import os
from collections import Counter
from collections.abc import Callable

# Behind one address there may be an office; a script that makes visitors by the thousand fills the disk.
NEW_VISITORS_A_MINUTE = 60
# Choices, ratings, left messages: each is a transaction of the handoff service, and some are recorded there.
CALLS_A_MINUTE = 20


class PerMinute:
    """Counts in whole minutes, so that memory holds one minute's addresses and no more."""

    def __init__(self, limit: int, now: Callable[[], float]) -> None:
        self._limit = limit
        self._now = now
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def allows(self, address: str) -> bool:
        """Count one more, and say whether it is within the limit."""
        minute = int(self._now() // 60)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        self._counts[address] += 1
        return self._counts[address] <= self._limit


def new_visitors(now: Callable[[], float]) -> PerMinute:
    """By WEBCHAT_VISITORS_PER_MINUTE. Raises ValueError for what is no number."""
    return PerMinute(int(os.environ.get("WEBCHAT_VISITORS_PER_MINUTE") or NEW_VISITORS_A_MINUTE), now)
