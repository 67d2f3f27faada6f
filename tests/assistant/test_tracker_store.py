import asyncio
import sqlite3
from contextlib import closing
from typing import ClassVar

import pytest
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, ConversationPaused, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from rasa_parts import mends
from rasa_parts.broker import SpoolBroker
from rasa_parts.tracker_store import BatonTrackerStore

CONFIG = EndpointConfig(type="rasa_parts.tracker_store.BatonTrackerStore")


@pytest.fixture
def data_dir(monkeypatch, tmp_path):
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path / "some data"))
    monkeypatch.delenv("TRACKER_DB_URL", raising=False)
    return tmp_path / "some data"


@pytest.fixture
def store(data_dir):
    store = TrackerStore.create(CONFIG, Domain.empty())
    yield store
    store.engine.dispose()


def say(store, text, sender_id="a", intent="greet"):
    async def turn():
        tracker = await store.get_or_create_tracker(sender_id, append_action_listen=False)
        tracker.update(UserUttered(text, {"name": intent}, message_id="m1"))
        tracker.update(ActionExecuted("action_listen"))
        tracker.update(ConversationPaused())
        await store.save(tracker)
        return await store.retrieve(sender_id)

    return asyncio.run(turn())


def test_rasa_makes_it_with_its_database_in_the_data_folder(store, data_dir):
    assert type(store) is BatonTrackerStore
    tracker = say(store, "你好")
    assert tracker.latest_message.text == "你好"
    assert tracker.is_paused()
    with closing(sqlite3.connect(data_dir / "rasa.db")) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (3,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_rasas_own_way_of_saving_is_the_one_that_ours_was_written_after():
    """If not, see what has changed in it, and renew the digest."""
    functions = (
        SQLTrackerStore.save,
        SQLTrackerStore._additional_events,
        SQLTrackerStore.session_scope,
        TrackerStore.stream_events,
        TrackerStore._stream_new_events,
    )
    assert mends.fingerprint(*functions) == "ba4c5e7fde3c1539abbaddf0b52c1c90597266a622367524e48715739838b3ec"


def test_the_rows_are_those_that_rasas_own_store_writes(store, data_dir, tmp_path):
    plain = SQLTrackerStore(Domain.empty(), db=str(tmp_path / "plain.db"))
    tracker = DialogueStateTracker("a", [])
    for event in (
        UserUttered("你好", {"name": "greet"}, message_id="m1"),
        SlotSet("turn", {"decision": "stay"}),
        ActionExecuted("utter_hi"),
        BotUttered("hi", {"buttons": [{"title": "x"}]}),
        ConversationPaused(),
    ):
        tracker.update(event)

    def rows(path):
        with closing(sqlite3.connect(path)) as db:
            return db.execute("SELECT * FROM events ORDER BY id").fetchall()

    for each in (store, plain):
        asyncio.run(each.save(tracker))
    assert rows(data_dir / "rasa.db") == rows(tmp_path / "plain.db") != []
    plain.engine.dispose()


def test_what_is_new_is_published_in_one_go_before_it_is_stored(store, data_dir, monkeypatch):
    spool, seen = SpoolBroker(data_dir / "spool.db"), []

    def publish_all(events):
        with closing(sqlite3.connect(data_dir / "rasa.db")) as db:
            stored = db.execute("SELECT count(*) FROM events").fetchone()[0]
        seen.append(([event["event"] for event in events], stored))

    monkeypatch.setattr(spool, "publish_all", publish_all)
    store.event_broker = spool
    say(store, "1")
    say(store, "2")
    assert seen == [(["user", "action", "pause"], 0), (["user", "action", "pause"], 3)]


def test_another_broker_is_given_event_by_event(store):
    class Other(EventBroker):
        published: ClassVar[list] = []

        def publish(self, event):
            self.published.append((event["sender_id"], event["event"]))

    store.event_broker = Other()
    say(store, "1")
    assert Other.published == [("a", "user"), ("a", "action"), ("a", "pause")]


def test_trackers_survive_a_restart(store, data_dir):
    say(store, "你好")
    again = TrackerStore.create(CONFIG, Domain.empty())
    assert asyncio.run(again.retrieve("a")).latest_message.text == "你好"


def test_a_reader_in_the_middle_of_its_work_does_not_keep_a_turn_from_being_saved(store, data_dir):
    say(store, "1")
    with closing(sqlite3.connect(data_dir / "rasa.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM events").fetchone()
        assert say(store, "2").latest_message.text == "2"


def test_the_write_ahead_log_is_kept_between_turns(store, data_dir):
    """Else each look at a tracker would end in a checkpoint that waits for the disk."""
    say(store, "你好")
    assert (data_dir / "rasa.db-wal").stat().st_size > 0


def test_writers_wait_for_each_other_longer_than_by_default(store):
    assert store.engine.url.query["timeout"] == "10"


@pytest.mark.parametrize("sender_id", ["a\0b", "a\ud800b"])
def test_a_sender_or_intent_that_cannot_be_bound_does_not_cost_the_turn(store, sender_id):
    say(store, "1", sender_id, intent="gre\udfffet")
    tracker = say(store, "2", sender_id)
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["1", "2"]


def test_another_database_can_be_named_by_url(data_dir, monkeypatch, tmp_path):
    monkeypatch.setenv("TRACKER_DB_URL", f"sqlite:///{tmp_path}/other.db")
    store = TrackerStore.create(CONFIG, Domain.empty())
    say(store, "你好")
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (3,)
    assert not (data_dir / "rasa.db").exists()


def test_a_postgresql_url_is_taken_with_its_dialect(data_dir, monkeypatch):
    made = []
    create_engine = sa.create_engine

    def note_and_stand_in(url, **kwargs):
        made.append((url, kwargs))
        return create_engine("sqlite://")

    monkeypatch.setattr(sa, "create_engine", note_and_stand_in)
    monkeypatch.setenv("TRACKER_DB_URL", "postgresql://rasa:pw@db/rasa")
    BatonTrackerStore(Domain.empty())
    [(url, kwargs)] = made
    assert url == "postgresql://rasa:pw@db/rasa"
    assert kwargs["pool_size"] == 50
