"""The eight invariants, as far as the service alone can break them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from handoff_service.conversations import messages, ownership, repository
from handoff_service.errors import Conflict
from handoff_service.models import Agent, AuditEntry, Conversation, StreamEvent
from tests.service.desk import Desk


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


def act(desk: Desk, sender_id: str, change) -> None:
    with desk.context.work("agent:test") as unit:
        conversation = repository.live(unit.session, sender_id)
        assert conversation is not None
        change(unit, conversation)


def test_a_handoff_goes_to_an_agent_in_the_same_transaction(desk):
    mei = desk.agent("Mei")
    answer = desk.asks("s")
    assert answer["decision"] == "handoff"
    assert answer["handoff"]["owner"] == "agent"
    assert answer["handoff"]["assignee"] == {"id": mei, "name": "Mei"}
    assert "Mei" in answer["handoff"]["notice"]
    conversation = desk.conversation("s")
    assert (conversation.owner, conversation.epoch, conversation.control) == ("agent", 3, "pending")


def test_each_change_of_owner_raises_the_epoch_and_leaves_an_audit_entry_and_a_stream_event(desk):
    desk.agent("Mei")
    desk.asks("s")
    act(desk, "s", lambda unit, c: ownership.give_back(unit, c, outcome="solved", note=None))
    with desk.context.database.reading() as session:
        actions = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.conversation_id.is_not(None), AuditEntry.action.startswith("conversation."))
            .order_by(AuditEntry.at, AuditEntry.action)
        ).all()
        numbers = session.scalars(select(StreamEvent.number).order_by(StreamEvent.number)).all()
        owners = [
            event.payload["conversation"]["owner"]
            for event in session.scalars(select(StreamEvent).order_by(StreamEvent.number))
            if event.type == "conversation.updated"
        ]
    assert sorted(actions) == sorted(
        ["conversation.open", "conversation.handoff", "conversation.assign", "conversation.return"]
    )
    assert list(numbers) == list(range(1, len(numbers) + 1)), "numbered without a gap"
    assert owners[-1] == "bot"
    assert "agent" in owners


def test_a_change_that_fails_half_way_leaves_nothing_behind(desk):
    desk.agent("Mei")
    desk.turn("s")
    before = desk.conversation("s")
    with pytest.raises(RuntimeError), desk.context.work() as unit:
        conversation = repository.live(unit.session, "s")
        assert conversation is not None
        ownership.claim(unit, conversation, unit.session.scalars(select(Agent)).one(), rules_version=1)
        raise RuntimeError("killed half-way")
    after = desk.conversation("s")
    assert (after.owner, after.epoch) == (before.owner, before.epoch)
    assert desk.outbox("s") == []


def test_an_agent_never_holds_more_than_their_capacity(desk):
    desk.agent("Mei", capacity=2)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: desk.asks(f"s{n}"), range(8)))
    with desk.context.database.reading() as session:
        owners = session.scalars(select(Conversation.owner)).all()
    assert sorted(owners) == ["agent"] * 2 + ["queue"] * 6


def test_two_agents_who_claim_at_once_are_told_apart(desk):
    agents = [desk.agent("Lin", presence="away"), desk.agent("Sam", presence="away")]
    desk.asks("s")
    ready = threading.Barrier(2)

    def claim(agent_id: str) -> str:
        ready.wait()
        try:
            with desk.context.work(f"agent:{agent_id}") as unit:
                conversation = repository.live(unit.session, "s")
                agent = unit.session.get(Agent, agent_id)
                assert conversation is not None
                assert agent is not None
                ownership.claim(unit, conversation, agent, rules_version=1)
        except ownership.AlreadyTaken:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, agents)) == ["refused", "taken"]


def test_claiming_beyond_capacity_is_refused(desk):
    mei = desk.agent("Mei", capacity=1)
    desk.asks("s1")
    desk.turn("s2")
    with pytest.raises(ownership.AtCapacity), desk.context.work() as unit:
        conversation = repository.live(unit.session, "s2")
        ownership.claim(unit, conversation, unit.session.get(Agent, mei), rules_version=1)


def test_a_stale_epoch_is_refused(desk):
    desk.agent("Mei")
    desk.asks("s")
    with pytest.raises(ownership.Stale):
        ownership.expect_epoch(desk.conversation("s"), 1)
    ownership.expect_epoch(desk.conversation("s"), 3)
    ownership.expect_epoch(desk.conversation("s"), None)


def test_returning_twice_is_refused(desk):
    desk.agent("Mei")
    desk.asks("s")
    act(desk, "s", lambda unit, c: ownership.give_back(unit, c, outcome="solved", note=None))
    with pytest.raises(Conflict):
        act(desk, "s", lambda unit, c: ownership.give_back(unit, c, outcome="solved", note=None))


def test_an_agents_words_are_sent_even_when_the_conversation_was_returned_right_after(desk):
    mei = desk.agent("Mei")
    desk.asks("s")
    desk.ingest("s", {"event": "pause"})
    act(
        desk,
        "s",
        lambda unit, c: messages.agent_says(
            unit, c, agent_id=mei, agent_name="Mei", text="bye", client_id="1"
        ),
    )
    act(desk, "s", lambda unit, c: ownership.give_back(unit, c, outcome="solved", note="refunded"))
    kinds = [entry.kind for entry in desk.outbox("s", "waiting")]
    assert kinds[-3:] == ["say", "resume", "say"], "her words, then the resume, then the notice"
    assert desk.said("s")[-1][0] == "system"
    assert "refunded" in desk.said("s")[-1][1]


def test_the_same_client_id_is_the_same_message(desk):
    mei = desk.agent("Mei")
    desk.asks("s")
    for _ in range(2):
        act(
            desk,
            "s",
            lambda unit, c: messages.agent_says(
                unit, c, agent_id=mei, agent_name="Mei", text="hi", client_id="1"
            ),
        )
    assert desk.said("s").count(("agent", "hi")) == 1
    assert len([entry for entry in desk.outbox("s") if entry.kind == "say"]) == 1


def test_resolving_opens_a_new_conversation_for_the_next_message(desk):
    desk.agent("Mei")
    desk.asks("s")
    first = desk.conversation("s")
    act(desk, "s", lambda unit, c: ownership.resolve(unit, c, outcome="solved", note=None))
    desk.turn("s", "one more thing")
    second = desk.conversation("s")
    assert second.id != first.id
    assert (second.previous_id, second.owner, second.status) == (first.id, "bot", "open")
    assert second.last_agent_id == first.assignee_id


def test_an_agent_set_free_gets_the_next_in_the_queue(desk):
    mei = desk.agent("Mei", capacity=1)
    desk.asks("s1")
    desk.asks("s2")
    assert desk.conversation("s2").owner == "queue"

    def give_back(unit, conversation):
        from handoff_service import routing_service

        ownership.give_back(unit, conversation, outcome="solved", note=None)
        routing_service.assign_waiting(unit)

    act(desk, "s1", give_back)
    assert desk.conversation("s2").assignee_id == mei
