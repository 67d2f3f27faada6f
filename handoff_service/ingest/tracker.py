"""What Rasa believes, read from its own events and compared with what the owner implies.

The comparison is by level, not by edge: whatever made them differ (an expired session, a typed `/restart`,
a resume from elsewhere, a crash), the next batch sees it and the outbox mends it.
"""

from typing import Any

from handoff_service.conversations import repository
from handoff_service.ingest.event import Event
from handoff_service.models import TrackerState
from handoff_service.rasa import delivery, outbox
from handoff_service.unit import Unit

_PAUSED_BY = {"pause": True, "resume": False, "restart": False, "session_started": False}


def state_of(unit: Unit, sender_id: str) -> TrackerState:
    state = unit.session.get(TrackerState, sender_id)
    if state is None:
        state = TrackerState(sender_id=sender_id, paused=False, unanswered=[], updated_at=unit.now)
        unit.session.add(state)
        unit.session.flush()
    return state


def shows_pause(event: Event) -> bool:
    """Whether it tells if Rasa is paused from now on."""
    return event.kind in _PAUSED_BY


def observe(unit: Unit, event: Event) -> bool:
    """Follow an event that shows whether Rasa is paused; True when that changed."""
    state = state_of(unit, event.sender_id)
    changed = state.paused != _PAUSED_BY[event.kind]
    state.paused = _PAUSED_BY[event.kind]
    state.updated_at = unit.now
    if event.kind == "pause":
        delivery.pause_seen(unit, event.sender_id, event.metadata.get("handoff_id"))
    elif event.kind == "resume":
        _answer_what_was_missed(unit, state)
    return changed


def note_unanswered(unit: Unit, event: Event) -> None:
    """A message meant for the bot reached Rasa while it was still paused: the bot owes an answer."""
    state = state_of(unit, event.sender_id)
    owed: dict[str, Any] = {
        "message_id": event.message_id,
        "intent": event.intent.get("name"),
        "entities": _entities(event),
    }
    if state.paused and owed["intent"] and owed not in state.unanswered:
        state.unanswered = [*state.unanswered, owed]


def mend(unit: Unit, sender_id: str) -> None:
    """Where Rasa is known to differ from what the owner implies, and nothing is under way yet, tell it."""
    unit.session.flush()
    state = unit.session.get(TrackerState, sender_id)
    conversation = repository.live(unit.session, sender_id)
    if state is None or conversation is None:
        return
    wanted = conversation.owner != "bot"
    if state.paused == wanted or any(
        entry.kind in ("pause", "resume") for entry in outbox.open_entries(unit.session, sender_id)
    ):
        return
    outbox.put(unit, conversation, "pause" if wanted else "resume")
    unit.audit("tracker.mend", conversation.id, wanted="pause" if wanted else "resume")


def _answer_what_was_missed(unit: Unit, state: TrackerState) -> None:
    conversation = repository.live(unit.session, state.sender_id)
    if conversation is not None and conversation.owner == "bot":
        for owed in state.unanswered:
            if not outbox.was_answered(unit.session, state.sender_id, owed["message_id"]):
                outbox.put(unit, conversation, "answer", payload=owed)
    state.unanswered = []


def _entities(event: Event) -> list[dict[str, Any]]:
    parse_data = event.body.get("parse_data")
    entities = parse_data.get("entities") if isinstance(parse_data, dict) else None
    return [
        {"entity": entity["entity"], "value": entity.get("value")}
        for entity in entities or []
        if isinstance(entity, dict) and isinstance(entity.get("entity"), str)
    ]
