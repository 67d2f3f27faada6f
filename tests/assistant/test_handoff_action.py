"""action_handoff and action_session_start: what they leave in Rasa's own tracker."""

import asyncio
import json
from pathlib import Path

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    SessionStarted,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import NOTICE_WITHOUT_DETAILS, ActionHandoff
from actions.session import ActionSessionStart
from tests.assistant.rasa_side import (
    DOMAIN,
    as_action_server_sees,
    run_action,
    run_and_log,
    tracker_of,
    user_event,
)

CONTRACT = Path(__file__).parents[1] / "contract"
QUEUE = json.loads((CONTRACT / "turn_response_handoff_queue.json").read_text())
TURN = {"decision": "handoff", "message_id": "m-1", "handoff": QUEUE["handoff"], "epoch": QUEUE["epoch"]}
PAUSE_METADATA = {"handoff_id": QUEUE["handoff"]["id"], "epoch": QUEUE["epoch"]}


def handed_over_in_a_form() -> DialogueStateTracker:
    tracker = tracker_of(
        ActiveLoop("order_form"),
        SlotSet("requested_slot", "order_number"),
        ActionExecuted("action_listen"),
        user_event("转人工"),
        SlotSet("turn", TURN),
    )
    asyncio.run(run_and_log(ActionHandoff(), tracker))
    return tracker


def test_it_says_the_notice_ends_the_form_listens_and_pauses():
    tracker = tracker_of(user_event("转人工"), SlotSet("turn", TURN))
    events = asyncio.run(run_action(ActionHandoff(), tracker))
    assert events == [
        BotUttered(QUEUE["handoff"]["notice"], events[0].data),
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        ActionExecuted("action_listen"),
        ConversationPaused(),
    ]
    assert events[0].text == QUEUE["handoff"]["notice"]


def test_afterwards_the_conversation_is_paused_listening_and_out_of_the_form():
    tracker = handed_over_in_a_form()
    assert tracker.is_paused()
    assert tracker.latest_action_name == "action_listen"
    assert tracker.active_loop is None
    assert tracker.get_slot("requested_slot") is None
    assert tracker.get_slot("turn") == TURN, "the policy sees by it that this turn is done"


def test_the_pause_names_its_handoff_also_for_the_broker_and_the_store():
    pause = handed_over_in_a_form().events[-1]
    as_published = pause.as_dict()
    assert as_published["event"] == "pause"
    assert as_published["metadata"].items() >= PAUSE_METADATA.items()
    assert Event.from_parameters(as_published).metadata.items() >= PAUSE_METADATA.items()


@pytest.mark.parametrize(
    "turn", [None, {}, "x", {"handoff": None}, {"handoff": {}}, {"handoff": {"notice": " "}}]
)
def test_without_a_notice_it_still_says_what_is_true_and_pauses(turn):
    tracker = tracker_of(user_event("转人工"), SlotSet("turn", turn))
    events = asyncio.run(run_and_log(ActionHandoff(), tracker))
    assert events[0].text == NOTICE_WITHOUT_DETAILS
    assert tracker.is_paused()


def start_session(tracker: DialogueStateTracker) -> None:
    asyncio.run(run_and_log(ActionSessionStart(), tracker))


def test_a_new_session_keeps_the_pause_and_its_handoff():
    tracker = handed_over_in_a_form()
    start_session(tracker)
    assert tracker.is_paused()
    assert tracker.latest_action_name == "action_listen"
    assert isinstance(tracker.events[-1], ConversationPaused)
    assert tracker.events[-1].metadata.items() >= PAUSE_METADATA.items()


def test_the_pause_survives_in_what_a_store_loads_of_the_new_session():
    """The SQL store loads events from the last session start on: the pause has to be among them."""
    tracker = handed_over_in_a_form()
    for _ in range(2):
        start_session(tracker)
    events = list(tracker.events)
    started = max(index for index, event in enumerate(events) if isinstance(event, SessionStarted))
    assert all(event.timestamp >= events[started].timestamp for event in events[started:])
    reloaded = DialogueStateTracker.from_events(
        "webchat:main:v1", events[started:], DOMAIN.slots, domain=DOMAIN
    )
    assert reloaded.is_paused()
    assert reloaded.events[-1].metadata.items() >= PAUSE_METADATA.items()


def test_metadata_that_rasa_adds_is_not_carried_over():
    tracker = handed_over_in_a_form()
    tracker.events[-1].metadata = {**PAUSE_METADATA, "model_id": "old", "assistant_id": "old"}
    events = asyncio.run(run_action(ActionSessionStart(), tracker))
    assert events[-1].metadata == PAUSE_METADATA


def test_a_new_session_pauses_nobody_else():
    for tracker in (tracker_of(user_event("你好")), handed_over_in_a_form()):
        tracker.update(ConversationResumed())
        start_session(tracker)
        assert not tracker.is_paused()
        assert tracker.latest_action_name == "action_listen"


def test_slots_are_carried_over_once_with_their_latest_value():
    tracker = tracker_of(
        SlotSet("order_number", "10022"),
        SlotSet("order_number", "10023"),
        SlotSet("language", "en"),
        SlotSet("turn", TURN),
        SlotSet("requested_slot", "order_number"),
        SlotSet("session_started_metadata", {"page": "/cart"}),
    )
    events = asyncio.run(run_action(ActionSessionStart(), tracker))
    assert events == [
        SessionStarted(),
        SlotSet("order_number", "10023"),
        SlotSet("language", "en"),
        SlotSet("session_started_metadata", {"page": "/cart"}),
        ActionExecuted("action_listen"),
    ]


def test_slots_are_not_carried_over_where_the_domain_says_so():
    tracker = tracker_of(SlotSet("order_number", "10023"))
    domain = {"session_config": {"carry_over_slots_to_new_session": False}}
    events = asyncio.run(
        ActionSessionStart().run(CollectingDispatcher(), as_action_server_sees(tracker), domain)
    )
    assert [event["event"] for event in events] == ["session_started", "action"]


def test_the_first_session_of_a_conversation_starts_without_anything():
    events = asyncio.run(run_action(ActionSessionStart(), DialogueStateTracker("new", DOMAIN.slots)))
    assert events == [SessionStarted(), ActionExecuted("action_listen")]
