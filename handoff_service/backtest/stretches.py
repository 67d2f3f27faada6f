"""Cutting a conversation into stretches: what counts as one body of evidence.

A stretch is a run of turns that the bot owned. It ends with a handoff (after the return the rules need new
evidence), with a silence of more than `FORGET_AFTER` (nothing before it counts any more), or where the
observation ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from handoff_service.backtest.history import StoredHandoff, StoredTurn, Window
from handoff_service.decision.running import FORGET_AFTER


@dataclass(frozen=True, slots=True)
class End:
    """The end of a stretch; `handoff` is None where none ended it."""

    handoff: StoredHandoff | None


def stretches(
    turns: Iterable[StoredTurn], handoffs: Sequence[StoredHandoff], window: Window
) -> Iterator[StoredTurn | End]:
    """The turns of one conversation, with an `End` behind the last of each stretch.

    `turns` by their number, `handoffs` oldest first. A handoff by hand ends the stretch under way, which may
    have no turn at all. Holds one turn at a time, however long the conversation.
    """
    waiting = [handoff for handoff in handoffs if handoff.requested_at < window.until]
    newest: datetime | None = None  # sent_at within this stretch
    for turn in turns:
        while waiting and waiting[0].requested_at < turn.at:
            yield End(waiting.pop(0))
            newest = None
        if newest is not None and turn.sent_at - newest > FORGET_AFTER:
            yield End(None)
            newest = None
        yield turn
        newest = turn.sent_at if newest is None else max(newest, turn.sent_at)
        if turn.handed_over:
            yield End(_made_by(turn, waiting))
            newest = None
    for handoff in waiting:
        yield End(handoff)
        newest = None
    if newest is not None:
        yield End(None)


def _made_by(turn: StoredTurn, waiting: list[StoredHandoff]) -> StoredHandoff:
    """A turn and its handoff are stored in one transaction, so they bear the same time."""
    if waiting and waiting[0].requested_at == turn.at:
        return waiting.pop(0)
    return StoredHandoff(id="", by_rule=True, rule=turn.rule, requested_at=turn.at)
