"""A backtest from beginning to end: read, replay, add up."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from handoff_service.backtest import repository
from handoff_service.backtest.history import Window
from handoff_service.backtest.load import Load
from handoff_service.backtest.marks import MarkTally
from handoff_service.backtest.replay import Case, Observation, replay
from handoff_service.backtest.stretches import stretches
from handoff_service.backtest.tally import Number, Tally
from handoff_service.decision.rules import RuleSet
from handoff_service.errors import Unprocessable
from handoff_service.routing.model import Policy
from handoff_service.rules import repository as stored_rules
from handoff_service.rules.errors import RuleError
from handoff_service.rules.file import Source
from handoff_service.rules.service import rule_set
from handoff_service.settings import Settings

DAYS = 30
"""Looked back on by default: long enough for weekly habits to show, short enough for the rules to matter."""
EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""No turn is older; it keeps what is reckoned from a window within what a date can be."""
BACKSTOP = "backstop"
"""The signal version of turns that no signal code saw."""

type Progress = Callable[[int], None]
type Sink = Callable[[dict[str, Any]], None]


class NoTurns(Unprocessable):
    title = "There are no turns to replay"


class EmptyWindow(Unprocessable):
    title = "The window ends before it begins"


def window_of(session: Session, since: dt.datetime | None, until: dt.datetime | None) -> Window:
    """Up to and with the newest turn unless said otherwise, and `DAYS` back from there.

    Depends on what is stored and not on the clock, so that the same call gives the same answer.
    """
    if until is None:
        newest = repository.newest_turn(session)
        if newest is None:
            raise NoTurns("No turn has been stored yet.")
        until = newest + dt.timedelta(microseconds=1)
    if since is None:
        since = until - dt.timedelta(days=DAYS) if until > EARLIEST else EARLIEST
    since = max(since, EARLIEST)
    if since >= until:
        raise EmptyWindow(f"since {_iso(since)} is not before until {_iso(until)}.")
    return Window(since, until)


def backtest(
    session: Session,
    settings: Settings,
    draft: Source,
    window: Window,
    *,
    progress: Progress = lambda turns: None,
    sink: Sink = lambda case: None,
) -> dict[str, Any]:
    """What would be different under the draft, as JSON data; docs/guide/backtest.md explains each number.

    `progress` is told the turns done so far, `sink` each case. The result depends on the stored rows and
    the arguments alone. Raises `NoTurns`.
    """
    seen = _Seen(progress)
    tally, marks = Tally(), MarkTally()
    load = Load(window, lambda: repository.duty(session, window), _policy(settings), settings.mean_handling)
    try:
        for case in cases(session, draft.rules, window, seen.observe):
            tally.add(case)
            marks.add(case)
            load.add(case)
            sink(case_view(case))
        if not seen.turns:
            raise NoTurns(
                f"No turn that the bot owned between {_iso(window.since)} and {_iso(window.until)}."
            )
        return {
            "inputs": {
                "since": _iso(window.since),
                "until": _iso(window.until),
                "rules_sha256": draft.sha256,
                "rules": [rule.id for rule in draft.rules.rules],
            },
            **seen.summary(),
            **tally.summary(),
            "load": {"assumed_until": _assumed_until(session, window), **load.summary()},
            "marks": marks.summary(),
        }
    finally:
        load.close()


def cases(
    session: Session, rules: RuleSet, window: Window, observe: Callable[[Observation], None]
) -> Iterator[Case]:
    """Every case of every conversation, in the order of the conversations' ids."""
    versions: dict[int, RuleSet | None] = {}

    def version(number: int) -> RuleSet | None:
        if number not in versions:
            versions[number] = _version(session, number)
        return versions[number]

    for conversation_id, turns, handoffs in repository.conversations(session, window):
        events = stretches(turns, handoffs, window)
        yield from replay(conversation_id, events, rules, version, window, observe)


def case_view(case: Case) -> dict[str, Any]:
    """A case as the export tells it."""
    return {
        "conversation": case.conversation_id,
        "category": case.category.value,
        "handoff": (case.stored.id or None) if case.stored else None,
        "mark": case.stored.mark if case.stored else None,
        **{
            side: None
            if moment is None
            else {
                "turn": moment.turn_id,
                "place": moment.place,
                "at": _iso(moment.at),
                "rule": moment.rule,
                "topic": moment.topic,
            }
            for side, moment in (("real", case.real), ("draft", case.draft))
        },
    }


class _Seen:
    """Counts the turns that pass, and checks that the past can be repeated."""

    def __init__(self, progress: Progress) -> None:
        self.turns = 0
        self._progress = progress
        self._conversations = 0
        self._last: str | None = None
        self._signals: Counter[str] = Counter()
        self._newest: tuple[dt.datetime, str] | None = None
        self._rules: Counter[int] = Counter()
        self._unreadable = self._running_differs = 0
        self._other_decision, self._other_rule = Number(), Number()

    def observe(self, seen: Observation) -> None:
        self.turns += 1
        if seen.conversation_id != self._last:
            self._conversations += 1
            self._last = seen.conversation_id
        turn, again = seen.turn, seen.again
        signals = turn.facts.signals.version
        self._signals[signals] += 1
        if signals != BACKSTOP:
            self._newest = max(self._newest or (turn.at, signals), (turn.at, signals))
        self._rules[turn.rules_version] += 1
        self._running_differs += seen.running_differs
        if again is None:
            self._unreadable += 1
        elif again.handoff != turn.handed_over:
            self._other_decision.add(seen.conversation_id)
        elif again.rule != turn.rule:
            self._other_rule.add(seen.conversation_id)
        self._progress(self.turns)

    def summary(self) -> dict[str, Any]:
        newest = self._newest[1] if self._newest else None
        return {
            "observed": {
                "conversations": self._conversations,
                "turns": self.turns,
                "rules_versions": {str(version): n for version, n in sorted(self._rules.items())},
            },
            "signals": {
                "versions": dict(sorted(self._signals.items())),
                "newest": newest,
                "other_turns": self.turns - self._signals[newest or BACKSTOP],
                "mixed": len(self._signals) > 1,
            },
            "integrity": {
                "checked": self.turns - self._unreadable,
                "unreadable_rules": self._unreadable,
                "other_decision": self._other_decision.summary(),
                "other_rule": self._other_rule.summary(),
                "other_running_values": self._running_differs,
            },
        }


def _version(session: Session, number: int) -> RuleSet | None:
    row = stored_rules.get(session, number)
    try:
        return rule_set(row) if row is not None else None
    except RuleError:  # written for an older version of the rules' language
        return None


def _assumed_until(session: Session, window: Window) -> str | None:
    """Up to when everybody is only taken to have been on duty; None where all of it was recorded."""
    began = repository.recording_began(session)
    return _iso(min(began, window.until)) if began and began > window.since else None


def _policy(settings: Settings) -> Policy:
    return Policy(relax_after=settings.relax_after, age_step=settings.age_step)


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
