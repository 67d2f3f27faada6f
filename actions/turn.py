"""What a tracker says about the turn that is being assessed."""

from datetime import datetime, timezone
from typing import Any

from rasa_sdk import Tracker

# How Rasa marks a message that no customer wrote: a reminder or `trigger_intent`.
EXTERNAL_PREFIX = "EXTERNAL: "
# What channels hand in for a file that came without words. It names an intent, so that nothing is guessed.
WITHOUT_WORDS = "/send_attachment"


def last_user_event(tracker: Tracker) -> dict[str, Any] | None:
    """Return the raw event of the customer's latest message, or None in a conversation without one."""
    return next((event for event in reversed(tracker.events or []) if event.get("event") == "user"), None)


def tail_of(tracker: Tracker) -> list[dict[str, Any]]:
    """Return the raw events of this turn: the customer's latest message and what followed it."""
    events = tracker.events or []
    for index in range(len(events) - 1, -1, -1):
        if events[index].get("event") == "user":
            return events[index:]
    return []


def is_external(event: dict[str, Any]) -> bool:
    """Say whether a user event came from Rasa itself rather than from a customer.

    Only an event without a message id can: every message of a channel has one, whatever a customer types or a
    client puts into the metadata.
    """
    if event.get("message_id"):
        return False
    marked = bool((event.get("metadata") or {}).get("is_external"))
    return marked or str(event.get("text") or "").startswith(EXTERNAL_PREFIX)


def words_of(event: dict[str, Any]) -> str:
    """Return what the customer said: of a pressed button the words on it, not the intent that they stand for;
    nothing where a file came alone."""
    text = event.get("text") or ""
    if text == WITHOUT_WORDS:
        return ""
    title = (event.get("metadata") or {}).get("button_title")
    return title if text.startswith("/") and isinstance(title, str) else text


def shown_of(event: dict[str, Any]) -> str:
    """Return what the desk shows of the message: the words, or where there are none what the channel has in
    their place (a place on the map, a business card, a file that could not be had)."""
    shown = (event.get("metadata") or {}).get("shown")
    return words_of(event) or (shown if isinstance(shown, str) else "")


def marked_unsolved(event: dict[str, Any]) -> bool:
    """Say whether the customer pressed "not solved" under an answer."""
    feedback = (event.get("metadata") or {}).get("feedback")
    return isinstance(feedback, dict) and feedback.get("solved") is False


def attachments_of(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the customer's files as their channel describes them: `{id, type, name, …}` each."""
    given = (event.get("metadata") or {}).get("attachments")
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def message_id_of(event: dict[str, Any]) -> str:
    """Return the message's id; an event that has none is named by its time, the same at every call."""
    return str(event.get("message_id") or f"event-{_seconds(event):.6f}")


def sent_at_of(event: dict[str, Any]) -> str:
    """Return when the message was sent as RFC 3339 in UTC, with microseconds."""
    moment = datetime.fromtimestamp(_seconds(event), tz=timezone.utc)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def requested_slot_of(tracker: Tracker) -> str | None:
    """Return the slot that an active form has asked for, if any."""
    if not tracker.active_loop_name:
        return None
    requested = (tracker.slots or {}).get("requested_slot")
    return requested if isinstance(requested, str) else None


def _seconds(event: dict[str, Any]) -> float:
    return float(event.get("timestamp") or 0.0)
