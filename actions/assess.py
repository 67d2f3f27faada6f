"""action_assess_turn: what does this turn show, and who goes on with it?

Rasa calls it for every customer message before anything is predicted, through the slot mappings of `turn` and
`language`. It never speaks and returns nothing but slots: Rasa would send words of a slot mapping without
checking whether the conversation is paused.
"""

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import MAX_CONNECTIONS, Desk, DeskUnavailable
from actions.signals import signals_of, warm_up
from actions.turn import (
    attachments_of,
    is_external,
    last_user_event,
    marked_unsolved,
    message_id_of,
    requested_slot_of,
    sent_at_of,
    shown_of,
    tail_of,
    words_of,
)
from rasa_parts.storable import storable

log = logging.getLogger(__name__)

REMEMBERED_TURNS = 1024  # far more turns than can be in progress at one moment

SlotValues = dict[str, Any]


class Assessor(Protocol):
    """What this action needs of the handoff service."""

    def assess(self, turn: dict[str, Any]) -> dict[str, Any]:
        """Return the decision about a turn or raise DeskUnavailable."""


class RecentTurns:
    """The answers to the latest turns.

    In the turn that activates a form Rasa asks twice, and both must agree.
    """

    def __init__(self, size: int = REMEMBERED_TURNS) -> None:
        self._size = size
        self._answers: OrderedDict[tuple[str, ...], SlotValues] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> SlotValues | None:
        """Return the remembered answer, if any."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: tuple[str, ...], answer: SlotValues) -> None:
        """Remember an answer, forgetting the oldest one when there are too many."""
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)


class ActionAssessTurn(Action):
    """Sets `turn` to the service's decision and `language` to the customer's; see the module's text."""

    def __init__(self, desk: Assessor | None = None) -> None:
        """Build the action; the action server does so once, when it starts.

        Dictionaries and matchers are loaded here, so that the first customer does not wait for them, and
        before a server with several workers forks, so that they are loaded once.
        """
        self._desk = desk or Desk.from_environment()
        self._recent = RecentTurns()
        # Of its own, so that slow assessments never keep other actions from a thread.
        self._executor = ThreadPoolExecutor(MAX_CONNECTIONS, thread_name_prefix="assess")
        warm_up()

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_assess_turn"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Return the slots of this turn; whatever happens, it does not fail."""
        loop = asyncio.get_running_loop()
        values = await loop.run_in_executor(self._executor, self._assess_safely, tracker)
        return [SlotSet(name, value) for name, value in values.items()]

    def _assess_safely(self, tracker: Tracker) -> SlotValues:
        try:
            return self._assess(tracker)
        except Exception:
            message_id = _message_id_or_none(tracker)
            log.exception("The turn could not be assessed; the bot goes on. [correlation_id=%s]", message_id)
            return {"turn": {"decision": "unreachable", "message_id": message_id, "handoff": None}}

    def _assess(self, tracker: Tracker) -> SlotValues:
        event = last_user_event(tracker)
        if event is None or is_external(event):
            message_id = message_id_of(event) if event else None
            return {"turn": {"decision": "stay", "message_id": message_id, "handoff": None}}
        message_id, sent_at = message_id_of(event), sent_at_of(event)
        # The time belongs to the key: a channel that hands in a message again after a crash, under the same
        # id, deserves a fresh answer when the first one was that nobody could be reached.
        key = (tracker.sender_id, message_id, sent_at)
        values = self._recent.get(key)
        if values is None:
            values = self._decide(self._turn_of(tracker, event, message_id, sent_at))
            self._recent.put(key, values)
        return values

    def _turn_of(
        self, tracker: Tracker, event: dict[str, Any], message_id: str, sent_at: str
    ) -> dict[str, Any]:
        files = attachments_of(event)
        signals = signals_of(
            words_of(event),
            event.get("parse_data") or {},
            (tracker.slots or {}).get("language"),
            requested_slot=requested_slot_of(tracker),
            marked_unsolved=marked_unsolved(event),
            attachments=[each.get("type") for each in files],
        )
        return storable(
            {
                "sender_id": tracker.sender_id,
                "channel": event.get("input_channel") or "unknown",
                "message_id": message_id,
                "sent_at": sent_at,
                "text": shown_of(event),
                "attachments": [each["id"] for each in files if isinstance(each.get("id"), str)],
                "signals": signals,
                "tail": tail_of(tracker),
            }
        )

    def _decide(self, turn: dict[str, Any]) -> SlotValues:
        language = turn["signals"]["language"]
        slot: dict[str, Any] = {"message_id": turn["message_id"], "handoff": None}
        try:
            answer = self._desk.assess(turn)
        except DeskUnavailable as error:
            log.info("Turn undecided: %s [correlation_id=%s]", error, turn["message_id"])
            slot.update(decision="unreachable", turn=turn)
        except Exception:
            log.exception("The handoff service's client failed. [correlation_id=%s]", turn["message_id"])
            slot.update(decision="unreachable", turn=turn)
        else:
            log.info("Turn decided: %s [correlation_id=%s]", answer["decision"], turn["message_id"])
            slot.update(decision=answer["decision"], handoff=answer.get("handoff"), epoch=answer.get("epoch"))
        return {"turn": slot, "language": language}


def _message_id_or_none(tracker: Tracker) -> str | None:
    try:
        event = last_user_event(tracker)
        return message_id_of(event) if event else None
    except Exception:
        return None
