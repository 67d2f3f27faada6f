"""Conversations as they were, written in one line each, for tests of the pure parts.

A history is a list of words: `f` a turn not understood, `.` a harmless turn, `H` a turn that was handed over
by the rules then, `c` a claim by an agent's own hand, `gap` a silence of more than a day.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from handoff_service.backtest.history import StoredHandoff, StoredTurn, Window
from handoff_service.backtest.replay import Case, Observation, replay
from handoff_service.backtest.stretches import stretches
from handoff_service.decision.facts import Facts, Running
from handoff_service.decision.rules import RuleSet
from handoff_service.decision.running import FORGET_AFTER
from handoff_service.rules.parsing import parse_rules
from tests.service.decision.factories import facts

NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
EVER = Window(NINE - dt.timedelta(days=365), NINE + dt.timedelta(days=365))

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what reads the database through the same functions as the tests that run on both."""


def rules(condition: str, rule_id: str = "rule", version: int = 1) -> RuleSet:
    """One rule that hands over: `rules("fallback: true")`."""
    return parse_rules(
        f"version: {version}\nrules:\n- id: {rule_id}\n  when: {{{condition}}}\n  then: {{hand_over: true}}\n"
    )


TWICE = rules("consecutive_fallbacks: {gte: 2}", "twice")
"""What decided in the histories, unless said otherwise."""


@dataclass
class History:
    """Turns and handoffs of one conversation, a minute apart; a stretch with a person lasts five."""

    turns: list[StoredTurn] = field(default_factory=list)
    handoffs: list[StoredHandoff] = field(default_factory=list)
    at: dt.datetime = NINE

    def turn(self, *, handed_over: bool = False, signal_version: str = "1", **signals: object) -> None:
        given: Facts = facts(version=signal_version, running=Running(), **signals)
        rule = "twice" if handed_over else None
        number = len(self.turns) + 1
        self.turns.append(StoredTurn(f"t{number}", self.at, self.at, given, handed_over, rule, 1))
        if handed_over:
            self.handoff(by_rule=True, rule="twice")
        self.at += MINUTE

    def handoff(self, *, by_rule: bool, rule: str, mark: str | None = None) -> None:
        began, ended = self.at, self.at + 5 * MINUTE
        number = len(self.handoffs) + 1
        self.handoffs.append(StoredHandoff(f"h{number}", by_rule, rule, began, began, ended, mark))
        self.at = ended


def history(words: str) -> History:
    made = History()
    for word in words.split():
        match word:
            case "f" | "H":
                made.turn(handed_over=word == "H", fallback=True, intent="nlu_fallback")
            case ".":
                made.turn(intent="greet")
            case "c":
                made.handoff(by_rule=False, rule="claimed")
            case "gap":
                made.at += FORGET_AFTER
            case _:
                raise ValueError(word)
    return made


def replayed(
    made: History,
    draft: RuleSet,
    *,
    window: Window = EVER,
    then: RuleSet | None = TWICE,
    observe: Callable[[Observation], None] = lambda seen: None,
) -> list[Case]:
    events = stretches(made.turns, made.handoffs, window)
    return list(replay("c", events, draft, lambda version: then, window, observe))


def told(cases: list[Case]) -> list[tuple[str, str | None, str | None]]:
    """Category, the real turn and the draft's."""
    return [
        (case.category.value, case.real and case.real.turn_id, case.draft and case.draft.turn_id)
        for case in cases
    ]
