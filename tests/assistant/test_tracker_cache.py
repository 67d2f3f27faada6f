"""What the tracker store remembers is what Rasa's own store would load, whoever wrote in between."""

import asyncio
import random
import sqlite3
import time
from contextlib import closing

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import EventVerbosity

from rasa_parts import tracker_store
from rasa_parts.tracker_store import BatonTrackerStore

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [ask]
    slots:
      turn: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      number: {type: text, influence_conversation: false, mappings: [{type: custom}]}
    session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: true}
    """
)


@pytest.fixture
def stores(monkeypatch, tmp_path):
    """Two of ours, as in two processes, and Rasa's own, on one database."""
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("TRACKER_DB_URL", raising=False)
    stores = [BatonTrackerStore(DOMAIN), BatonTrackerStore(DOMAIN)]
    plain = SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(tmp_path / "rasa.db"))
    yield *stores, plain
    for store in (*stores, plain):
        store.engine.dispose()


def run(coroutine):
    return asyncio.run(coroutine)


def shown(tracker):
    """Everything that can be seen of a tracker."""
    if tracker is None:
        return None
    return (
        tracker.current_state(EventVerbosity.ALL),
        tracker.latest_bot_utterance.as_dict() if tracker.latest_bot_utterance.text else None,
        [event.as_dict() for event in tracker.applied_events()],
    )


def add(store, *events, sender_id="a", save=True):
    async def turn():
        tracker = await store.get_or_create_tracker(sender_id, append_action_listen=False)
        tracker.model_id = "model"
        for event in events:
            event.timestamp = time.time()
            tracker.update(event)
        if save:
            await store.save(tracker)

    run(turn())


def user_turn(dice):
    yield UserUttered(f"words {dice.random()}", {"name": "ask"}, message_id=str(dice.random()))
    yield DefinePrevUserUtteredFeaturization(False)
    if dice.random() < 0.3:
        yield EntitiesAdded([{"entity": "number", "value": str(dice.random())}])
    yield SlotSet("turn", {"decision": dice.choice(["stay", "handoff"])})
    if dice.random() < 0.3:
        yield dice.choice(
            [
                ActiveLoop("form"),
                ActiveLoop(None),
                ConversationPaused(),
                ConversationResumed(),
                Restarted(),
                UserUtteranceReverted(),
                SlotSet("number", "7"),
            ]
        )
    yield BotUttered("answer")
    yield ActionExecuted("action_listen")


@pytest.mark.parametrize("seed", range(15))
def test_it_shows_what_rasas_own_store_shows(stores, tmp_path, seed):
    one, other, plain = stores
    dice = random.Random(seed)
    add(one, SessionStarted(), ActionExecuted("action_listen"))
    for _ in range(25):
        match dice.choice(["turn"] * 6 + ["other", "other", "session", "lost", "removed", "forgot"]):
            case "turn":
                add(one, *user_turn(dice))
            case "other":
                add(other, *user_turn(dice))
            case "session":
                add(dice.choice([one, other]), SessionStarted(), ActionExecuted("action_listen"))
            case "lost":  # a turn that failed before it was saved
                add(one, *user_turn(dice), save=False)
            case "removed":
                with closing(sqlite3.connect(tmp_path / "rasa.db")) as db:
                    db.execute(
                        "DELETE FROM events WHERE id = (SELECT id FROM events ORDER BY random() LIMIT 1)"
                    )
                    db.commit()
            case "forgot":
                for sender_id in list(one._recent):
                    one._forgotten(sender_id)
        assert shown(run(one.retrieve("a"))) == shown(run(plain.retrieve("a")))
        assert shown(run(one.retrieve_full_tracker("a"))) == shown(run(plain.retrieve_full_tracker("a")))


def test_only_what_was_added_is_read(stores, monkeypatch):
    one, other, _ = stores
    add(one, *user_turn(random.Random(1)))
    run(one.retrieve("a"))
    read = []
    from_parameters = Event.from_parameters
    monkeypatch.setattr(
        Event, "from_parameters", lambda given, *rest: read.append(given) or from_parameters(given)
    )
    run(one.retrieve("a"))
    assert read == []
    add(other, BotUttered("one more"))
    read.clear()
    run(one.retrieve("a"))
    assert [event["text"] for event in read] == ["one more"]


def test_a_tracker_that_is_changed_but_not_saved_changes_nothing(stores):
    one, _, plain = stores
    add(
        one,
        UserUttered("hi", {"name": "ask"}, [{"entity": "x", "value": "1"}]),
        ActionExecuted("action_listen"),
    )
    tracker = run(one.retrieve("a"))
    tracker.latest_message.entities.append({"entity": "y", "value": "2"})
    tracker.update(SlotSet("number", "9"))
    tracker.update(ConversationPaused())
    assert shown(run(one.retrieve("a"))) == shown(run(plain.retrieve("a")))
    assert run(one.retrieve("a")).latest_message.entities == [{"entity": "x", "value": "1"}]


def test_the_oldest_are_forgotten_when_there_are_too_many(stores, monkeypatch):
    one, _, plain = stores
    monkeypatch.setattr(tracker_store, "REMEMBERED_EVENTS", 10)
    for sender_id in "abcd":
        add(one, BotUttered("0"), sender_id=sender_id)
        run(one.retrieve(sender_id))
        add(one, *(BotUttered(str(i)) for i in range(1, 4)), sender_id=sender_id)
    assert list(one._recent) == ["c", "d"]
    assert one._recent_events == 8, "what was saved just now counts"
    for sender_id in "abcd":
        assert shown(run(one.retrieve(sender_id))) == shown(run(plain.retrieve(sender_id)))


def test_a_new_model_finds_its_slots(stores):
    one, _, _ = stores
    add(one, SlotSet("number", "7"))
    run(one.retrieve("a"))
    one.domain = Domain.from_yaml(
        'version: "3.1"\n'
        "slots: {number: {type: text, mappings: [{type: custom}]}, more: {type: any, mappings: []}}"
    )
    tracker = run(one.retrieve("a"))
    assert tracker.get_slot("number") == "7"
    assert "more" in tracker.slots
