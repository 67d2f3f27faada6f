"""What the forms with several questions share: whether a turn answers the question that was asked.

A form takes what answers it and leaves the turn to the other rules otherwise: a question in between is
answered, then the form asks again; a way out ends it.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.orders import REQUESTED, Event

# Rules end the form or change its subject on these, whatever else the words may say.
LEAVES = frozenset(
    {
        "stop_form",
        "give_up_waiting",
        "goodbye",
        "request_human",
        "account_anomaly",
        "card_lost",
    }
)
# What the classifier makes of a name, a reason or a number that it has never seen.
NOTHING_ELSE = frozenset({"nlu_fallback", "out_of_scope", "inform_order_number"})


# No answer to a form's question is longer, and some patterns take time by the square of the length: a message
# of ten thousand characters would hold up every customer of the action server for seconds.
LONGEST_ANSWER = 500


def words_of(tracker: Tracker) -> str:
    """Return the text of the customer's latest message, as far as it can be an answer."""
    return ((tracker.latest_message or {}).get("text") or "")[:LONGEST_ANSWER]


def intent_of(tracker: Tracker) -> str | None:
    """Return the intent of the customer's latest message."""
    return ((tracker.latest_message or {}).get("intent") or {}).get("name")


class ActionExplainSlot(Action):
    """Says where to find, or how to write, what the active form has asked for."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_explain_slot"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Say one message; the form asks again after it."""
        asked = tracker.get_slot(REQUESTED) or "order_number"
        dispatcher.utter_message(response=f"utter_explain_{asked}")
        return []
