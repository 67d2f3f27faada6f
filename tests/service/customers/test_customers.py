"""Customers and the identities that lead to them."""

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import AuditEntry, Identity
from tests.service.callers import AgentCaller, Agents, Caller
from tests.service.desk import Desk

JING = {
    "name": "陈静",
    "tier": "gold",
    "tags": ["vip", "press"],
    "identities": [
        {"channel": "rest", "sender_id": "jing"},
        {"channel": "webchat", "sender_id": "webchat:main:1"},
    ],
}


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


def test_what_was_put_is_got(vera: AgentCaller, assistant: Caller) -> None:
    answer = assistant.put("/customers/c-1", json=JING)

    assert answer.status_code == 200
    assert answer.json() == {"id": "c-1", "language": None, **JING}
    assert vera.get("/customers/c-1").json() == answer.json()
    assert assistant.get("/customers/c-1").json() == answer.json()


def test_putting_replaces_all_of_a_customer(vera: AgentCaller, context: Context) -> None:
    vera.put("/customers/c-1", json=JING)

    answer = vera.put(
        "/customers/c-1",
        json={
            "name": "陈静",
            "identities": [
                {"channel": "wechat", "sender_id": "wechat:9"},
                {"channel": "app", "sender_id": "jing"},
            ],
        },
    )

    assert answer.json() == {
        "id": "c-1",
        "name": "陈静",
        "tier": None,
        "tags": [],
        "language": None,
        "identities": [
            {"channel": "app", "sender_id": "jing"},
            {"channel": "wechat", "sender_id": "wechat:9"},
        ],
    }
    with context.database.reading() as session:
        assert set(session.scalars(select(Identity.sender_id))) == {"jing", "wechat:9"}
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("customer.%")))
        assert sorted(actions) == ["customer.change", "customer.create"]


def test_an_identity_leads_to_one_customer_only(vera: AgentCaller) -> None:
    vera.put("/customers/c-1", json=JING)

    answer = vera.put(
        "/customers/c-2", json={"name": "Alex", "identities": [{"channel": "rest", "sender_id": "jing"}]}
    )

    assert answer.status_code == 409
    assert "jing" in answer.json()["detail"]
    assert vera.get("/customers/c-2").status_code == 404


def test_a_conversation_under_way_shows_its_customer_at_once(vera: AgentCaller, context: Context) -> None:
    desk = Desk(context)
    desk.turn("jing")
    conversation_id = desk.conversation("jing").id

    vera.put("/customers/c-1", json=JING)
    assert vera.get(f"/conversations/{conversation_id}").json()["customer"]["tier"] == "gold"

    vera.put("/customers/c-1", json={"name": "陈静"})
    assert vera.get(f"/conversations/{conversation_id}").json()["customer"] is None


def test_agents_do_not_see_customers(as_agent: Agents, vera: AgentCaller) -> None:
    vera.put("/customers/c-1", json=JING)
    lin = as_agent("lin")

    assert lin.get("/customers/c-1").status_code == 404
    assert lin.put("/customers/c-1", json={}).status_code == 404


def test_without_a_key_there_is_no_way_in(client: object, assistant: Caller) -> None:
    nobody = Caller(assistant.client)

    assert nobody.get("/customers/c-1").status_code == 401
    assert nobody.put("/customers/c-1", json=JING).status_code == 401
    wrong = Caller(assistant.client, {"Authorization": "Bearer service-key-for-test"})
    assert wrong.get("/customers/c-1").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": 7},
        {"name": "a\x00b"},
        {"tier": "x" * 65},
        {"tags": "vip"},
        {"tags": ["t"] * 101},
        {"identities": [{"channel": "rest"}]},
        {"identities": [{"channel": "rest", "sender_id": ""}]},
        {"identities": [{"channel": "rest", "sender_id": "a"}, {"channel": "app", "sender_id": "a"}]},
        {"identities": [{"channel": "rest", "sender_id": "a\x00"}]},
        {"vip": True},
    ],
)
def test_wrong_values_are_refused(assistant: Caller, wrong: dict[str, object]) -> None:
    assert assistant.put("/customers/c-1", json={**JING, **wrong}).status_code == 422
    assert assistant.get("/customers/c-1").status_code == 404


def test_an_id_has_an_end(assistant: Caller) -> None:
    assert assistant.put(f"/customers/{'c' * 101}", json=JING).status_code == 422
