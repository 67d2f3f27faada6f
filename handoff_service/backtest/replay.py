"""Deciding stored turns again, under draft rules, and comparing with what happened.

The very functions that decide live (`running_values`, `decide`) decide here. What the service knew at the
time (customer, channel, agents, business hours, learned score) is taken from the stored facts; the running
values are made anew from the turns of the stretch.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from handoff_service.backtest.history import StoredHandoff, StoredTurn, Window
from handoff_service.backtest.stretches import End
from handoff_service.decision.decide import Decision, decide
from handoff_service.decision.facts import Facts, PastTurn
from handoff_service.decision.priority import Priority
from handoff_service.decision.rules import RuleSet
from handoff_service.decision.running import FORGET_AFTER, running_values
from handoff_service.turns.repository import EVIDENCE


class Category(StrEnum):
    """What becomes of a handoff under the draft.

    - same: on the same turn.
    - earlier: on an earlier turn.
    - later: not by the real handoff, but within `FORGET_AFTER` of it on a turn of the next stretch, where
      nobody was called in reality.
    - not_by_then: not by the real handoff, where observation ends. Nobody knows what would have followed.
    - gained: where there was none.
    - by_hand: somebody took the conversation or another program asked; rules do not change that, unless
      they come first (then it is `earlier`).
    """

    gained = "gained"
    not_by_then = "not_by_then"
    earlier = "earlier"
    later = "later"
    same = "same"
    by_hand = "by_hand"


REAL = frozenset(Category) - {Category.gained}
"""Handoffs that there were."""
DRAFT = frozenset(Category) - {Category.not_by_then}
"""Handoffs that there would be."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A handoff, real or not: the turn, and what the desk would have been asked for.

    `place` counts the turns of the stretch from 1. `turn_id` is None where no turn made it.
    """

    turn_id: str | None
    place: int
    at: datetime
    rule: str | None
    topic: str | None
    priority: Priority = Priority.normal
    required: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    strict: frozenset[str] = frozenset()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One handoff that there was, or would be, or both. `stored` is the real one's row."""

    conversation_id: str
    category: Category
    real: Moment | None
    draft: Moment | None
    stored: StoredHandoff | None


@dataclass(slots=True)
class Observation:
    """What is told of every turn that counts, while it passes."""

    conversation_id: str
    turn: StoredTurn
    running_differs: bool
    again: Decision | None  # under the version that decided then; None where it cannot be read any more


@dataclass(slots=True)
class _Stretch:
    counts: bool
    past: deque[PastTurn] = field(default_factory=lambda: deque(maxlen=EVIDENCE))
    place: int = 0
    facts: Facts | None = None
    turn: StoredTurn | None = None
    again: Decision | None = None
    draft: Moment | None = None


def replay(
    conversation_id: str,
    events: Iterable[StoredTurn | End],
    draft: RuleSet,
    version: Callable[[int], RuleSet | None],
    window: Window,
    observe: Callable[[Observation], None],
) -> Iterator[Case]:
    """The cases of one conversation, in their order. `events` come from `stretches`.

    `version` gives the rules of a version, None when they cannot be read any more. Memory: at most
    `EVIDENCE` turns.
    """
    missed: Case | None = None  # a `not_by_then` that the next stretch may turn into a `later`
    stretch: _Stretch | None = None
    for event in events:
        if isinstance(event, StoredTurn):
            stretch = stretch or _Stretch(window.counts(event.sent_at))
            if stretch.counts:
                observe(_take(conversation_id, stretch, event, draft, version(event.rules_version)))
            continue
        ended, stretch = stretch or _without_turns(event, window), None
        case = _case(conversation_id, ended, event.handoff) if ended.counts else None
        if missed is not None:
            if case is not None and case.category is Category.gained and _soon(missed, case):
                case = replace(missed, category=Category.later, draft=case.draft)
            else:
                yield missed
            missed = None
        if case is not None and case.category is Category.not_by_then:
            missed = case
        elif case is not None:
            yield case
    if missed is not None:
        yield missed


def recomputed(past: Sequence[PastTurn], turn: StoredTurn) -> Facts:
    """The stored facts with the running values that the turns of the stretch give; the very same object
    where nothing differs."""
    running = running_values(past, turn.facts.signals, at=turn.sent_at)
    return turn.facts if running == turn.facts.running else replace(turn.facts, running=running)


def _take(
    conversation_id: str, stretch: _Stretch, turn: StoredTurn, draft: RuleSet, then: RuleSet | None
) -> Observation:
    facts = recomputed(stretch.past, turn)
    differs = facts is not turn.facts
    again = decide(facts, then) if then is not None else None
    stretch.place += 1
    stretch.facts, stretch.turn, stretch.again = facts, turn, again
    if stretch.draft is None:
        decision = decide(facts, draft)
        if decision.handoff:
            stretch.draft = _moment(stretch.place, turn, facts, decision)
    stretch.past.append(PastTurn(turn.facts.signals, turn.sent_at))
    return Observation(conversation_id, turn, differs, again)


def _without_turns(end: End, window: Window) -> _Stretch:
    return _Stretch(end.handoff is not None and window.counts(end.handoff.requested_at))


def _case(conversation_id: str, stretch: _Stretch, handoff: StoredHandoff | None) -> Case | None:
    draft = stretch.draft
    if handoff is None:
        return Case(conversation_id, Category.gained, None, draft, None) if draft else None
    real = _real(stretch, handoff)
    if draft is not None:
        on_time = handoff.by_rule and draft.place == real.place
        category = Category.same if on_time else Category.earlier
        return Case(conversation_id, category, real, draft, handoff)
    if not handoff.by_rule:
        return Case(conversation_id, Category.by_hand, real, real, handoff)
    return Case(conversation_id, Category.not_by_then, real, None, handoff)


def _real(stretch: _Stretch, handoff: StoredHandoff) -> Moment:
    turn, facts = stretch.turn, stretch.facts
    if turn is None or facts is None:
        return Moment(None, 0, handoff.requested_at, handoff.rule, None)
    if handoff.by_rule and turn.handed_over:
        return _moment(stretch.place, turn, facts, stretch.again, rule=handoff.rule)
    language = facts.signals.language
    return Moment(
        turn_id=None,
        place=stretch.place + 1,
        at=handoff.requested_at,
        rule=handoff.rule,
        topic=facts.running.recent_topic,
        required=(language,) if language else (),
        language=language,
    )


def _moment(
    place: int, turn: StoredTurn, facts: Facts, decision: Decision | None, rule: str | None = None
) -> Moment:
    language = facts.signals.language
    return Moment(
        turn_id=turn.id,
        place=place,
        at=turn.at,
        rule=rule or (decision.rule if decision else None),
        topic=facts.running.recent_topic,
        priority=decision.priority if decision else Priority.normal,
        required=decision.skills_required if decision else (language,) if language else (),
        preferred=decision.skills_preferred if decision else (),
        strict=decision.skills_strict if decision else frozenset(),
        language=language,
    )


def _soon(missed: Case, gained: Case) -> bool:
    return bool(missed.real and gained.draft and gained.draft.at - missed.real.at <= FORGET_AFTER)
