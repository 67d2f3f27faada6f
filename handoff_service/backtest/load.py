"""From cases to what the desk would have to do: handoffs in the order of time, with their handling times."""

import datetime as dt
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from handoff_service.backtest.distribution import Distribution
from handoff_service.backtest.duty import staff
from handoff_service.backtest.history import Duty, Window
from handoff_service.backtest.queue_simulation import Arrival, simulate
from handoff_service.backtest.replay import DRAFT, REAL, Case, Moment
from handoff_service.decision.priority import Priority
from handoff_service.routing.model import Policy, Waiting

SIDES = {"real": REAL, "draft": DRAFT}


class Load:
    """Collects the handoffs of both sides and simulates the desk for each.

    Cases come by conversation and are needed by time; they are sorted on disk, in a temporary database that
    nobody else sees, so that memory does not grow with them.
    """

    def __init__(
        self,
        window: Window,
        duty: Callable[[], Iterable[Duty]],
        policy: Policy,
        mean_handling: dt.timedelta,
    ) -> None:
        """`duty` gives who was on duty, in the order of time and from the beginning at each call."""
        self._window, self._duty, self._policy, self._mean = window, duty, policy, mean_handling
        self._by_skill: dict[str, Distribution] = defaultdict(Distribution)
        self._all = Distribution()
        self._sorter = sqlite3.connect("")
        self._sorter.execute("CREATE TABLE arrivals (side TEXT, at TEXT, number INTEGER, what TEXT)")
        self._number = 0

    def add(self, case: Case) -> None:
        handled, patience = _handled(case), _patience(case)
        if handled is not None and case.real is not None:
            self._all.add(handled)
            self._by_skill[_skill(case.real)].add(handled)
        for side, categories in SIDES.items():
            moment = case.real if side == "real" else case.draft
            if case.category in categories and moment is not None:
                self._put(side, moment, handled, patience)

    def summary(self) -> dict[str, Any]:
        """Both simulations, how much of a desk there was for them, and the handling times used."""
        desk = staff(self._duty(), self._window.until)
        sides = {
            side: simulate(self._arrivals(side), self._duty(), self._policy) if desk.agents else None
            for side in SIDES
        }
        return {
            "agents": desk.agents,
            "places": desk.places,
            "duty_hours": desk.hours,
            **sides,
            "handling_seconds": {
                "handoffs": len(self._all),
                "median": self._all.median,
                "median_by_skill": {skill: d.median for skill, d in sorted(self._by_skill.items())},
            },
        }

    def close(self) -> None:
        self._sorter.close()

    def _put(self, side: str, moment: Moment, handled: float | None, patience: float | None) -> None:
        self._number += 1
        what = {
            "priority": int(moment.priority),
            "required": moment.required,
            "preferred": moment.preferred,
            "strict": sorted(moment.strict),
            "language": moment.language,
            "skill": _skill(moment),
            "handled": handled,
            "patience": patience,
        }
        at = moment.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        self._sorter.execute(
            "INSERT INTO arrivals VALUES (?, ?, ?, ?)", (side, at, self._number, json.dumps(what))
        )

    def _arrivals(self, side: str) -> Iterator[Arrival]:
        for at, number, text in self._sorter.execute(
            "SELECT at, number, what FROM arrivals WHERE side = ? ORDER BY at, number", (side,)
        ):
            what = json.loads(text)
            seconds = what["handled"] if what["handled"] is not None else self._usual(what["skill"])
            patience = what["patience"]
            yield Arrival(
                waiting=Waiting(
                    conversation_id=f"{number:012}",  # a conversation may come more than once
                    queued_at=dt.datetime.fromisoformat(at),
                    priority=Priority(what["priority"]),
                    required=tuple(what["required"]),
                    preferred=tuple(what["preferred"]),
                    strict=frozenset(what["strict"]),
                    language=what["language"],
                ),
                handling=dt.timedelta(seconds=seconds),
                patience=None if patience is None else dt.timedelta(seconds=patience),
            )

    def _usual(self, skill: str) -> float:
        """The median of what wanted the same skill, else of all, else what the settings say."""
        same = self._by_skill.get(skill)
        median = (same.median if same else None) or self._all.median
        return float(median) if median is not None else self._mean.total_seconds()


def _handled(case: Case) -> float | None:
    """Seconds from the first agent's taking it to its end; None where that is not known."""
    stored = case.stored
    if stored is None or stored.assigned_at is None or stored.ended_at is None:
        return None
    return max(0.0, (stored.ended_at - stored.assigned_at).total_seconds())


def _patience(case: Case) -> float | None:
    """How long the customer waited who left, or was sent back, before anybody came."""
    stored = case.stored
    if stored is None or stored.assigned_at is not None or stored.ended_at is None:
        return None
    return max(0.0, (stored.ended_at - stored.requested_at).total_seconds())


def _skill(moment: Moment) -> str:
    """What the handoff is about for the desk: its first required skill that is not the language."""
    return next((skill for skill in moment.required if skill != moment.language), "")
