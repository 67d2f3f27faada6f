"""The customer beside a conversation: what agents see and may write down."""

from collections.abc import Callable

import pytest

from handoff_service.context import Context
from handoff_service.models import Customer
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


@pytest.fixture
def held(desk: Desk, lin: AgentCaller) -> str:
    desk.asks("s")
    return desk.conversation("s").id


def test_a_visitor_nobody_knows_has_a_profile_and_becomes_a_customer_when_somebody_writes_it_down(
    desk: Desk, lin: AgentCaller, held: str
) -> None:
    before = lin.get(f"/conversations/{held}/customer").json()
    assert before["customer"] is None
    assert before["identities"] == [{"channel": "webchat", "sender_id": "s"}]
    assert before["may"] == {"edit": True, "tier": False, "block": False, "unblock": False}

    change = {"name": "陈静", "tags": ["press", "press"], "language": "zh"}
    after = lin.patch(f"/conversations/{held}/customer", json=change).json()

    known = after["customer"]
    assert (known["name"], known["tags"], known["language"], known["tier"]) == ("陈静", ["press"], "zh", None)
    assert after == lin.get(f"/conversations/{held}/customer").json()
    assert desk.told_last(held)["customer"]["name"] == "陈静"


def test_what_is_not_given_stays_and_null_empties(lin: AgentCaller, vera: AgentCaller, held: str) -> None:
    lin.patch(f"/conversations/{held}/customer", json={"name": "Jing", "tags": ["press"]})
    vera.patch(f"/conversations/{held}/customer", json={"tier": "gold"})
    lin.patch(f"/conversations/{held}/customer", json={"name": None})

    known = lin.get(f"/conversations/{held}/customer").json()["customer"]
    assert (known["name"], known["tags"], known["tier"]) == (None, ["press"], "gold")


def test_the_tier_is_the_supervisors(lin: AgentCaller, held: str) -> None:
    assert lin.patch(f"/conversations/{held}/customer", json={"tier": "gold"}).status_code == 403
    assert lin.get(f"/conversations/{held}/customer").json()["customer"] is None


def test_who_does_not_hold_a_conversation_of_theirs_reads_only(
    desk: Desk, lin: AgentCaller, as_agent: Agents, assistant: Caller, held: str, clock: Clock
) -> None:
    sam = as_agent("sam", presence="away")
    assert sam.get(f"/conversations/{held}/customer").status_code == 404
    lin.post(f"/conversations/{held}/resolve")
    for agent in (sam, lin):
        assert agent.get(f"/conversations/{held}/customer").json()["may"]["edit"] is False
        assert agent.patch(f"/conversations/{held}/customer", json={"name": "x"}).status_code == 403
    clock.advance(minutes=1)
    desk.asks("s")
    assert lin.patch(f"/conversations/{held}/customer", json={"name": "x"}).status_code == 200


def test_earlier_conversations_of_all_their_channels_with_how_they_ended(
    desk: Desk,
    lin: AgentCaller,
    vera: AgentCaller,
    assistant: Caller,
    as_agent: Agents,
    held: str,
    clock: Clock,
) -> None:
    identities = [{"channel": "webchat", "sender_id": each} for each in ("s", "t")]
    assistant.put("/customers/c", json={"name": "Alex", "identities": identities})
    clock.advance(minutes=1)
    lin.post(f"/conversations/{held}/messages", json={"text": "done", "client_id": "1"})
    clock.advance(minutes=1)
    category = lin.get("/closing/categories").json()[0]
    closing = {"outcome": "unsolved", "category_id": category["id"]}
    assert lin.post(f"/conversations/{held}/resolve", json=closing).status_code == 200
    clock.advance(minutes=1)
    desk.turn("s", "very good")
    clock.advance(minutes=1)
    desk.turn("t", "hello")
    elsewhere = desk.conversation("t").id
    clock.advance(minutes=1)
    desk.asks("s")
    now = desk.conversation("s").id

    seen = lin.get(f"/conversations/{now}/customer").json()

    assert [(e["id"], e["status"], e["outcome"], e["agent"], e["rating"]) for e in seen["earlier"]] == [
        (elsewhere, "open", None, None, None),
        (held, "resolved", "unsolved", "Lin", 5),
    ]
    assert seen["earlier"][1]["category"]["en"] == category["names"]["en"]
    assert [(r["conversation_id"], r["agent"], r["score"]) for r in seen["ratings"]] == [(held, "Lin", 5)]
    mei = as_agent("mei", skills=["en"])
    mei.post(f"/conversations/{elsewhere}/claim")
    seen = lin.get(f"/conversations/{now}/customer").json()
    assert [e["id"] for e in seen["earlier"]] == [held], "what a colleague holds is not for everybody"
    night = {"name": "Night", "lead_id": lin.id, "member_ids": [mei.id]}
    assert vera.post("/teams", json=night).status_code == 201
    seen = lin.get(f"/conversations/{now}/customer").json()
    assert [e["id"] for e in seen["earlier"]] == [elsewhere, held], "what a member holds is for the lead"


def test_a_new_conversation_begins_in_their_language(desk: Desk, assistant: Caller) -> None:
    identities = [{"channel": "webchat", "sender_id": "s"}]
    assistant.put("/customers/c", json={"language": "en", "identities": identities})
    assistant.post(
        "/handoffs",
        json={"sender_id": "s", "channel": "webchat"},
        headers={"Idempotency-Key": "a key of its own"},
    )
    assert desk.conversation("s").language == "en"


def test_the_block_is_in_it_with_its_reason(lin: AgentCaller, vera: AgentCaller, held: str) -> None:
    vera.post(f"/conversations/{held}/block", json={"reason": "abuse"})

    seen = vera.get(f"/conversations/{held}/customer").json()
    assert (seen["block"]["reason"], seen["block"]["until"]) == ("abuse", None)
    assert seen["may"] == {"edit": True, "tier": True, "block": True, "unblock": True}


def test_two_who_write_it_down_at_once_make_one_customer(
    lin: AgentCaller, vera: AgentCaller, held: str, context: Context
) -> None:
    codes = at_once(
        lambda: lin.patch(f"/conversations/{held}/customer", json={"name": "Jing"}).status_code,
        lambda: vera.patch(f"/conversations/{held}/customer", json={"tier": "gold"}).status_code,
    )

    assert codes == [200, 200]
    with context.database.reading() as session:
        (customer,) = session.query(Customer).all()
        assert (customer.name, customer.tier) == ("Jing", "gold")


def test_it_is_in_the_audit_what_was_before(
    lin: AgentCaller, vera: AgentCaller, held: str, clock: Clock
) -> None:
    lin.patch(f"/conversations/{held}/customer", json={"name": "Jing"})
    clock.advance(seconds=1)
    lin.patch(f"/conversations/{held}/customer", json={"name": "Jing Chen"})

    entry = vera.get("/audit", params={"action": "customer.change"}).json()["items"][0]
    assert (entry["actor"], entry["conversation_id"]) == (f"agent:{lin.id}", held)
    assert entry["details"]["before"] == {"name": "Jing"}
    assert entry["details"]["after"] == {"name": "Jing Chen"}


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "a\x00"}, {"tags": "x"}, {"tags": [""]}, {"language": "fr"}, {"id": "c"}]
)
def test_wrong_values_are_refused(lin: AgentCaller, held: str, wrong: dict[str, object]) -> None:
    assert lin.patch(f"/conversations/{held}/customer", json=wrong).status_code == 422


class TestNamedBySite:
    """Who is logged in at a site is called what the site says, until somebody at the desk knows better."""

    @pytest.fixture
    def named(self, assistant: Caller) -> Callable[[str], None]:
        def say(name: str) -> None:
            answer = assistant.post("/visits/s/name", json={"channel": "webchat", "name": name})
            assert answer.status_code == 204

        return say

    def test_it_is_the_customers_name_also_in_what_is_under_way_and_follows_the_site(
        self, desk: Desk, lin: AgentCaller, held: str, named: Callable[[str], None]
    ) -> None:
        named("Mei")
        assert desk.told_last(held)["customer"]["name"] == "Mei"
        named("Mei Lin")
        known = lin.get(f"/conversations/{held}/customer").json()

        assert known["customer"]["name"] == "Mei Lin"
        assert known["identities"] == [{"channel": "webchat", "sender_id": "s"}]

    def test_what_the_desk_has_written_down_stands_until_it_is_emptied(
        self, lin: AgentCaller, held: str, named: Callable[[str], None]
    ) -> None:
        named("Mei")
        path = f"/conversations/{held}/customer"
        lin.patch(path, json={"tags": ["press"]})
        named("Mei Lin")
        assert lin.get(path).json()["customer"]["name"] == "Mei Lin", "a tag is no name"
        lin.patch(path, json={"name": "梅"})
        named("Mei L.")
        assert lin.get(path).json()["customer"]["name"] == "梅"
        lin.patch(path, json={"name": None})
        named("Mei L.")

        assert lin.get(path).json()["customer"]["name"] == "Mei L."

    def test_the_same_as_a_supervisor_stores_it(
        self, vera: AgentCaller, named: Callable[[str], None]
    ) -> None:
        named("Mei")
        (known,) = vera.get("/audit?action=customer.named").json()["items"]
        customer = f"/customers/{known['details']['customer_id']}"
        stored = {name: value for name, value in vera.get(customer).json().items() if name != "id"}
        vera.put(customer, json={**stored, "tier": "gold"})
        named("Mei Lin")
        assert vera.get(customer).json()["name"] == "Mei Lin"
        vera.put(customer, json={**stored, "name": "Lin, Mei"})
        named("Mei")

        assert vera.get(customer).json()["name"] == "Lin, Mei"

    def test_a_name_and_nothing_else(self, assistant: Caller, lin: AgentCaller) -> None:
        for wrong in ({"name": "Mei"}, {"channel": "webchat", "name": ""}, {"channel": "webchat", "name": 7}):
            assert assistant.post("/visits/s/name", json=wrong).status_code == 422
        right = {"channel": "webchat", "name": "Mei"}
        assert lin.post("/visits/s/name", json=right).status_code == 401
