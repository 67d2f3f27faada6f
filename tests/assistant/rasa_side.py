"""Rasa's own side of an action call, so that tests of actions run what Rasa runs."""

from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet, request_human, order_status]
slots:
  turn:
    type: any
    influence_conversation: false
    mappings: [{type: custom, action: action_assess_turn}]
  language:
    type: text
    influence_conversation: false
    mappings: [{type: custom, action: action_assess_turn}]
  order_number:
    type: text
    influence_conversation: false
    mappings: [{type: from_text, conditions: [{active_loop: order_form}]}]
actions: [action_assess_turn, action_handoff, action_session_start]
forms:
  order_form:
    required_slots: [order_number]
session_config:
  session_expiration_time: 60
  carry_over_slots_to_new_session: true
"""
)


def user_event(text: str | None, intent: str = "greet", **more: Any) -> UserUttered:
    """A customer's message as Rasa logs it."""
    given = {"message_id": "m-1", "input_channel": "webchat", "timestamp": 1795335330.123456} | more
    parse_data = {
        "intent": {"name": intent, "confidence": 0.83},
        "entities": [],
        "text": text,
        "message_id": given["message_id"],
        "metadata": {},
        "intent_ranking": [{"name": intent, "confidence": 0.83}],
    }
    return UserUttered(text, parse_data["intent"], [], parse_data, **given)


def tracker_of(*events: Event, sender_id: str = "webchat:main:v1") -> DialogueStateTracker:
    """A conversation whose session has started and that went through these events."""
    tracker = DialogueStateTracker(sender_id, DOMAIN.slots)
    started = [ActionExecuted("action_session_start", timestamp=1.0), SessionStarted(timestamp=1.1)]
    for event in [*started, ActionExecuted("action_listen", timestamp=1.2), *events]:
        tracker.update(event, DOMAIN)
    return tracker


def as_action_server_sees(tracker: DialogueStateTracker) -> Tracker:
    """The tracker after the trip that Rasa's call of a custom action makes."""
    call = RemoteAction("action", None)._action_call_format(tracker, DOMAIN)
    return Tracker.from_dict(call["tracker"])


async def run_action(action: Action, tracker: DialogueStateTracker) -> list[Event]:
    """Run an action as Rasa would, through its schema, and return the events Rasa makes of the answer."""
    dispatcher = CollectingDispatcher()
    domain = DOMAIN.as_dict()
    events = await action.run(dispatcher, as_action_server_sees(tracker), domain)
    result = ActionExecutor._create_api_response(
        ActionExecutor.validate_events(events, action.name()), dispatcher.messages
    )
    remote = RemoteAction(action.name(), None)
    assert remote._validate_action_result(result)
    said = await RemoteAction._utter_responses(result["responses"], None, None, tracker)
    return [*said, *deserialise_events(result["events"])]


async def run_and_log(action: Action, tracker: DialogueStateTracker) -> list[Event]:
    """Run an action and log it with its events on the tracker, as Rasa's processor does."""
    events = await run_action(action, tracker)
    tracker.update(ActionExecuted(action.name()), DOMAIN)
    tracker.update_with_events(events, DOMAIN)
    return events
