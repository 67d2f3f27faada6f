"""action_handoff: tells the customer what happens next and silences the bot.

The handoff itself is already open: the service opened it in the transaction that answered the turn. Here its
notice is said, a running form is ended (else it would swallow the first message after the return) and the
conversation is paused.
"""

import logging
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

log = logging.getLogger(__name__)

# Said when the decision came without a notice. It promises no more than what is known.
NOTICE_WITHOUT_DETAILS = (
    "您的请求已记录，接下来由人工同事处理，请稍候，您可以继续在这里留言。\n"
    "Your request is noted and a colleague will take it from here. Please wait; "
    "you can keep writing in this chat."
)


class ActionHandoff(Action):
    """Says the notice in slot `turn` and pauses.

    The slot stays: the policy sees by it that this turn is done.
    """

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_handoff"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the notice and return the events that end forms, listen and pause, in this order.

        `action_listen` has to be in the tracker before the pause: without it the message after the return
        meets a tracker in the middle of this action, which would run again.
        """
        turn = (tracker.slots or {}).get("turn")
        turn = turn if isinstance(turn, dict) else {}
        handoff = turn.get("handoff") if isinstance(turn.get("handoff"), dict) else {}
        notice = handoff.get("notice")
        if not isinstance(notice, str) or not notice.strip():
            log.error("A handoff without a notice. [correlation_id=%s]", turn.get("message_id"))
            notice = NOTICE_WITHOUT_DETAILS
        dispatcher.utter_message(text=notice)
        log.info("Handed over: %s [correlation_id=%s]", handoff.get("id"), turn.get("message_id"))
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            ActionExecuted("action_listen"),
            pause_event({"handoff_id": handoff.get("id"), "epoch": turn.get("epoch")}),
        ]


def pause_event(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return Rasa's pause event, marked with its handoff; rasa-sdk's own helper takes no metadata."""
    return {"event": "pause", "timestamp": None, "metadata": metadata}
