"""How the draft does where agents said what was right.

A handoff marked `needed` or `too_late` should be made, one marked `not_needed` should not. What nobody
marked says nothing: neither the handoffs without a mark nor those that the draft would add.
"""

import math
from collections import Counter
from typing import Any

from handoff_service.backtest.replay import Case, Category

FEW = 30
"""Below so many marks a share is hardly more than a guess: its interval spans a third of the scale."""
Z = 1.959964
"""Standard deviations of a 95 % interval."""


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson's, sound for small numbers too); None of nothing."""
    if of == 0:
        return None
    share, z2 = hits / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


class MarkTally:
    """Counts marked cases as they come."""

    def __init__(self) -> None:
        self._marks: Counter[str] = Counter()
        self._made: dict[str, Counter[str]] = {"real": Counter(), "draft": Counter()}
        self._too_late_earlier = 0

    def add(self, case: Case) -> None:
        mark = case.stored.mark if case.stored else None
        if mark is None:
            return
        self._marks[mark] += 1
        self._made["real"][mark] += case.stored is not None and case.stored.by_rule
        self._made["draft"][mark] += case.category in (Category.same, Category.earlier)
        self._too_late_earlier += mark == "too_late" and case.category is Category.earlier

    def summary(self) -> dict[str, Any]:
        """Numbers of marks; precision and recall of the rules then and of the draft.

        Made: by the rules, by the time of the real handoff. A marked handoff that a person took by hand was
        not made by the rules then, so recall then need not be 1.
        """
        total = self._marks.total()
        return {
            "total": total,
            "needed": self._marks["needed"],
            "not_needed": self._marks["not_needed"],
            "too_late": self._marks["too_late"],
            "too_late_made_earlier": self._too_late_earlier,
            "too_few": total < FEW,
            "few": FEW,
            **{side: self._quality(made) for side, made in self._made.items()},
        }

    def _quality(self, made: Counter[str]) -> dict[str, Any]:
        wanted = self._marks["needed"] + self._marks["too_late"]
        right = made["needed"] + made["too_late"]
        return {"precision": _share(right, made.total()), "recall": _share(right, wanted)}


def _share(hits: int, of: int) -> dict[str, Any]:
    interval = wilson(hits, of)
    return {
        "hits": hits,
        "of": of,
        "value": round(hits / of, 4) if of else None,
        "interval": [round(bound, 4) for bound in interval] if interval else None,
    }
