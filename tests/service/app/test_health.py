"""`/healthz` and `/readyz`."""

import datetime as dt

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from handoff_service.context import Context
from handoff_service.models import DeadLetter
from tests.service.callers import Caller, Clock
from tests.service.desk import Desk


def test_a_started_service_lives_and_is_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "at head",
        "assistant_seen_at": None,
        "failed_signals": {},
        "dead_letters": 0,
        "outbox_open": 0,
    }


def test_it_shows_what_waits_and_what_was_given_up(client: TestClient, context: Context) -> None:
    Desk(context).asks("rest:1")
    with context.work() as unit:
        unit.session.add(DeadLetter(event="?", reason="not understood", created_at=unit.now))

    shown = client.get("/readyz").json()

    assert shown["dead_letters"] == 1
    assert shown["outbox_open"] >= 1


def test_a_sign_of_life_of_the_assistant_is_shown(
    client: TestClient, assistant: Caller, clock: Clock
) -> None:
    clock.now = dt.datetime(2026, 3, 2, 10, 30, tzinfo=dt.UTC)
    assistant.post("/ingest", json={"events": []})

    assert client.get("/readyz").json()["assistant_seen_at"] == "2026-03-02T10:30:00Z"


def test_signals_whose_code_crashed_are_counted_by_name(client: TestClient, assistant: Caller) -> None:
    for number, failed in enumerate((["topic"], ["topic", "threat"], [], "no list")):
        turn = {
            "sender_id": "rest:1",
            "channel": "rest",
            "message_id": f"m-{number}",
            "sent_at": "2026-03-02T09:00:00Z",
            "text": "hello",
            "signals": {"failed": failed},
        }
        assert assistant.post("/turns", json=turn).status_code == 200

    assert client.get("/readyz").json()["failed_signals"] == {"threat": 1, "topic": 2}


def test_without_migrations_it_lives_but_is_not_ready(client: TestClient, context: Context) -> None:
    with context.database.transaction() as session:
        head = session.scalar(text("SELECT version_num FROM alembic_version"))
    _set_version(context, "0000")
    try:
        answer = client.get("/readyz")
    finally:
        _set_version(context, head)

    assert answer.status_code == 503
    assert (answer.json()["ready"], answer.json()["migrations"]) == (False, "missing")
    assert client.get("/healthz").status_code == 200


def test_without_a_database_it_lives_but_is_not_ready(
    client: TestClient, app: FastAPI, context: Context
) -> None:
    class Gone:
        def reading(self) -> None:
            from sqlalchemy.exc import OperationalError

            raise OperationalError("SELECT 1", {}, Exception("gone"))

    app.state.context = Context(context.settings, Gone(), context.clock)  # type: ignore[arg-type]

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer"
    assert client.get("/healthz").status_code == 200


def _set_version(context: Context, version: str) -> None:
    with context.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
