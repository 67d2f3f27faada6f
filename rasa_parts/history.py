"""What Rasa works out from a conversation's whole history, several times a turn, kept up to date instead.

A tracker's events are only ever appended to, so what was worked out from the first of them stays right. It
is kept on the tracker and checked against its events at each use: with other events it is worked out anew.
"""

import copy
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker

# These take others back, or say that an action is a loop, whose repetitions do.
_CHANGES_WHAT_WAS = (Restarted, SessionStarted, ActionReverted, UserUtteranceReverted, ActiveLoop)

# Actions between a checkpoint and the states that are asked for: more than a turn takes, so that the next
# turn, whose tracker shares the older events, can go on from it.
_MARGIN = 12


@dataclass(frozen=True)
class _Applied:
    """What applies of the first `seen` events of a tracker, the last of which is `last`."""

    seen: int
    last: Event
    loops: frozenset[str]
    events: list[Event]


@dataclass
class Checkpoint:
    """The state after the first `count` applied events, the last of which is `last`."""

    count: int = 0
    last: Event | None = None
    state: DialogueStateTracker | None = None


def light_copy(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """One whose state and list of events can change without changing the other's; the events are shared."""
    twin = copy.copy(tracker)
    twin.events = copy.copy(tracker.events)
    twin.slots = {name: copy.copy(slot) for name, slot in tracker.slots.items()}
    twin.active_loop = copy.copy(tracker.active_loop)
    return twin


def copy_without_replaying(original: Callable) -> Callable:
    """Rasa copies a tracker, before each action, by replaying its events from the first.

    The copy's follow-up action is the tracker's own; replayed, one that was already taken would stand again.
    """

    @functools.wraps(original)
    def copy_(self: DialogueStateTracker) -> DialogueStateTracker:
        if type(self) is not DialogueStateTracker:
            return original(self)
        twin = light_copy(self)
        twin.model_id = twin.assistant_id = None
        return twin

    return copy_


def go_on_applying(original: Callable) -> Callable:
    """Rasa sorts out anew which events apply; since it last did so, a few have come, and mostly all do."""

    @functools.wraps(original)
    def applied_events(self: DialogueStateTracker) -> list[Event]:
        known = _known(self)
        new = list(islice(self.events, known.seen, None)) if known else []
        if known is None or any(_changes_what_was(event, known.loops) for event in new):
            loops = {event.name for event in self.events if isinstance(event, ActiveLoop) and event.name}
            _keep(self, frozenset(loops), original(self))
        elif new:
            _keep(self, known.loops, [*known.events, *new])
        return list(self._baton_applied.events) if self.events else []

    return applied_events


def _known(tracker: DialogueStateTracker) -> _Applied | None:
    known: _Applied | None = getattr(tracker, "_baton_applied", None)
    events = tracker.events
    if known is None or len(events) < known.seen or events[known.seen - 1] is not known.last:
        return None
    return known


def _keep(tracker: DialogueStateTracker, loops: frozenset[str], applied: list[Event]) -> None:
    if tracker.events:
        tracker._baton_applied = _Applied(len(tracker.events), tracker.events[-1], loops, applied)


def _changes_what_was(event: Event, loops: frozenset[str]) -> bool:
    return isinstance(event, _CHANGES_WHAT_WAS) or (
        isinstance(event, ActionExecuted) and event.action_name in loops
    )


def exchange(tracker: DialogueStateTracker, index: int, event: Event) -> None:
    """Put an equal event in the place of one of the tracker's."""
    known, before = _known(tracker), tracker.events[index]
    tracker.events[index] = event
    if known is not None:
        applied = [event if each is before else each for each in known.events]
        last = event if known.last is before else known.last
        tracker._baton_applied = _Applied(known.seen, last, known.loops, applied)


def latest_prior_trackers(
    tracker: DialogueStateTracker, count: int
) -> Iterator[tuple[DialogueStateTracker, bool]]:
    """Like `DialogueStateTracker.generate_all_prior_trackers`, but the last `count`, and without events."""
    applied = tracker.applied_events()
    far, near = _last_actions(applied, count - 1 + _MARGIN), _last_actions(applied, count - 1)
    state = _state_after(tracker, applied, far)
    for event in islice(applied, far, near):
        event.apply_to(state)
    for event in islice(applied, near, None):
        if isinstance(event, ActionExecuted):
            yield state, event.hide_rule_turn
        event.apply_to(state)
    yield state, False


def _last_actions(applied: list[Event], count: int) -> int:
    """Where the last `count` actions begin; 0 where there are no more."""
    for index in range(len(applied), 0, -1):
        if count <= 0:
            return index
        count -= isinstance(applied[index - 1], ActionExecuted)
    return 0


def _state_after(tracker: DialogueStateTracker, applied: list[Event], count: int) -> DialogueStateTracker:
    """The state after the first `count` applied events, from the checkpoint on, and the next checkpoint."""
    kept = tracker.__dict__.setdefault("_baton_checkpoint", Checkpoint())
    usable = kept.state is not None and kept.count <= count and applied[kept.count - 1] is kept.last
    state = light_copy(kept.state) if usable else tracker.init_copy()
    for event in islice(applied, kept.count if usable else 0, count):
        event.apply_to(state)
    if count:
        kept.count, kept.last, kept.state = count, applied[count - 1], light_copy(state)
    return state
