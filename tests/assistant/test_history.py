"""What is kept up to date of a conversation's history is what Rasa works out from its first event."""

import random

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from rasa_parts.history import copy_without_replaying, exchange, go_on_applying, latest_prior_trackers

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [ask]
    slots:
      number: {type: text, influence_conversation: false, mappings: [{type: custom}]}
      known: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
    """
)


def rasas(name):
    function = getattr(DialogueStateTracker, name)
    return getattr(function, "__wrapped__", function)


@pytest.fixture(autouse=True)
def mended(monkeypatch):
    monkeypatch.setattr(DialogueStateTracker, "applied_events", go_on_applying(rasas("applied_events")))
    monkeypatch.setattr(DialogueStateTracker, "copy", copy_without_replaying(rasas("copy")))


def new_tracker():
    return DialogueStateTracker("a", DOMAIN.slots)


def some_event(dice):
    rare = [
        Restarted(),
        SessionStarted(),
        ActionReverted(),
        UserUtteranceReverted(),
        ActiveLoop("a_form"),
        ActiveLoop(None),
        ActionExecutionRejected("a_form"),
        FollowupAction("utter_a"),
        ConversationPaused(),
    ]
    return dice.choice(
        [
            UserUttered("words", {"name": "ask"}),
            DefinePrevUserUtteredFeaturization(False),
            *(ActionExecuted(name) for name in ("action_listen", "utter_a", "a_form")),
            BotUttered("hi"),
            SlotSet("number", str(dice.random())),
            SlotSet("known", dice.choice([True, False])),
            *(rare if dice.random() < 0.2 else []),
        ]
    )


def state_of(tracker):
    return {**tracker.current_state(), "bot": tracker.latest_bot_utterance.text, "followup_action": None}


@pytest.mark.parametrize("seed", range(20))
def test_the_same_events_apply(seed):
    dice = random.Random(seed)
    tracker = new_tracker()
    for _ in range(150):
        tracker.update(some_event(dice))
        if dice.random() < 0.5:
            assert tracker.applied_events() == rasas("applied_events")(tracker)
        if dice.random() < 0.1:
            tracker = tracker.copy()


def test_events_are_sorted_out_once(monkeypatch):
    asked = []
    own = rasas("applied_events")
    monkeypatch.setattr(
        DialogueStateTracker, "applied_events", go_on_applying(lambda self: asked.append(1) or own(self))
    )
    tracker = new_tracker()
    for _ in range(50):
        tracker.update(ActionExecuted("action_listen"))
        tracker.copy().applied_events()
        tracker.applied_events()
    assert len(asked) == 2  # by the first copy and by the tracker itself


def test_a_caller_may_change_the_list(monkeypatch):
    tracker = new_tracker()
    tracker.update(ActionExecuted("action_listen"))
    tracker.applied_events().clear()
    assert len(tracker.applied_events()) == 1


def test_other_events_in_the_same_tracker_are_sorted_out_anew():
    tracker = new_tracker()
    for _ in range(3):
        tracker.update(ActionExecuted("action_listen"))
    tracker.applied_events()
    tracker.events.clear()
    assert tracker.applied_events() == []
    others = [ActionExecuted("utter_a") for _ in range(3)]
    tracker.events.extend(others)
    assert [event.action_name for event in tracker.applied_events()] == ["utter_a"] * 3


def test_an_exchanged_event_is_the_one_that_applies():
    tracker = new_tracker()
    for event in (UserUttered("one"), ActionExecuted("action_listen"), UserUttered("one")):
        tracker.update(event)
    tracker.applied_events()
    for index in (2, 0):
        other = UserUttered("one")
        exchange(tracker, index, other)
        assert tracker.applied_events()[index] is tracker.events[index] is other


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_is_what_replaying_gives(seed):
    dice = random.Random(seed)
    tracker = new_tracker()
    for _ in range(60):
        tracker.update(some_event(dice))
        twin, replayed = tracker.copy(), rasas("copy")(tracker)
        assert state_of(twin) == state_of(replayed)
        assert list(twin.events) == list(replayed.events)
        assert (twin.model_id, twin.assistant_id) == (replayed.model_id, replayed.assistant_id)


def test_a_copy_can_be_changed_without_changing_the_tracker():
    tracker = new_tracker()
    for event in (UserUttered("words"), ActiveLoop("a_form")):
        tracker.update(event)
    before = state_of(tracker)
    twin = tracker.copy()
    for event in (SlotSet("number", "7"), ActionExecutionRejected("a_form"), UserUttered("more")):
        twin.update(event)
    assert state_of(tracker) == before
    assert len(tracker.events) == 2


def states(prior_trackers):
    return [(DOMAIN.get_active_state(prior), hidden) for prior, hidden in prior_trackers]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [0, 1, 4])
def test_the_latest_prior_trackers_are_rasas_last(seed, count):
    dice = random.Random(seed)
    tracker = new_tracker()
    for _ in range(150):
        tracker.update(some_event(dice))
        if dice.random() < 0.3:
            # Twice: how a message is featurized is written into it by the first that walks over it.
            [_, expected] = [states(rasas("generate_all_prior_trackers")(tracker)) for _ in range(2)]
            assert states(latest_prior_trackers(tracker, count)) == expected[-max(count, 1) :]
        if dice.random() < 0.1:
            tracker = tracker.copy()


def test_what_is_far_back_is_applied_once():
    applied = []

    class Counted(SlotSet):
        def apply_to(self, tracker):
            applied.append(1)
            super().apply_to(tracker)

    tracker = new_tracker()
    for _ in range(200):
        tracker.update(ActionExecuted("action_listen"))
        tracker.update(Counted("number", "7"))
    list(latest_prior_trackers(tracker, 4))
    applied.clear()
    for _ in range(10):
        list(latest_prior_trackers(tracker.copy(), 4))
    assert len(applied) < 10 * 20
