import asyncio
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ConversationPaused, UserUttered
from rasa.utils.endpoints import EndpointConfig

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
