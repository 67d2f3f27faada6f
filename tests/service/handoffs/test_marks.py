"""Agents judge handoffs: on closing, or afterwards."""

import pytest
from sqlalchemy import select

from handoff_service.models import AuditEntry
from tests.service.desk import Desk


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent):
    return as_agent("lin", skills=["en"])


def audited(context) -> list[dict]:
    with context.database.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "handoff.mark").order_by(AuditEntry.at)
        ).all()
        return [{"actor": entry.actor, **entry.details} for entry in entries]


@pytest.mark.parametrize("ending", ["return", "resolve"])
def test_a_handoff_is_marked_on_closing(desk, lin, context, ending):
    handoff_id = desk.asks("s")["handoff"]["id"]
    conversation_id = desk.conversation("s").id

    assert (
        lin.post(f"/conversations/{conversation_id}/{ending}", json={"mark": "too_late"}).status_code == 200
    )

    (record,) = lin.get(f"/conversations/{conversation_id}/handoffs").json()
    assert record["id"] == handoff_id
    assert (record["mark"], record["marked_by"], record["agent_id"]) == ("too_late", lin.id, lin.id)
    assert record["marked_at"] == record["ended_at"]
    assert audited(context) == [
        {"actor": f"agent:{lin.id}", "handoff_id": handoff_id, "before": None, "mark": "too_late"}
    ]


def test_no_mark_is_no_judgement(desk, lin, context):
    desk.asks("s")
    conversation_id = desk.conversation("s").id

    lin.post(f"/conversations/{conversation_id}/return")

    (record,) = lin.get(f"/conversations/{conversation_id}/handoffs").json()
    assert record["mark"] is None
    assert audited(context) == []


def test_a_mark_can_be_changed_afterwards_and_is_seen_while_the_handoff_is_under_way(
    desk, lin, context, clock
):
    handoff_id = desk.asks("s")["handoff"]["id"]
    conversation_id = desk.conversation("s").id

    assert lin.put(f"/handoffs/{handoff_id}/mark", json={"mark": "not_needed"}).json()["mark"] == "not_needed"
    assert lin.get(f"/conversations/{conversation_id}").json()["handoff"]["mark"] == "not_needed"
    lin.post(f"/conversations/{conversation_id}/return")
    clock.advance(seconds=1)
    assert lin.put(f"/handoffs/{handoff_id}/mark", json={"mark": "needed"}).json()["mark"] == "needed"

    assert [(entry["before"], entry["mark"]) for entry in audited(context)] == [
        (None, "not_needed"),
        ("not_needed", "needed"),
    ]


def test_only_who_held_it_and_supervisors_may_mark(desk, lin, as_agent):
    handoff_id = desk.asks("s")["handoff"]["id"]
    other = as_agent("sam", skills=["en"])
    vera = as_agent("vera", role="supervisor")

    assert other.put(f"/handoffs/{handoff_id}/mark", json={"mark": "needed"}).status_code == 404
    assert vera.put(f"/handoffs/{handoff_id}/mark", json={"mark": "needed"}).json()["marked_by"] == vera.id
    assert vera.put("/handoffs/none/mark", json={"mark": "needed"}).status_code == 404


@pytest.mark.parametrize("mark", ["maybe", "", None, 1])
def test_other_words_are_no_marks(desk, lin, mark):
    handoff_id = desk.asks("s")["handoff"]["id"]

    assert lin.put(f"/handoffs/{handoff_id}/mark", json={"mark": mark}).status_code == 422
