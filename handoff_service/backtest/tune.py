"""From stored marks to a proposal of thresholds, and the backtest of it. Nothing is switched on."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from handoff_service.backtest import repository
from handoff_service.backtest.history import StoredHandoff, StoredTurn, Window
from handoff_service.backtest.replay import recomputed
from handoff_service.backtest.service import Progress, backtest
from handoff_service.backtest.stretches import End, stretches
from handoff_service.backtest.thresholds import Threshold, thresholds_of, with_values
from handoff_service.backtest.tuning import GROWTH, Proposal, Sample, Score, TooFewMarks, propose, spread
from handoff_service.decision.facts import Facts, PastTurn
from handoff_service.errors import Unprocessable
from handoff_service.rules.file import Source, parse
from handoff_service.settings import Settings
from handoff_service.turns.repository import EVIDENCE

MOST_MARKED = 5_000
MOST_UNMARKED = 2_000
"""Samples held in memory at most. Beyond them the shares hardly change, only the time it takes."""


class NotEnoughMarks(Unprocessable):
    title = "There are too few marks to tune by"


class NoSuchRule(Unprocessable):
    title = "This rule has no threshold"


@dataclass(frozen=True, slots=True)
class Tuned:
    """`text` is the rule set with the proposed numbers; None when there is nothing better to propose.
    `result` tells all of it as JSON data."""

    text: str | None
    result: dict[str, Any]


def tune(
    session: Session,
    settings: Settings,
    rules: Source,
    window: Window,
    *,
    only: Collection[str] = (),
    beta: float = 1.0,
    progress: Progress = lambda turns: None,
) -> Tuned:
    """Better thresholds for these rules, by the marks in the window; docs/guide/backtest.md has the method.

    `only`: ids of the rules that may change, all if empty. Raises `NotEnoughMarks`, `NoSuchRule`, `NoTurns`.
    """
    thresholds = thresholds_of(rules.text)
    movable = set(only) or {threshold.rule for threshold in thresholds}
    if unknown := sorted(movable - {threshold.rule for threshold in thresholds}):
        raise NoSuchRule(f"{', '.join(unknown)}: no such rule, or no number behind gte or lte in it.")
    samples = collect(session, window, progress)
    try:
        proposal = propose(rules.rules, thresholds, samples, movable=movable, beta=beta)
    except TooFewMarks as error:
        raise NotEnoughMarks(str(error)) from None
    text = with_values(rules.text, proposal.values) if proposal.values else None
    result = {
        "thresholds": [_change(each, value) for each, value in _in_order(proposal)],
        "objective": {"beta": beta, "growth": GROWTH, **_scores(proposal, beta)},
        "backtest": backtest(session, settings, parse(text), window, progress=progress) if text else None,
        "source": text,
    }
    return Tuned(text, result)


def collect(session: Session, window: Window, progress: Progress) -> list[Sample]:
    """The marked stretches, and as many of the others as are needed to see what a proposal does to them."""
    marked, unmarked = _Sampler(MOST_MARKED), _Sampler(MOST_UNMARKED)
    turns = 0
    for conversation_id, stored, handoffs in repository.conversations(session, window):
        for sample in samples(conversation_id, stretches(stored, handoffs, window), window):
            (marked if sample.mark else unmarked).add(sample)
            turns += len(sample.turns)
            progress(turns)
    return [*marked.samples(), *unmarked.samples()]


def samples(conversation_id: str, events: Iterable[StoredTurn | End], window: Window) -> Iterator[Sample]:
    """The stretches of a conversation that count. What is beyond `EVIDENCE` turns of one is left out."""
    stored: list[StoredTurn] = []
    facts: list[Facts] = []
    past: list[PastTurn] = []
    for event in events:
        if isinstance(event, StoredTurn):
            if len(stored) < EVIDENCE:
                facts.append(recomputed(past, event))
                past.append(PastTurn(event.facts.signals, event.sent_at))
                stored.append(event)
            continue
        if stored and window.counts(stored[0].sent_at):
            yield _sample(conversation_id, stored, facts, event.handoff)
        stored, facts, past = [], [], []


def _sample(
    conversation_id: str, stored: Sequence[StoredTurn], facts: Sequence[Facts], handoff: StoredHandoff | None
) -> Sample:
    place = None
    if handoff is not None:
        place = len(stored) + (not (handoff.by_rule and stored[-1].handed_over))
    return Sample(conversation_id, tuple(facts), place, handoff.mark if handoff else None)


class _Sampler:
    """Keeps those whose conversation's number is smallest: by chance, and always the same."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[int, int, Sample]] = []
        self._seen = 0

    def add(self, sample: Sample) -> None:
        self._seen += 1
        entry = (-spread(sample.conversation_id), -self._seen, sample)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def samples(self) -> list[Sample]:
        return [sample for _, _, sample in sorted(self._heap, key=lambda entry: entry[:2], reverse=True)]


def _in_order(proposal: Proposal) -> list[tuple[Threshold, float]]:
    return sorted(proposal.values.items(), key=lambda change: change[0].start)


def _change(threshold: Threshold, value: float) -> dict[str, Any]:
    return {
        "rule": threshold.rule,
        "path": threshold.path,
        "field": threshold.field,
        "operator": threshold.operator,
        "now": threshold.value,
        "proposed": value,
    }


def _scores(proposal: Proposal, beta: float) -> dict[str, Any]:
    def told(score: Score) -> dict[str, float]:
        return {
            "f": round(score.f(beta), 4),
            "right": score.right,
            "wrong": score.wrong,
            "missed": score.missed,
        }

    return {
        "now": told(proposal.today),
        "proposed": told(proposal.proposed),
        "now_unseen": told(proposal.today_unseen),
        "proposed_unseen": told(proposal.proposed_unseen),
    }
