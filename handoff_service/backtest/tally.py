"""Adding up cases: the numbers, and the conversations behind each of them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from handoff_service.backtest.distribution import Distribution
from handoff_service.backtest.replay import DRAFT, REAL, Case, Category, Moment

SHOWN = 20
"""Conversations named per number; enough to look into. The export names all."""
NONE = "none"
"""Stands for a topic or a rule where there is none."""


class Number:
    """A count, and the first conversations behind it in the order of their ids."""

    def __init__(self) -> None:
        self.count = 0
        self._conversations: list[str] = []

    def add(self, conversation_id: str) -> None:
        self.count += 1
        known = self._conversations
        if len(known) < SHOWN and conversation_id not in known[-1:]:
            known.append(conversation_id)

    def summary(self) -> dict[str, Any]:
        return {"count": self.count, "conversations": self._conversations}


class Row:
    """Handoffs before and after, and one number per category."""

    def __init__(self) -> None:
        self._real = self._draft = 0
        self._numbers = {category: Number() for category in Category}

    def real(self) -> None:
        self._real += 1

    def draft(self) -> None:
        self._draft += 1

    def add(self, case: Case) -> None:
        self._numbers[case.category].add(case.conversation_id)

    def summary(self) -> dict[str, Any]:
        numbers = {category.value: number.summary() for category, number in self._numbers.items()}
        return {"real": self._real, "draft": self._draft, **numbers}


class Tally:
    """A case counts under the rule and topic of the real handoff, as lost or moved, and of the draft's, as
    gained or kept: in each row, real and draft are what that rule or topic brought and would bring."""

    def __init__(self) -> None:
        self._all = Row()
        self._by_rule: dict[str, Row] = defaultdict(Row)
        self._by_topic: dict[str, Row] = defaultdict(Row)
        self._other_rule = Number()
        self._earlier_turns, self._earlier, self._later = Distribution(), Distribution(), Distribution()

    def add(self, case: Case) -> None:
        real = case.real if case.category in REAL else None
        draft = case.draft if case.category in DRAFT else None
        self._count(self._all, case, real, draft)
        for rows, name_of in ((self._by_rule, _rule), (self._by_topic, _topic)):
            if real is not None:
                rows[name_of(real)].real()
            if draft is not None:
                rows[name_of(draft)].draft()
            rows[name_of(draft or real)].add(case)
        if real is not None and draft is not None:
            self._shift(case, real, draft)

    def summary(self) -> dict[str, Any]:
        return {
            "handoffs": self._all.summary(),
            "same_turn_other_rule": self._other_rule.summary(),
            "earlier_by": {"turns": self._earlier_turns.summary(), "seconds": self._earlier.summary()},
            "later_by": {"seconds": self._later.summary()},
            "by_rule": _rows(self._by_rule.items()),
            "by_topic": _rows(self._by_topic.items()),
        }

    def _count(self, row: Row, case: Case, real: Moment | None, draft: Moment | None) -> None:
        if real is not None:
            row.real()
        if draft is not None:
            row.draft()
        row.add(case)

    def _shift(self, case: Case, real: Moment, draft: Moment) -> None:
        seconds = (draft.at - real.at).total_seconds()
        if case.category is Category.earlier:
            self._earlier_turns.add(real.place - draft.place)
            self._earlier.add(-seconds)
        elif case.category is Category.later:
            self._later.add(seconds)
        elif case.category is Category.same and real.rule != draft.rule:
            self._other_rule.add(case.conversation_id)


def _rule(moment: Moment | None) -> str:
    return (moment.rule if moment else None) or NONE


def _topic(moment: Moment | None) -> str:
    return (moment.topic if moment else None) or NONE


def _rows(rows: Iterable[tuple[str, Row]]) -> dict[str, Any]:
    return {name: row.summary() for name, row in sorted(rows)}
