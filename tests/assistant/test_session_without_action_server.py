"""A session has to start also without the action server: its first message may be a wish for a person."""

import asyncio
import socket

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import ActionExecuted, ConversationPaused, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from rasa_parts import mends
from tests.assistant.rasa_side import DOMAIN, tracker_of, user_event


@pytest.fixture
def nobody_listening(monkeypatch):
    """An action endpoint where nothing listens, in a Rasa with this one mend."""
    (mend,) = [mend for mend in mends.MENDS if mend.name == "RemoteAction.run"]
    bare = getattr(RemoteAction.run, "__wrapped__", RemoteAction.run)
    monkeypatch.setattr(RemoteAction, "run", mend.build(bare))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return EndpointConfig(f"http://127.0.0.1:{probe.getsockname()[1]}/webhook")


def run(name: str, endpoint: EndpointConfig, tracker: DialogueStateTracker):
    return asyncio.run(RemoteAction(name, endpoint).run(None, None, tracker, DOMAIN))


def test_the_session_starts_and_listens(nobody_listening):
    events = run("action_session_start", nobody_listening, DialogueStateTracker("new", DOMAIN.slots))
    assert events == [SessionStarted(), ActionExecuted("action_listen")]


def test_the_pause_is_kept(nobody_listening):
    tracker = tracker_of(user_event("你好"), ConversationPaused(metadata={"handoff_id": "h-1"}))
    tracker.update_with_events(run("action_session_start", nobody_listening, tracker), DOMAIN)
    assert tracker.is_paused()
    assert tracker.latest_action_name == "action_listen"
    assert tracker.events[-1].metadata == {"handoff_id": "h-1"}


def test_what_belongs_to_one_turn_stays_behind(nobody_listening):
    slots = [
        SlotSet("turn", {"decision": "silent"}),
        SlotSet("requested_slot", "x"),
        SlotSet("language", "en"),
    ]
    events = run("action_session_start", nobody_listening, tracker_of(*slots))
    assert events == [SessionStarted(), SlotSet("language", "en"), ActionExecuted("action_listen")]


def test_other_actions_fail_as_ever(nobody_listening):
    with pytest.raises(RasaException):
        run("action_handoff", nobody_listening, tracker_of(user_event("转人工")))
