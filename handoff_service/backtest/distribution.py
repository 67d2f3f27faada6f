"""Medians and the like of whole seconds, without keeping each of them."""

from collections import Counter
from typing import Any


class Distribution:
    """Counts per value: its size is bounded by how many different values there are, not by how many come."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, value: float) -> None:
        self._counts[round(value)] += 1

    def __len__(self) -> int:
        return self._counts.total()

    def at(self, share: float) -> int | None:
        """The smallest value that at least `share` of all do not exceed; None of nothing."""
        wanted, seen = share * len(self), 0
        for value in sorted(self._counts):
            seen += self._counts[value]
            if seen >= wanted:
                return value
        return None

    @property
    def median(self) -> int | None:
        return self.at(0.5)

    @property
    def total(self) -> int:
        return sum(value * count for value, count in self._counts.items())

    def summary(self) -> dict[str, Any]:
        count = len(self)
        return {
            "mean": round(self.total / count, 1) if count else None,
            "median": self.median,
            "p90": self.at(0.9),
            "max": max(self._counts, default=None),
        }
