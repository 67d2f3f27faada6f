"""Canned answers: whose they are, who changes them, and who hears of it."""

from typing import Any

import pytest
from sqlalchemy import select

from handoff_service import demo
from handoff_service.auth.passwords import Passwords
from handoff_service.canned import service
from handoff_service.canned.variables import VARIABLES
from handoff_service.context import Context
from handoff_service.models import AuditEntry
from tests.service.callers import PASSWORD, AgentCaller, Agents, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk
from tests.service.live import listening

GREETING: dict[str, Any] = {
    "title": "Greeting",
    "category": "Opening",
    "shortcut": "Hi",
    "texts": {"zh": "您好，{{customer.name}}", "en": "Hello {{ customer.name }}"},
}


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin")


@pytest.fixture
def sam(as_agent: Agents) -> AgentCaller:
    return as_agent("sam")


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


def titles(caller: AgentCaller) -> list[str]:
    return [answer["title"] for answer in caller.get("/canned").json()["items"]]


def test_an_own_answer_is_the_agents_alone(lin: AgentCaller, sam: AgentCaller, vera: AgentCaller) -> None:
    made = lin.post("/canned", json=GREETING)

    assert made.status_code == 201
    answer = made.json()
    assert (answer["shared"], answer["shortcut"], answer["category"]) == (False, "hi", "Opening")
    assert answer["texts"] == GREETING["texts"]
    assert lin.get("/canned").json()["items"] == [answer]
    for other in (sam, vera):
        assert titles(other) == []
        assert other.put(f"/canned/{answer['id']}", json=GREETING).status_code == 404
        assert other.delete(f"/canned/{answer['id']}").status_code == 404


def test_shared_ones_are_everybodys_to_use_and_supervisors_to_change(
    lin: AgentCaller, vera: AgentCaller
) -> None:
    assert lin.post("/canned", json={**GREETING, "shared": True}).status_code == 403
    answer = vera.post("/canned", json={**GREETING, "shared": True}).json()

    assert titles(lin) == titles(vera) == ["Greeting"]
    assert lin.put(f"/canned/{answer['id']}", json=GREETING).status_code == 403
    assert lin.delete(f"/canned/{answer['id']}").status_code == 403
    changed = vera.put(f"/canned/{answer['id']}", json={**GREETING, "shared": True, "title": "Welcome"})
    assert changed.json()["title"] == "Welcome"
    assert titles(lin) == ["Welcome"]
    assert vera.delete(f"/canned/{answer['id']}").status_code == 204
    assert titles(lin) == []
    assert vera.delete(f"/canned/{answer['id']}").status_code == 404


def test_a_supervisor_shares_an_own_answer_and_takes_it_back(lin: AgentCaller, vera: AgentCaller) -> None:
    answer = vera.post("/canned", json=GREETING).json()
    assert titles(lin) == []

    assert vera.put(f"/canned/{answer['id']}", json={**GREETING, "shared": True}).is_success
    assert titles(lin) == ["Greeting"]
    assert vera.put(f"/canned/{answer['id']}", json=GREETING).is_success
    assert titles(lin) == []
    assert titles(vera) == ["Greeting"]


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("Dear {{customer.nme}}", ["customer.nme"]),
        ("{{a}} {{b}}", ["a", "b"]),
        ("Dear {{customer.name", ["{{"]),
    ],
)
def test_an_unknown_variable_is_refused_by_name(lin: AgentCaller, text: str, variables: list[str]) -> None:
    refused = lin.post("/canned", json={**GREETING, "texts": {"en": text}})

    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:baton:problem:unknown-variable"
    assert refused.json()["variables"] == variables
    assert refused.json()["known"] == list(VARIABLES)
    assert [each["name"] for each in lin.get("/canned/variables").json()] == list(VARIABLES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"texts": {}},
        {"texts": {"zh": " "}},
        {"texts": {"fr": "bonjour"}},
        {"texts": {"en": "x" * 5001}},
        {"title": " "},
        {"shortcut": "two words"},
        {"shortcut": "/hi"},
        {"category": "x" * 61},
        {"more": 1},
    ],
)
def test_wrong_values_are_refused(lin: AgentCaller, wrong: dict[str, Any]) -> None:
    assert lin.post("/canned", json={**GREETING, **wrong}).status_code == 422


def test_a_shortcut_means_one_answer_of_ones_own_and_one_that_is_shared(
    lin: AgentCaller, sam: AgentCaller, vera: AgentCaller
) -> None:
    first = lin.post("/canned", json=GREETING).json()

    taken = lin.post("/canned", json={**GREETING, "title": "Other", "shortcut": "HI"})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:baton:problem:shortcut-taken")
    assert lin.put(f"/canned/{first['id']}", json={**GREETING, "title": "Still mine"}).is_success
    assert sam.post("/canned", json=GREETING).is_success
    assert vera.post("/canned", json={**GREETING, "shared": True}).is_success
    assert vera.post("/canned", json={**GREETING, "shared": True}).status_code == 409
    assert lin.post("/canned", json={**GREETING, "shortcut": None}).is_success
    assert lin.post("/canned", json={**GREETING, "shortcut": None}).is_success


def test_two_who_want_the_same_shortcut_at_once(as_agent: Agents, vera: AgentCaller) -> None:
    other = as_agent("olga", role="supervisor", presence="offline")
    shared = {**GREETING, "shared": True}

    answers = at_once(
        *(lambda who=who: who.post("/canned", json=shared).status_code for who in (vera, other))
    )

    assert sorted(answers) == [201, 409]


def test_there_is_a_most(lin: AgentCaller, sam: AgentCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_OWN", 2)
    plain = {**GREETING, "shortcut": None}
    assert [lin.post("/canned", json=plain).status_code for _ in range(3)] == [201, 201, 409]
    assert sam.post("/canned", json=plain).status_code == 201


def test_pages_follow_each_other(lin: AgentCaller, vera: AgentCaller, clock: Clock) -> None:
    for number in range(5):
        clock.advance(seconds=number % 2)
        given = {**GREETING, "title": str(number), "shortcut": None}
        (
            lin.post("/canned", json=given)
            if number % 2
            else vera.post("/canned", json={**given, "shared": True})
        )

    seen, cursor = [], None
    while True:
        page = lin.get("/canned", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [answer["title"] for answer in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert seen == titles(lin)


def test_changes_are_in_the_audit(context: Context, lin: AgentCaller) -> None:
    answer = lin.post("/canned", json=GREETING).json()
    lin.put(f"/canned/{answer['id']}", json=GREETING)
    lin.delete(f"/canned/{answer['id']}")

    with context.database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("canned."))).all()
    assert sorted(entry.action for entry in entries) == ["canned.change", "canned.create", "canned.remove"]
    assert {(entry.actor, entry.details["canned_id"]) for entry in entries} == {
        (f"agent:{lin.id}", answer["id"])
    }


def test_who_uses_an_answer_hears_of_its_changes_and_nobody_else(
    live_url: str, lin: AgentCaller, vera: AgentCaller
) -> None:
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        own = vera.post("/canned", json=GREETING).json()
        shared = vera.put(f"/canned/{own['id']}", json={**GREETING, "shared": True}).json()
        first = stream.event()
        vera.put(f"/canned/{own['id']}", json=GREETING)
        second = stream.event()

    assert (first.event, first.data["answer"]) == ("canned.updated", shared)
    assert "owner_id" not in first.data
    assert (second.event, second.data["id"]) == ("canned.removed", own["id"])


def test_words_that_still_hold_a_variable_are_not_said_to_a_customer(
    context: Context, as_agent: Agents
) -> None:
    mei = as_agent("mei", skills=["en"])
    desk = Desk(context)
    desk.asks("s")
    say = f"/conversations/{desk.conversation('s').id}/messages"

    refused = mei.post(say, json={"text": "Hello {{customer.name}}", "client_id": "1"})

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:baton:problem:unresolved")
    assert refused.json()["variables"] == ["customer.name"]
    assert mei.post(say, json={"text": "Write {{name}} in the template", "client_id": "1"}).status_code == 202
    note = f"/conversations/{desk.conversation('s').id}/notes"
    assert mei.post(note, json={"text": "use {{customer.name}}", "client_id": "2"}).status_code == 201


def test_the_demonstration_begins_with_some_and_leaves_them_to_the_supervisor(
    context: Context, passwords: Passwords, as_agent: Agents
) -> None:
    olga = as_agent("olga", role="supervisor", presence="offline")

    def seed() -> list[dict[str, Any]]:
        with context.work("operator") as unit:
            demo.seed(unit, passwords, PASSWORD)
        items: list[dict[str, Any]] = olga.get("/canned").json()["items"]
        return items

    shipped = seed()
    assert len(shipped) >= 6
    assert all(set(answer["texts"]) == {"zh", "en"} and answer["shared"] for answer in shipped)
    olga.delete(f"/canned/{shipped[0]['id']}")
    assert len(seed()) == len(shipped) - 1
