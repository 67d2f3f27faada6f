"""Closing categories: who keeps them, what an ending may name, and what the closing form begins with."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, Table, select

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.migrations import runner
from handoff_service.models import AuditEntry, Handoff
from tests.service.callers import AgentCaller, Agents
from tests.service.desk import Desk
from tests.service.live import listening

NAMES = {"zh": "积分", "en": "Points"}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


def ids(who: AgentCaller, parent_id: str | None = None) -> list[str]:
    found = who.get("/closing/categories").json()
    return [each["id"] for each in found if each["parent_id"] == parent_id]


def one(who: AgentCaller, category_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = who.get("/closing/categories").json()
    return next(each for each in found if each["id"] == category_id)


def add(vera: AgentCaller, parent_id: str | None = None, **given: Any) -> dict[str, Any]:
    answer = vera.post("/closing/categories", json={"parent_id": parent_id, "names": NAMES, **given})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def change(vera: AgentCaller, category_id: str, **given: Any) -> Any:
    return vera.patch(f"/closing/categories/{category_id}", json=given)


def test_a_desk_begins_with_the_shipped_tree_in_both_languages(lin: AgentCaller) -> None:
    assert ids(lin) == ["order", "refund", "account", "fraud", "loan", "complaint", "other"]
    assert ids(lin, "refund.goods") == ["refund.goods.damaged", "refund.goods.wrong", "refund.goods.quality"]
    damaged = one(lin, "refund.goods.damaged")
    assert (damaged["level"], damaged["names"]) == (3, {"zh": "破损", "en": "Damaged"})
    assert (damaged["active"], damaged["usable"], damaged["used"]) == (True, True, False)


def test_supervisors_add_rename_and_move_and_agents_do_not(lin: AgentCaller, vera: AgentCaller) -> None:
    made = add(vera, "loan", topics=["points"])
    assert ids(lin, "loan")[-1] == made["id"]

    assert change(vera, made["id"], position=0).json()["level"] == 2
    assert ids(lin, "loan")[0] == made["id"]
    assert change(vera, made["id"], position=99).is_success
    assert ids(lin, "loan")[-1] == made["id"]
    assert change(vera, made["id"], names={"en": "Bonus"}).json()["names"] == {"en": "Bonus"}

    assert lin.post("/closing/categories", json={"names": NAMES}).status_code == 404
    assert change(lin, made["id"], active=False).status_code == 404
    assert lin.delete(f"/closing/categories/{made['id']}").status_code == 404


def test_there_are_three_levels(vera: AgentCaller) -> None:
    refused = vera.post("/closing/categories", json={"parent_id": "refund.goods.damaged", "names": NAMES})

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:baton:problem:too-deep")
    assert vera.post("/closing/categories", json={"parent_id": "no", "names": NAMES}).status_code == 422


def test_one_is_moved_below_another_with_all_that_is_below_it(
    lin: AgentCaller, vera: AgentCaller, context: Context
) -> None:
    moved = change(vera, "refund.goods", parent_id="order").json()
    assert (moved["parent_id"], moved["level"]) == ("order", 2)
    assert ids(lin, "order")[-1] == "refund.goods"
    assert "refund.goods" not in ids(lin, "refund")
    assert one(lin, "refund.goods.damaged")["level"] == 3
    assert change(vera, "refund.goods", names={"en": "Goods"}).json()["parent_id"] == "order", "it stays"

    made = add(vera)["id"]
    assert change(vera, made, parent_id="order", position=0).is_success
    assert ids(lin, "order")[0] == made
    assert change(vera, "refund.goods", parent_id=None).json()["level"] == 1
    assert ids(lin)[-1] == "refund.goods"
    with context.database.reading() as session:
        changes = select(AuditEntry.details).where(AuditEntry.action == "closing.change")
        told = session.scalars(changes).all()
    assert {"category_id": "refund.goods", "parent_id": "order"} in told


@pytest.mark.parametrize(
    ("moved", "parent_id", "problem"),
    [
        ("refund", "refund", "inside-itself"),
        ("refund", "refund.goods.damaged", "inside-itself"),
        ("refund", "order", "too-deep"),
        ("fraud", "refund.goods.damaged", "too-deep"),
        ("fraud", "nowhere", "unknown-category"),
    ],
)
def test_where_one_cannot_be_moved(
    lin: AgentCaller, vera: AgentCaller, moved: str, parent_id: str, problem: str
) -> None:
    refused = change(vera, moved, parent_id=parent_id)

    assert (refused.status_code, refused.json()["type"]) == (422, f"urn:baton:problem:{problem}")
    assert one(lin, moved)["parent_id"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"names": {}}, {"names": {"zh": " "}}, {"names": {"fr": "x"}}, {"topics": [""]}, {"x": 1}],
)
def test_wrong_values_are_refused(vera: AgentCaller, wrong: dict[str, Any]) -> None:
    assert vera.post("/closing/categories", json={"names": NAMES, **wrong}).status_code == 422


@pytest.mark.parametrize("how", ["return", "resolve"])
def test_what_it_was_about_is_kept_with_the_handoff(
    desk: Desk, lin: AgentCaller, vera: AgentCaller, how: str
) -> None:
    desk.asks("s")
    held = desk.conversation("s").id
    ending = {
        "outcome": "follow_up",
        "category_id": "refund.status",
        "note": "tomorrow",
        "mark": "needed",
    }

    assert lin.post(f"/conversations/{held}/{how}", json=ending).is_success

    (handoff,) = lin.get(f"/conversations/{held}/handoffs").json()
    assert {name: handoff[name] for name in ending} == ending
    assert one(lin, "refund.status")["used"] is True
    resumes = [entry.payload["outcome"] for entry in desk.outbox("s") if entry.kind == "resume"]
    assert (resumes[0]["outcome"], resumes[0]["note"]) == ("follow_up", "tomorrow")


@pytest.mark.parametrize("outcome", ["done", "unsettled", "", "anything"])
def test_there_is_one_word_for_each_outcome(desk: Desk, lin: AgentCaller, outcome: str) -> None:
    desk.asks("s")
    held = desk.conversation("s").id

    assert lin.post(f"/conversations/{held}/resolve", json={"outcome": outcome}).status_code == 422
    assert lin.post(f"/conversations/{held}/resolve").is_success
    assert lin.get(f"/conversations/{held}/handoffs").json()[0]["outcome"] == "solved"


def test_what_is_not_in_use_any_more_closes_nothing(desk: Desk, lin: AgentCaller, vera: AgentCaller) -> None:
    desk.asks("s")
    close = f"/conversations/{desk.conversation('s').id}/resolve"
    change(vera, "refund", active=False)

    for category_id in ("refund", "refund.goods.damaged"):
        refused = lin.post(close, json={"category_id": category_id})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:baton:problem:category-inactive")
    assert lin.post(close, json={"category_id": "nothing"}).status_code == 422
    assert desk.conversation("s").status == "open", "a refusal changes nothing"
    change(vera, "refund", active=True)
    assert lin.post(close, json={"category_id": "refund.goods.damaged"}).is_success


def test_what_was_used_is_never_removed(desk: Desk, lin: AgentCaller, vera: AgentCaller) -> None:
    made = add(vera, "loan")
    desk.asks("s")
    lin.post(f"/conversations/{desk.conversation('s').id}/resolve", json={"category_id": made["id"]})

    def removed(category_id: str) -> tuple[int, str | None]:
        answer = vera.delete(f"/closing/categories/{category_id}")
        return answer.status_code, answer.json()["reason"] if answer.content else None

    assert removed(made["id"]) == (409, "used")
    assert removed("refund") == (409, "has_others")
    assert removed("refund.goods.damaged") == (204, None)
    assert "refund.goods.damaged" not in ids(vera, "refund.goods")


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        ([{"topic": "refund"}, {"asks_human": True}], "refund"),
        ([{"topic": "refund"}, {"topic": "loan"}, {"asks_human": True}], "loan"),
        ([{"asks_human": True}], None),
        ([{"topic": "fraud"}], "fraud"),
    ],
)
def test_the_form_begins_with_what_was_talked_about(
    desk: Desk, lin: AgentCaller, turns: list[dict[str, Any]], found: str | None
) -> None:
    for number, signals in enumerate(turns):
        desk.turn("s", f"turn {number}", **signals)
    path = f"/conversations/{desk.conversation('s').id}/closing"

    assert lin.get(path).json() == {"category_id": found}


def test_without_turns_the_skills_say_what_it_is_about(desk: Desk, lin: AgentCaller, assistant: Any) -> None:
    given = {"sender_id": "s", "channel": "webchat", "skills": ["risk"], "language": "en"}
    assistant.post("/handoffs", json=given, headers={"Idempotency-Key": "key-000001"})

    path = f"/conversations/{desk.conversation('s').id}/closing"
    assert lin.get(path).json() == {"category_id": "fraud"}


def test_changes_are_told_and_audited(
    live_url: str, context: Context, lin: AgentCaller, vera: AgentCaller
) -> None:
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        change(vera, "order", names=NAMES)
        assert stream.event().event == "closing.updated"

    with context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "closing.change")).one()
    assert (entry.actor, entry.details) == (f"agent:{vera.id}", {"category_id": "order", "names": NAMES})


def test_earlier_endings_get_the_words_of_today(database: Database, context: Context) -> None:
    desk = Desk(context)
    desk.agent("Mei")
    for sender in ("a", "b", "c", "d"):
        desk.asks(sender)
    with database.transaction() as session:
        config = runner._config()
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0013")
        handoffs = Table("handoffs", MetaData(), autoload_with=session.connection())
        found = session.scalars(select(handoffs.c.id).order_by(handoffs.c.requested_at)).all()
        for handoff_id, outcome in zip(found, ("done", "unsettled", "follow_up", "gave_up"), strict=True):
            session.execute(handoffs.update().where(handoffs.c.id == handoff_id).values(outcome=outcome))
        command.upgrade(config, "head")

    with database.reading() as session:
        outcomes = dict(session.execute(select(Handoff.id, Handoff.outcome)).all())
    assert [outcomes[each] for each in found] == ["solved", "unsolved", "follow_up", "gave_up"]
