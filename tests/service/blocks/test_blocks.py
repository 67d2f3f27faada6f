"""A blocked customer: stored, not routed, told once; undone by hand or by time."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.models import AuditEntry, Handoff, Turn
from handoff_service.settings import Settings
from handoff_service.texts.notices import texts
from handoff_service.timers import TimerWorker
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk, user

TOLD = texts("en")["blocked"]
ALEX = {
    "name": "Alex",
    "identities": [{"channel": "webchat", "sender_id": "s"}, {"channel": "app", "sender_id": "t"}],
}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"], capacity=2)


def block(caller: Caller, conversation_id: str, **values: Any) -> Any:
    return caller.post(f"/conversations/{conversation_id}/block", json={"reason": "abuse", **values})


def told(desk: Desk, sender_id: str = "s") -> int:
    """How often the customer was told, in the latest conversation."""
    return sum(text == TOLD for _author, text in desk.said(sender_id))


def test_what_a_blocked_visitor_writes_is_stored_and_that_is_all(
    desk: Desk, vera: AgentCaller, assistant: Caller
) -> None:
    desk.turn("s", "hello")
    answer = block(vera, desk.conversation("s").id)
    assert answer.status_code == 200
    assert assistant.get("/visits/s").json()["state"]["blocked"] is True
    assert answer.json()["sender_id"] == "s"

    decided = [desk.asks("s"), desk.turn("s", "hello?"), desk.turn("s", "you thieves", threat=["police"])]

    assert [each["decision"] for each in decided] == ["silent"] * 3
    assert all(each["handoff"] is None for each in decided)
    assert desk.conversation("s").owner == "bot"
    assert [text for author, text in desk.said("s") if author == "customer"] == [
        "hello",
        "I want a human",
        "hello?",
        "you thieves",
    ]
    assert told(desk) == 1, "told when they write, and only once"


def test_what_they_wrote_meanwhile_is_no_evidence_afterwards(desk: Desk, vera: AgentCaller) -> None:
    desk.turn("s", "hello")
    conversation_id = desk.conversation("s").id
    block(vera, conversation_id)
    desk.turn("s", "gibberish", fallback=True)
    vera.request("DELETE", f"/conversations/{conversation_id}/block")

    assert desk.turn("s", "more gibberish", fallback=True)["decision"] == "stay"
    explained = vera.get(f"/conversations/{conversation_id}/explanation?turn=2&language=en").json()
    assert explained["sentence"] == "Message 2 was not assessed: the customer is blocked."
    with desk.context.database.reading() as session:
        owners = session.scalars(select(Turn.owner).order_by(Turn.seq)).all()
    assert list(owners) == ["bot", "nobody", "bot"]


@pytest.mark.parametrize("owner", ["queue", "agent"])
def test_where_a_person_has_them_or_is_waited_for_that_is_over_at_once(
    desk: Desk, vera: AgentCaller, as_agent: Agents, clock: Clock, owner: str
) -> None:
    if owner == "agent":
        as_agent("lin", skills=["en"])
    desk.asks("s")
    conversation_id = desk.conversation("s").id
    assert desk.conversation("s").owner == owner

    block(vera, conversation_id)

    after = desk.conversation("s")
    assert (after.id, after.status, after.owner) == (conversation_id, "resolved", "bot")
    assert told(desk) == 1
    assert desk.told_last(conversation_id)["blocked"] is True
    handoffs = vera.get(f"/conversations/{conversation_id}/handoffs").json()
    assert [handoff["outcome"] for handoff in handoffs] == ["blocked"]
    assert [entry.kind for entry in desk.outbox("s")][-2:] == ["resume", "say"]
    clock.advance(seconds=1)
    desk.turn("s", "but why")
    assert desk.conversation("s").previous_id == conversation_id
    assert desk.told_last(desk.conversation("s").id)["blocked"] is True
    assert told(desk) == 0, "they know already"


def test_a_message_they_left_is_owed_no_answer_and_they_leave_no_other(
    desk: Desk, vera: AgentCaller, assistant: Caller
) -> None:
    left = {"client_id": "1", "channel": "webchat", "text": "call me", "email": "s@example.com"}
    assert assistant.post("/visits/s/message", json=left).status_code < 300
    block(vera, desk.conversation("s").id)

    assert desk.conversation("s").status == "resolved"
    assert assistant.get("/visits/s").json()["state"]["can_leave_message"] is False
    assert assistant.post("/visits/s/message", json={**left, "client_id": "2"}).status_code == 409


def test_an_agents_place_becomes_free_for_who_waits(desk: Desk, vera: AgentCaller, as_agent: Agents) -> None:
    lin = as_agent("lin", skills=["en"], capacity=1)
    desk.asks("s")
    desk.asks("next")
    assert desk.conversation("next").owner == "queue"

    block(vera, desk.conversation("s").id)

    assert desk.conversation("next").assignee_id == lin.id


def test_nobody_can_take_over_or_ask_for_a_person_in_their_place(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, assistant: Caller
) -> None:
    desk.turn("s", "hello")
    conversation_id = desk.conversation("s").id
    block(vera, conversation_id)

    claimed = lin.post(f"/conversations/{conversation_id}/claim")
    key = {"Idempotency-Key": "a key of its own"}
    asked = assistant.post("/handoffs", json={"sender_id": "s", "channel": "webchat"}, headers=key)

    for refused in (claimed, asked):
        assert refused.status_code == 409
        assert refused.json()["type"] == "urn:baton:problem:customer-blocked"
    with desk.context.database.reading() as session:
        assert session.scalars(select(Handoff)).all() == []


def test_a_resolved_conversation_of_theirs_is_not_taken_up_again(
    desk: Desk, vera: AgentCaller, lin: AgentCaller
) -> None:
    desk.asks("s")
    conversation_id = desk.conversation("s").id
    lin.post(f"/conversations/{conversation_id}/resolve")
    block(vera, conversation_id)

    assert lin.post(f"/conversations/{conversation_id}/reopen").status_code == 409


def test_a_request_that_nobody_could_assess_opens_no_handoff_either(desk: Desk, vera: AgentCaller) -> None:
    desk.turn("s", "hello")
    block(vera, desk.conversation("s").id)

    desk.ingest("s", user("a human!", "m-unseen", intent="request_human"))

    assert desk.conversation("s").owner == "bot"
    assert told(desk) == 1


def test_a_customer_is_blocked_on_every_channel_and_told_once_on_each(
    desk: Desk, vera: AgentCaller, assistant: Caller
) -> None:
    assistant.put("/customers/c", json=ALEX)
    desk.turn("s", "hello")

    answer = vera.post("/customers/c/block", json={"reason": "fraud"})

    assert (answer.json()["customer_id"], answer.json()["sender_id"]) == ("c", None)
    for sender_id in ("s", "t"):
        for _ in range(2):
            assert desk.asks(sender_id)["decision"] == "silent"
        assert told(desk, sender_id) == 1
    assert desk.asks("somebody else")["decision"] == "handoff"
    assert vera.request("DELETE", "/customers/c/block").status_code == 204
    assert desk.asks("t")["decision"] == "handoff"


def test_who_comes_to_belong_to_a_blocked_customer_is_blocked_with_them(
    desk: Desk, vera: AgentCaller, assistant: Caller
) -> None:
    assistant.put("/customers/c", json={"name": "Alex"})
    vera.post("/customers/c/block", json={"reason": "fraud"})
    desk.asks("s")
    assert desk.conversation("s").owner == "queue"

    assistant.put("/customers/c", json=ALEX)
    assert desk.conversation("s").status == "resolved"
    assert desk.asks("s")["decision"] == "silent"

    assistant.put("/customers/c", json={"name": "Alex"})
    assert desk.asks("s")["decision"] == "handoff"


def test_a_new_block_takes_the_place_of_the_old_and_is_not_told_again(desk: Desk, vera: AgentCaller) -> None:
    desk.turn("s", "hello")
    conversation_id = desk.conversation("s").id
    block(vera, conversation_id)
    desk.turn("s", "hello?")
    block(vera, conversation_id, reason="still abuse")
    desk.turn("s", "hello??")

    assert told(desk) == 1
    assert vera.request("DELETE", f"/conversations/{conversation_id}/block").status_code == 204
    assert desk.turn("s", "thanks")["decision"] == "stay"
    assert desk.told_last(conversation_id)["blocked"] is False


def test_one_visitor_has_nothing_to_do_with_another(desk: Desk, vera: AgentCaller) -> None:
    for sender_id in ("s", "other"):
        desk.turn(sender_id, "hello")
        block(vera, desk.conversation(sender_id).id)
    vera.request("DELETE", f"/conversations/{desk.conversation('other').id}/block")

    assert desk.asks("s")["decision"] == "silent"
    assert desk.asks("other")["decision"] == "handoff"


def test_it_ends_by_itself_and_a_restart_does_not_make_it_longer(
    desk: Desk, vera: AgentCaller, clock: Clock, settings: Settings
) -> None:
    desk.turn("s", "hello")
    conversation_id = desk.conversation("s").id
    until = clock() + dt.timedelta(hours=2)
    block(vera, conversation_id, until=until.isoformat())
    desk.turn("s", "hello?")
    assert desk.said("s")[-1][1] == texts("en")["blocked_until"].format(until="2026-03-02 11:00")
    worker = TimerWorker(desk.context)
    worker.step()
    assert worker.step() == 7200

    clock.now = until
    database = Database(settings.database)
    TimerWorker(Context(settings, database, clock)).step()
    database.close()

    assert desk.told_last(conversation_id)["blocked"] is False
    assert desk.asks("s")["decision"] == "handoff"
    with desk.context.database.reading() as session:
        audited = select(AuditEntry.action).where(AuditEntry.action.like("customer.%"))
        actions = session.scalars(audited.order_by(AuditEntry.at)).all()
    assert list(actions) == ["customer.block", "customer.block_over"]


def test_a_message_at_its_very_end_is_served_before_the_timer_has_come(
    desk: Desk, vera: AgentCaller, clock: Clock
) -> None:
    desk.turn("s", "hello")
    block(vera, desk.conversation("s").id, until=(clock() + dt.timedelta(hours=1)).isoformat())
    clock.advance(hours=1)

    assert desk.asks("s")["decision"] == "handoff"


def test_it_is_written_down_who_did_it_and_why(desk: Desk, vera: AgentCaller, clock: Clock) -> None:
    desk.turn("s", "hello")
    conversation_id = desk.conversation("s").id
    block(vera, conversation_id, reason="  swears at everybody ")
    clock.advance(seconds=1)
    vera.request("DELETE", f"/conversations/{conversation_id}/block")

    entries = [e for e in vera.get("/audit").json()["items"] if e["action"].startswith("customer.")]
    assert [(e["action"], e["actor"], e["details"]["reason"]) for e in entries] == [
        ("customer.unblock", f"agent:{vera.id}", "swears at everybody"),
        ("customer.block", f"agent:{vera.id}", "swears at everybody"),
    ]


def test_agents_do_not_block(desk: Desk, lin: AgentCaller, vera: AgentCaller) -> None:
    desk.asks("s")
    conversation_id = desk.conversation("s").id
    assert desk.conversation("s").assignee_id == lin.id

    assert block(lin, conversation_id).status_code == 403
    assert lin.post("/customers/c/block", json={"reason": "x"}).status_code == 404
    block(vera, conversation_id)
    assert lin.request("DELETE", f"/conversations/{conversation_id}/block").status_code == 403


@pytest.mark.parametrize("settings_overrides", [{"agents_may_block": True}])
def test_where_agents_may_they_block_whom_they_have_and_lift_what_was_theirs(
    desk: Desk, lin: AgentCaller, as_agent: Agents, vera: AgentCaller
) -> None:
    desk.turn("bot's", "hello")
    assert block(lin, desk.conversation("bot's").id).status_code == 403
    desk.asks("s")
    conversation_id = desk.conversation("s").id

    assert block(lin, conversation_id).status_code == 200
    sam = as_agent("sam", skills=["en"])
    assert sam.request("DELETE", f"/conversations/{conversation_id}/block").status_code == 403
    assert lin.request("DELETE", f"/conversations/{conversation_id}/block").status_code == 204
    assert desk.asks("s")["decision"] == "handoff"


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "  "},
        {"reason": "x" * 501},
        {"reason": "a\x00"},
        {"until": "2026-03-02T09:00:00Z"},
        {"until": "2026-03-03T09:00:00"},
        {"until": "soon"},
        {"for": 1},
    ],
)
def test_wrong_values_are_refused(desk: Desk, vera: AgentCaller, wrong: dict[str, object]) -> None:
    desk.turn("s", "hello")
    assert block(vera, desk.conversation("s").id, **wrong).status_code == 422
    assert desk.asks("s")["decision"] == "handoff"


def test_whom_nobody_knows_cannot_be_blocked(vera: AgentCaller) -> None:
    assert vera.post("/customers/nobody/block", json={"reason": "x"}).status_code == 404
    assert vera.request("DELETE", "/customers/nobody/block").status_code == 404
    assert block(vera, "nothing").status_code == 404


@pytest.mark.parametrize("owner", ["bot", "queue"])
def test_blocked_and_claimed_at_once_nobody_ends_up_with_a_blocked_customer(
    desk: Desk, vera: AgentCaller, as_agent: Agents, owner: str
) -> None:
    sam = as_agent("sam", skills=["en"], presence="away")
    if owner == "queue":
        desk.asks("s")
    else:
        desk.turn("s", "hello")
    conversation_id = desk.conversation("s").id

    blocked, claimed = at_once(
        lambda: block(vera, conversation_id).status_code,
        lambda: sam.post(f"/conversations/{conversation_id}/claim").status_code,
    )

    assert blocked == 200
    assert claimed in (200, 409)
    after = desk.conversation("s")
    assert (after.owner, after.assignee_id) == ("bot", None)
    assert after.block_id is not None
    assert desk.asks("s")["decision"] == "silent"


def test_two_who_block_at_once_leave_one_block(desk: Desk, vera: AgentCaller, context: Context) -> None:
    desk.asks("s")
    conversation_id = desk.conversation("s").id

    codes = at_once(*[lambda: block(vera, conversation_id).status_code] * 3)

    assert codes == [200] * 3
    assert told(desk) == 1
    vera.request("DELETE", f"/conversations/{conversation_id}/block")
    assert desk.asks("s")["decision"] == "handoff"


STEPS = st.lists(
    st.sampled_from(["turn", "asks", "block", "lift", "claim", "resolve", "return", "later"]), max_size=12
)


@pytest.mark.parametrize("settings_overrides", [{"token_lifetime": 10**7}])
@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_a_blocked_customer_is_with_the_bot_and_the_bot_is_silent(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, clock: Clock, steps: list[str]
) -> None:
    sender_id = f"s{desk.turn_in('x').message_id}"
    desk.turn(sender_id, "hello")
    ends: dt.datetime | None = None
    for step in steps:
        clock.advance(seconds=1)  # which of two conversations is the later one is a matter of time
        conversation_id = desk.conversation(sender_id).id
        match step:
            case "turn" | "asks":
                decided = (desk.turn if step == "turn" else desk.asks)(sender_id)["decision"]
                if ends is not None:
                    assert decided == "silent"
            case "block":
                ends = clock() + dt.timedelta(hours=1)
                assert block(vera, conversation_id, until=ends.isoformat()).status_code == 200
            case "lift":
                ends = None
                vera.request("DELETE", f"/conversations/{conversation_id}/block")
            case "later":
                clock.advance(minutes=40)
                TimerWorker(desk.context).step()
            case _:
                lin.post(f"/conversations/{conversation_id}/{step}")
        if ends is not None and clock() >= ends:
            ends = None
        now = desk.conversation(sender_id)
        if ends is not None:
            assert (now.owner, now.block_id is not None) == ("bot", True)
        else:
            assert now.block_id is None
