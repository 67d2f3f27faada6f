"""Dialogues to learn from out of the stored conversations: those whose handoff an agent has marked.

A handoff nobody marked says nothing about the right moment and is left out; so is a conversation that was
never handed over. What counts is the stretch from the last return to the handoff, labelled by the mark:

- needed: the customer's turn of the handoff 1, all before 0.
- too_late: 1 from the first turn on that showed trouble (see `_trouble`); where none did, from the
  customer's turn before that of the handoff.
- not_needed: 0 everywhere.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from handoff_service.decision.facts import Facts
from handoff_service.decision.running import DISPLEASED_AT
from handoff_service.learned import repository
from handoff_service.learned.dialogue import Dialogue, Said, said
from handoff_service.models import Handoff, Message, Turn

WINDOW = 40
"""Turns of a dialogue that are looked at, the newest: the cost of a turn stays bounded."""


def as_turns(messages: Sequence[Message]) -> tuple[Said, ...]:
    return tuple(said("bot" if one.author == "bot" else "user", one.text) for one in messages)


def marked_dialogues(session: Session) -> list[Dialogue]:
    """One for each marked handoff before which the customer said anything."""
    dialogues = []
    for handoff in repository.judged(session):
        since = repository.ended_before(session, handoff)
        messages = [
            message
            for message in repository.spoken(
                session, handoff.conversation_id, after_seq=0, until=handoff.requested_at, at_most=WINDOW
            )
            if since is None or message.sent_at > since
        ]
        while messages and messages[-1].author != "customer":
            messages.pop()
        if messages:
            turns = repository.turns_of(session, handoff.conversation_id)
            dialogues.append(Dialogue(handoff.id, as_turns(messages), _labels(handoff, messages, turns)))
    return dialogues


def _labels(handoff: Handoff, messages: Sequence[Message], turns: Sequence[Turn]) -> tuple[int, ...]:
    last = len(messages) - 1
    first = {"needed": last, "too_late": _first_trouble(messages, turns), "not_needed": last + 1}
    return tuple(int(place >= first[handoff.mark or "not_needed"]) for place in range(len(messages)))


def _first_trouble(messages: Sequence[Message], turns: Sequence[Turn]) -> int:
    troubled = {turn.seq for turn in turns if _trouble(turn)}
    places = [place for place, message in enumerate(messages) if message.author == "customer"]
    shown = [place for place in places[:-1] if messages[place].seq in troubled]
    return shown[0] if shown else places[-2] if len(places) > 1 else places[-1]


def _trouble(turn: Turn) -> bool:
    """Not understood, displeased, refused, asked again, a threat, or a person asked for."""
    facts = Facts.from_dict({"signals": turn.signals, **turn.facts})
    signals = facts.signals
    return (
        signals.fallback
        or signals.sentiment <= DISPLEASED_AT
        or signals.rejects_answer
        or signals.threat
        or signals.asks_human
        or facts.running.repeat_count > 1
    )
