"""The shipper against a real HTTP server that fails in the ways a real service does."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rasa_parts import shipper as shipper_module
from rasa_parts.ingest_client import IngestClient
from rasa_parts.shipper import Shipper
from rasa_parts.spool import Spool
from tests.assistant.fake_ingest import DEADLINE, KEY, FakeIngest, eventually, free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def spool_path(tmp_path):
    return tmp_path / "spool.db"


@pytest.fixture
def spool(spool_path):
    with closing(Spool(spool_path, busy_seconds=5, checkpoint_pages=1000)) as spool:
        yield spool


@pytest.fixture
def fake():
    with FakeIngest() as fake:
        yield fake


@pytest.fixture
def start(spool_path):
    started = []

    def _start(url, key=KEY, timeout=(2, DEADLINE)):
        shipper = Shipper(spool_path, IngestClient(url, key, timeout=timeout))
        shipper.start()
        started.append(shipper)
        return shipper

    yield _start
    for shipper in started:
        shipper.stop(DEADLINE)


def put(spool, *texts, sender_id="a"):
    spool.append(
        json.dumps(
            {"sender_id": sender_id, "event": {"event": "user", "text": text}, "reply_to": None, "n": None}
        )
        for text in texts
    )


def is_empty(spool):
    return spool.waiting() == 0


def numbers(count):
    return [str(number) for number in range(count)]


def wait_until_empty(fake, spool, texts):
    fake.wait_until(lambda: fake.texts() == texts)
    eventually(lambda: is_empty(spool))  # the answer is still on its way


def test_events_arrive_in_order_in_batches_of_at_most_200_and_leave_the_spool(spool, fake, start):
    put(spool, *numbers(450))
    start(fake.url)
    wait_until_empty(fake, spool, numbers(450))
    assert [len(batch) for batch in fake.batches] == [0, 200, 200, 50]
    assert [item["id"] for item in fake.stored] == sorted(item["id"] for item in fake.stored)


def test_it_announces_itself_once_before_anything_was_said(fake, spool, start):
    shipper = start(fake.url)
    fake.wait_until(lambda: fake.statuses == [200])
    assert fake.batches == [[]]
    put(spool, "你好")
    shipper.wake()
    wait_until_empty(fake, spool, ["你好"])
    assert len(fake.batches) == 2


def test_in_a_rush_requests_are_fewer_and_larger(fake, spool, start, monkeypatch):
    monkeypatch.setattr(shipper_module, "BETWEEN", 1.0)
    shipper = start(fake.url)
    put(spool, "0")
    shipper.wake()
    wait_until_empty(fake, spool, ["0"])
    for text in "12345":
        put(spool, text)
        shipper.wake()
    wait_until_empty(fake, spool, list("012345"))
    assert [len(batch) for batch in fake.batches] == [0, 1, 5]


def test_each_request_carries_a_correlation_id_of_its_own(fake, spool, start):
    put(spool, "你好")
    start(fake.url)
    wait_until_empty(fake, spool, ["你好"])
    ids = [headers["X-Correlation-ID"] for headers in fake.headers]
    assert all(ids)
    assert len(set(ids)) == len(ids) == 2


@pytest.mark.parametrize("kind", [500, 503, 401, 403, 404, 429, 302, "hang", "drop", "nonsense"])
def test_what_may_pass_is_tried_again_and_nothing_is_lost_or_reordered(fake, spool, start, kind):
    put(spool, *numbers(3))
    fake.fail(200 if kind == "nonsense" else kind, kind, kind)
    start(fake.url, timeout=(2, 0.3) if kind == "hang" else (2, DEADLINE))
    wait_until_empty(fake, spool, numbers(3))
    assert dead(spool) == []


def test_a_service_that_is_down_gets_everything_when_it_comes_up(spool, start):
    port = free_port()
    put(spool, *numbers(3))
    start(f"http://127.0.0.1:{port}")
    with FakeIngest(port) as fake:
        wait_until_empty(fake, spool, numbers(3))


def test_an_answer_that_got_lost_leads_to_a_repetition_which_is_then_settled(fake, spool, start):
    put(spool, *numbers(3))
    store = fake.answer

    def store_but_break_the_connection(events):
        answer = store(events)
        if events:
            fake.answer = store
            return 0, "drop"
        return answer

    fake.answer = store_but_break_the_connection
    start(fake.url)
    wait_until_empty(fake, spool, numbers(3))
    assert [len(batch) for batch in fake.batches] == [0, 3, 3]


def test_a_wrong_key_costs_no_event(fake, spool, start):
    put(spool, "你好")
    wrong = start(fake.url, key="wrong")
    fake.wait_until(lambda: fake.statuses.count(401) >= 2)
    wrong.stop(DEADLINE)
    assert spool.waiting() == 1
    start(fake.url)
    wait_until_empty(fake, spool, ["你好"])


def test_a_poisoned_event_is_set_aside_and_holds_nobody_back(fake, spool, start):
    fake.refuses = lambda item: item["event"]["text"] == "poison"
    put(spool, *numbers(20), "poison", *numbers(20))
    start(fake.url)
    wait_until_empty(fake, spool, numbers(20) + numbers(20))
    [(_, body, reason)] = dead(spool)
    assert json.loads(body)["event"]["text"] == "poison"
    assert "422" in reason


def test_a_batch_that_is_too_big_is_split_until_it_fits(fake, spool, start):
    fake.max_batch = 3
    put(spool, *numbers(20))
    start(fake.url)
    wait_until_empty(fake, spool, numbers(20))
    assert dead(spool) == []


def test_a_service_that_refuses_everything_is_not_believed(fake, spool, start):
    put(spool, *numbers(4))
    shipper = start(fake.url)
    wait_until_empty(fake, spool, numbers(4))
    fake.refuses_everything = True
    put(spool, "5", "6")
    shipper.wake()
    fake.wait_until(lambda: fake.statuses.count(413) >= 6)
    assert dead(spool) == []
    fake.refuses_everything = False
    wait_until_empty(fake, spool, [*numbers(4), "5", "6"])


def test_a_rejected_event_is_settled_with_a_warning(fake, spool, start, caplog):
    fake.rejects = lambda item: item["event"]["text"] == "bad"
    put(spool, "good", "bad", "better")
    start(fake.url)
    wait_until_empty(fake, spool, ["good", "better"])
    assert "rejected event" in caplog.text
    assert "not an event of ours" in caplog.text


def test_an_answer_that_leaves_events_out_settles_only_the_others(fake, spool, start):
    put(spool, *numbers(3))
    answer = fake.answer

    def forgetful(events):
        if not events:
            return answer(events)
        fake.answer = answer
        status, body = answer(events[:1])
        return status, {"results": [*body["results"], {"id": events[1]["id"], "status": "odd"}]}

    fake.answer = forgetful
    start(fake.url)
    wait_until_empty(fake, spool, numbers(3))
    assert [len(batch) for batch in fake.batches] == [0, 3, 2]


def test_stopping_sends_what_was_spooled_before(fake, spool, start):
    shipper = start(fake.url)
    fake.wait_until(lambda: len(fake.statuses) == 1)
    put(spool, *numbers(500))
    shipper.stop(DEADLINE)
    assert not shipper.is_alive()
    assert fake.texts() == numbers(500)


def test_stopping_does_not_wait_for_a_service_that_is_away(spool, start):
    shipper = start(f"http://127.0.0.1:{free_port()}")
    put(spool, "你好")
    shipper.stop(DEADLINE)
    assert not shipper.is_alive()
    assert spool.waiting() == 1


def test_of_two_shippers_in_a_process_one_stands_by_and_takes_over(fake, spool, start):
    first = start(fake.url)
    fake.wait_until(lambda: len(fake.statuses) == 1)
    second = start(fake.url)
    put(spool, *numbers(300))
    second.wake()
    wait_until_empty(fake, spool, numbers(300))
    assert fake.batches.count([]) == 1  # the second has not even said hello
    first.stop(DEADLINE)
    fake.wait_until(lambda: fake.batches.count([]) == 2)
    put(spool, "after")
    second.wake()
    wait_until_empty(fake, spool, [*numbers(300), "after"])


OTHER_PROCESS = """
import sys
from pathlib import Path
from rasa_parts.ingest_client import IngestClient
from rasa_parts import shipper as shipper_module
from rasa_parts.shipper import Shipper
from rasa_parts.spool import Spool
path = Path(sys.argv[1])
spool = Spool(path, busy_seconds=5, checkpoint_pages=1000)
shipper = Shipper(path, IngestClient(sys.argv[2], sys.argv[3]))
shipper.start()
print("ready", flush=True)
for line in sys.stdin:
    spool.append([line.strip()])
    shipper.wake()
    print("spooled", flush=True)
"""


def test_two_processes_on_one_spool_ship_in_order_and_the_second_takes_over_when_the_first_is_killed(
    fake, spool, spool_path, start
):
    arguments = [sys.executable, "-c", OTHER_PROCESS, str(spool_path), fake.url, KEY]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        try:
            assert first.stdout.readline() == "ready\n"
            fake.wait_until(lambda: fake.batches == [[]])
            second = start(fake.url)
            for number in range(0, 40, 2):
                body = {"sender_id": "a", "event": {"event": "user", "text": str(number)}}
                first.stdin.write(json.dumps(body) + "\n")
                first.stdin.flush()
                assert first.stdout.readline() == "spooled\n"
                put(spool, str(number + 1))
                second.wake()
            wait_until_empty(fake, spool, numbers(40))
            assert fake.batches.count([]) == 1
        finally:
            first.kill()
    put(spool, "after")
    second.wake()
    wait_until_empty(fake, spool, [*numbers(40), "after"])
    assert fake.batches.count([]) == 2


def test_a_spool_that_cannot_be_opened_is_tried_again(tmp_path, fake):
    path = tmp_path / "later" / "spool.db"
    shipper = Shipper(path, IngestClient(fake.url, KEY))
    shipper.start()
    path.parent.mkdir()
    with closing(Spool(path, busy_seconds=5, checkpoint_pages=1000)) as spool:
        put(spool, "你好")
        wait_until_empty(fake, spool, ["你好"])
    shipper.stop(DEADLINE)


def test_a_long_outage_is_logged_once_a_minute_and_its_end_too(fake, spool, start, caplog):
    caplog.set_level("INFO")
    fake.fail(*[500] * 4)
    put(spool, "你好")
    start(fake.url)
    wait_until_empty(fake, spool, ["你好"])
    eventually(lambda: "shipped again" in caplog.text)
    assert caplog.text.count("cannot be shipped") == 1


def dead(spool):
    return spool._db.execute("SELECT id, body, reason FROM dead").fetchall()


def test_ids_never_come_back(spool, spool_path):
    put(spool, "1", "2")
    ids = [event.id for event in spool.batch(10)]
    spool.remove(ids)
    put(spool, "3")
    assert spool.batch(10)[0].id > max(ids)
    with closing(sqlite3.connect(spool_path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
