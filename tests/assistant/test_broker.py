"""The event broker: nothing that happens to the disk or the service reaches Rasa."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from rasa.utils.endpoints import EndpointConfig

from rasa_parts import broker as broker_module
from rasa_parts.broker import SpoolBroker
from rasa_parts.spool import Spool
from tests.assistant.fake_ingest import DEADLINE, KEY, FakeIngest, eventually, free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "spool.db"


def user(text, message_id="m1", sender_id="a"):
    return {
        "sender_id": sender_id,
        "event": "user",
        "timestamp": 1.5,
        "text": text,
        "message_id": message_id,
        "metadata": {"model_id": "x"},
    }


def bot(text):
    return {"sender_id": "a", "event": "bot", "timestamp": 2.5, "text": text, "data": {}, "metadata": {}}


def spooled(path):
    with closing(Spool(path, busy_seconds=5, checkpoint_pages=1000)) as spool:
        return [json.loads(event.body) for event in spool.batch(10_000)]


def texts(path):
    return [item["event"]["text"] for item in spooled(path)]


def close(broker):
    asyncio.run(broker.close())


def test_published_events_are_on_disk_when_publish_returns(path):
    broker = SpoolBroker(path)
    published = user("我的订单 10023")
    broker.publish(published)
    broker.publish(bot("正在路上"))
    broker.publish(bot("还有别的问题吗？"))
    event = {key: value for key, value in published.items() if key != "sender_id"}
    first, second, third = spooled(path)
    assert first == {"sender_id": "a", "event": event, "reply_to": None, "n": None}
    assert (second["reply_to"], second["n"]) == ("m1", 0)
    assert (third["reply_to"], third["n"]) == ("m1", 1)
    close(broker)


def test_events_published_together_are_one_transaction_and_a_bad_one_costs_no_other(path, monkeypatch):
    appended = []
    append = Spool.append
    monkeypatch.setattr(Spool, "append", lambda self, rows: appended.append(len(rows)) or append(self, rows))
    broker = SpoolBroker(path)
    broker.publish_all([user("我的订单 10023"), {"event": "of nobody"}, bot("正在路上")])
    assert texts(path) == ["我的订单 10023", "正在路上"]
    assert (appended, broker.lost) == ([2], 1)
    close(broker)


def test_the_event_that_rasa_goes_on_to_use_is_not_changed(path):
    broker = SpoolBroker(path)
    event = user("a\0")
    broker.publish(event)
    assert event == user("a\0")
    close(broker)


def test_texts_that_no_database_can_bind_are_made_storable(path):
    broker = SpoolBroker(path)
    broker.publish(user("退\0款\ud800", message_id="m\0", sender_id="x\udfff"))
    [item] = spooled(path)
    assert (item["sender_id"], item["event"]["text"], item["event"]["message_id"]) == ("x�", "退�款�", "m�")
    close(broker)


@pytest.mark.parametrize("event", [{}, {"event": "user"}, None, 5])
def test_what_is_no_event_is_counted_logged_and_raises_nothing(path, event, caplog):
    broker = SpoolBroker(path)
    broker.publish(event)
    broker.publish(user("next"))
    assert broker.lost == 1
    assert "could not be spooled" in caplog.text
    assert texts(path) == ["next"]
    close(broker)


def test_a_value_of_an_odd_type_does_not_cost_the_event(path):
    broker = SpoolBroker(path)
    broker.publish({"sender_id": "a", "event": "slot", "name": "x", "value": {1, 2}})
    assert spooled(path)[0]["event"]["value"] == "{1, 2}"
    close(broker)


def test_while_the_spool_is_locked_events_are_held_and_then_appended_in_order(path, monkeypatch, caplog):
    monkeypatch.setattr(broker_module, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(broker_module, "RETRY_SECONDS", 0.05)
    broker = SpoolBroker(path)
    broker.publish(user("1"))
    with closing(sqlite3.connect(path)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        for number in range(2, 30):
            broker.publish(user(str(number)))
        assert texts(path) == ["1"]
        blocker.rollback()
    eventually(lambda: texts(path) == [str(number) for number in range(1, 30)])
    assert broker.lost == 0
    assert caplog.text.count("takes no events") == 1
    broker.publish(user("30"))
    assert texts(path)[-1] == "30"
    close(broker)


def test_a_full_disk_is_waited_out(path, monkeypatch, caplog):
    monkeypatch.setattr(broker_module, "RETRY_SECONDS", 0.05)
    broker = SpoolBroker(path)
    broker.publish(user("1"))
    # SQLite's own limit ends in the same error as a disk without space.
    pages = broker._spool._db.execute("PRAGMA page_count").fetchone()[0]
    open_spool = broker_module.Spool

    def on_a_full_disk(*args, **kwargs):
        spool = open_spool(*args, **kwargs)
        spool._db.execute(f"PRAGMA max_page_count = {pages}")
        return spool

    broker._spool._db.execute(f"PRAGMA max_page_count = {pages}")
    monkeypatch.setattr(broker_module, "Spool", on_a_full_disk)
    long_text = "长" * 20_000
    broker.publish(user(long_text))
    broker.publish(user("3"))
    assert texts(path) == ["1"]
    assert "full" in caplog.text
    monkeypatch.setattr(broker_module, "Spool", open_spool)
    eventually(lambda: texts(path) == ["1", long_text, "3"])
    close(broker)


def test_beyond_what_memory_may_hold_the_oldest_events_go_and_are_counted(path, monkeypatch):
    monkeypatch.setattr(broker_module, "MAX_HELD", 3)
    monkeypatch.setattr(broker_module, "RETRY_SECONDS", 3600)
    path.mkdir()  # no file can be made here
    broker = SpoolBroker(path)
    for number in range(5):
        broker.publish(user(str(number)))
    assert broker.lost == 2
    path.rmdir()
    close(broker)
    assert texts(path) == ["2", "3", "4"]


def test_a_broken_spool_file_raises_nothing_and_what_is_lost_at_the_end_is_said(path, caplog):
    path.write_bytes(b"this is no database" * 100)
    broker = SpoolBroker(path)
    broker.publish(user("1"))
    broker.publish(user("2"))
    assert "takes no events" in caplog.text
    retry = broker._retry
    close(broker)
    assert broker.lost == 2
    assert "2 events could not be spooled" in caplog.text
    retry.join(DEADLINE)
    assert not retry.is_alive()
    assert broker._retry is None  # nothing goes on in the background


def make(monkeypatch, tmp_path, **environment):
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path / "data"))
    for name in ("HANDOFF_URL", "HANDOFF_SERVICE_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return asyncio.run(SpoolBroker.from_endpoint_config(EndpointConfig(type="x")))


def test_from_publish_to_the_service(monkeypatch, tmp_path):
    with FakeIngest() as fake:
        broker = make(monkeypatch, tmp_path, HANDOFF_URL=fake.url + "/", HANDOFF_SERVICE_KEY=KEY)
        broker.publish(user("你好"))
        fake.wait_until(lambda: fake.texts() == ["你好"])
        broker.publish(bot("您好"))
        close(broker)
        assert fake.texts() == ["你好", "您好"]


def test_closing_ships_what_was_just_published(monkeypatch, tmp_path):
    with FakeIngest() as fake:
        broker = make(monkeypatch, tmp_path, HANDOFF_URL=fake.url, HANDOFF_SERVICE_KEY=KEY)
        for number in range(100):
            broker.publish(user(str(number)))
        close(broker)
        assert fake.texts() == [str(number) for number in range(100)]


def test_without_a_key_events_collect_with_one_warning_and_are_shipped_once_it_is_there(
    monkeypatch, tmp_path, caplog
):
    with FakeIngest() as fake:
        broker = make(monkeypatch, tmp_path, HANDOFF_URL=fake.url)
        broker.publish(user("1"))
        broker.publish(user("2"))
        close(broker)
        assert caplog.text.count("HANDOFF_SERVICE_KEY is not set") == 1
        assert fake.batches == []
        close(make(monkeypatch, tmp_path, HANDOFF_URL=fake.url, HANDOFF_SERVICE_KEY=KEY))
        assert fake.texts() == ["1", "2"]


def test_a_second_broker_after_an_exchange_of_the_model_ships_through_the_same_shipper(monkeypatch, tmp_path):
    with FakeIngest() as fake:
        environment = {"HANDOFF_URL": fake.url, "HANDOFF_SERVICE_KEY": KEY}
        make(monkeypatch, tmp_path, **environment).publish(user("1"))
        second = make(monkeypatch, tmp_path, **environment)
        second.publish(user("2"))
        close(second)
        assert fake.texts() == ["1", "2"]
        assert fake.batches.count([]) == 1


def test_the_data_folder_is_for_its_owner_only(monkeypatch, tmp_path):
    close(make(monkeypatch, tmp_path))
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


PUBLISHER = """
import itertools, os, sys
from pathlib import Path
from rasa_parts.broker import SpoolBroker
from rasa_parts.ingest_client import IngestClient
from rasa_parts.shipper import Shipper
path = Path(sys.argv[1])
shipper = Shipper(path, IngestClient(sys.argv[2], "key"))
shipper.start()
broker = SpoolBroker(path, shipper)
for number in itertools.count():
    event = {"sender_id": f"s{number % 3}", "event": "user", "text": str(number), "message_id": str(number)}
    broker.publish(event)
    os.write(1, b"%d\\n" % number)
"""


def test_what_publish_returned_for_survives_a_kill_and_is_shipped_in_order_by_the_next_process(
    monkeypatch, tmp_path
):
    spool_path = tmp_path / "data" / "spool.db"
    spool_path.parent.mkdir()
    nobody = f"http://127.0.0.1:{free_port()}"
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(spool_path), nobody],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for line in process.stdout:
                if int(line) >= 500:
                    break
        finally:
            process.kill()
        last = max([int(line) for line in process.stdout.read().split()], default=500)
    with FakeIngest() as fake:
        broker = make(monkeypatch, tmp_path, HANDOFF_URL=fake.url, HANDOFF_SERVICE_KEY=KEY)
        fake.wait_until(lambda: len(fake.stored) > last)
        close(broker)
        # One more may have been spooled when the process died before it could say so.
        assert fake.texts() in [[str(n) for n in range(end)] for end in (last + 1, last + 2)]


def test_a_hanging_service_holds_up_neither_publish_nor_the_end(monkeypatch, tmp_path):
    monkeypatch.setattr(broker_module, "CLOSE_SECONDS", 0.1)
    with FakeIngest() as fake:
        fake.fail("hang")
        broker = make(monkeypatch, tmp_path, HANDOFF_URL=fake.url, HANDOFF_SERVICE_KEY=KEY)
        fake.wait_until(lambda: fake.batches == [[]])
        shipper = broker._shipper
        broker.publish(user("1"))
        assert texts(tmp_path / "data" / "spool.db") == ["1"]
        close(broker)
        assert (
            shipper.is_alive()
        )  # still in the request that nobody answers; the process may end all the same
    shipper.join(DEADLINE)
