"""action_session_start: a new session, without waking the bot in a conversation that a person owns.

Rasa's own version forgets the pause: the first message after an expired session would be answered by the bot.
"""

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import pause_event

# What belongs to one turn or one form, and would be wrong in the next session.
NOT_CARRIED_OVER = frozenset({"turn", "requested_slot"})
# Rasa adds these to every event; copied over, an old model's id would stick to the new event.
RASA_METADATA = frozenset({"model_id", "assistant_id"})


class ActionSessionStart(Action):
    """Starts a session, carries the slots over where the domain says so, and keeps a pause."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_session_start"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[EventType]:
        """Return the events of the new session; the pause comes last, as listening must not follow it."""
        events = [SessionStarted()]
        if _carries_slots_over(domain):
            events += _slots_of(tracker)
        events.append(ActionExecuted("action_listen"))
        if tracker.is_paused():
            events.append(pause_event(_metadata_of_pause(tracker)))
        return events


def _carries_slots_over(domain: Mapping[str, Any]) -> bool:
    config = (domain or {}).get("session_config") or {}
    return bool(config.get("carry_over_slots_to_new_session", True))


def _slots_of(tracker: Tracker) -> list[EventType]:
    """Return one event per slot that was ever set, with its latest value.

    Rasa's own action repeats every slot event there ever was, and the list grows with each session.
    """
    latest = {
        e["name"]: e.get("value")
        for e in tracker.applied_events()
        if e.get("event") == "slot" and "name" in e
    }
    return [SlotSet(name, value) for name, value in latest.items() if name not in NOT_CARRIED_OVER]


def _metadata_of_pause(tracker: Tracker) -> dict[str, Any]:
    """Return which handoff the latest pause belongs to, as its event says."""
    for event in reversed(tracker.events or []):
        if event.get("event") == "pause":
            metadata = event.get("metadata") or {}
            return {key: value for key, value in metadata.items() if key not in RASA_METADATA}
    return {}
