"""The fixtures of the contract with the service's `/ingest`, seen from the side that sends."""

import asyncio
import json
from contextlib import closing
from pathlib import Path

from rasa_parts.broker import SpoolBroker
from rasa_parts.ingest_client import Accepted, IngestClient
from rasa_parts.spool import Spool, SpooledEvent
from tests.assistant.fake_ingest import KEY, FakeIngest

CONTRACT = Path(__file__).parents[1] / "contract"
REQUEST = json.loads((CONTRACT / "ingest_request.json").read_text(encoding="utf-8"))
RESPONSE = json.loads((CONTRACT / "ingest_response.json").read_text(encoding="utf-8"))


def test_what_rasa_publishes_becomes_the_request_of_the_contract(tmp_path):
    path = tmp_path / "spool.db"
    broker = SpoolBroker(path)
    for item in REQUEST["events"]:
        broker.publish({"sender_id": item["sender_id"], **item["event"]})
    asyncio.run(broker.close())
    with closing(Spool(path, busy_seconds=5, checkpoint_pages=1000)) as spool:
        events = spool.batch(200)
    with FakeIngest() as fake:
        IngestClient(fake.url, KEY).send(events)
    [sent] = fake.batches
    assert [{**item, "id": None} for item in sent] == [{**item, "id": None} for item in REQUEST["events"]]


def test_the_answer_of_the_contract_is_understood():
    with FakeIngest() as fake:
        fake.answer = lambda events: (200, RESPONSE)
        answer = IngestClient(fake.url, KEY).send([SpooledEvent(1, '{"sender_id":"a"}')])
    assert isinstance(answer, Accepted)
    assert answer.answered == {result["id"] for result in RESPONSE["results"]}
    assert answer.rejected == {
        result["id"]: result["reason"] for result in RESPONSE["results"] if result["status"] == "rejected"
    }
