"""Passing a conversation on, to a colleague or to the queue."""

from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import AuditEntry, OutboxEntry
from handoff_service.timers import run_due
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["zh", "en"])


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


@pytest.fixture
def held(desk: Desk, lin: AgentCaller) -> str:
    """The conversation of "s", with lin, whose customer has been told so."""
    desk.asks("s")
    desk.ingest("s", {"event": "pause", "metadata": {"handoff_id": desk.conversation("s").handoff_id}})
    return desk.conversation("s").id


def transfer(caller: AgentCaller, conversation_id: str, **given: Any) -> Any:
    return caller.post(f"/conversations/{conversation_id}/transfer", json=given)


def told(desk: Desk) -> list[str]:
    return [text for author, text in desk.said("s") if author == "system"]


def test_a_colleague_takes_over_and_the_customer_is_told_once(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str, clock: Clock
) -> None:
    sam = as_agent("sam")
    before = desk.conversation("s")
    now = clock.advance(seconds=50)

    answer = transfer(lin, held, agent_id=sam.id, epoch=before.epoch)

    assert answer.status_code == 200
    assert answer.json()["assignee"] == {"id": sam.id, "name": "Sam"}
    after = desk.conversation("s")
    assert (after.owner, after.assignee_id, after.epoch) == ("agent", sam.id, before.epoch + 1)
    assert after.waiting_since == now, "sam has the full time to answer"
    assert after.handoff_id == before.handoff_id
    [text] = told(desk)
    assert "Sam" in text


def test_the_customer_is_told_in_their_language(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    desk.turn("s", "你好", language="zh")
    transfer(lin, held, agent_id=as_agent("sam").id)

    [text] = told(desk)
    assert "同事 Sam" in text


def test_a_transfer_leaves_row_audit_and_event(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    sam = as_agent("sam")

    answer = transfer(lin, held, agent_id=sam.id)

    with desk.context.database.reading() as session:
        found = select(AuditEntry).where(AuditEntry.action == "conversation.transfer")
        entry = session.scalars(found).one()
        assert entry.actor == f"agent:{lin.id}"
        assert entry.details["from_agent_id"] == lin.id
        assert entry.details["agent_id"] == sam.id
    assert desk.told_last(held) == answer.json()


@pytest.mark.parametrize("reason", ["full", "away", "offline", "inactive"])
def test_who_cannot_take_it_is_named_with_the_reason_and_nothing_changes(
    desk: Desk, lin: AgentCaller, vera: AgentCaller, as_agent: Agents, held: str, reason: str
) -> None:
    presence = reason if reason in ("away", "offline") else "online"
    sam = as_agent("sam", presence=presence, capacity=0 if reason == "full" else 5)
    if reason == "inactive":
        vera.patch(f"/agents/{sam.id}", json={"active": False})
    before = desk.conversation("s")

    answer = transfer(lin, held, agent_id=sam.id, note="please")

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:baton:problem:unavailable"
    assert answer.json()["reason"] == reason
    assert answer.json()["detail"] == f"Sam is {reason}."
    after = desk.conversation("s")
    assert (after.assignee_id, after.epoch) == (lin.id, before.epoch)
    assert told(desk) == []


def test_to_the_queue_with_a_skill_it_waits_for_who_has_it(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    kai = as_agent("kai", skills=["en", "loan"], presence="away")
    as_agent("sam", skills=["en"])

    answer = transfer(lin, held, skill="loan").json()

    assert (answer["owner"], answer["assignee"], answer["position"]) == ("queue", None, 1)
    assert answer["skills"]["required"] == ["en", "loan"]
    [text] = told(desk)
    assert "number 1" in text
    kai.put("/me/presence", json={"status": "online"})
    assert desk.conversation("s").assignee_id == kai.id


def test_the_skill_takes_the_place_of_what_was_required_but_never_of_what_is_strict(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str, context: Context
) -> None:
    as_agent("kai", skills=["en", "loan"], presence="away")
    with context.work() as unit:
        conversation = unit.session.merge(desk.conversation("s"))
        conversation.skills_required = ["en", "refund", "risk"]
        conversation.skills_strict = ["risk"]

    assert transfer(lin, held, skill="loan").json()["skills"]["required"] == ["en", "risk", "loan"]


def test_who_gave_it_is_not_the_first_to_get_it_again(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    sam = as_agent("sam", skills=["en"])
    desk.asks("busy")
    assert desk.conversation("busy").assignee_id == sam.id, "sam holds one, lin would be idler"

    answer = transfer(lin, held, skill="en")

    assert answer.json()["assignee"]["id"] == sam.id
    [text] = told(desk)
    assert "Sam" in text


def test_a_skill_that_nobody_has_is_refused(desk: Desk, lin: AgentCaller, held: str) -> None:
    answer = transfer(lin, held, skill="laon")

    assert answer.status_code == 409
    assert answer.json()["skill"] == "laon"
    assert desk.conversation("s").assignee_id == lin.id


def test_the_note_is_for_the_next_and_never_for_the_customer(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    sam = as_agent("sam")

    transfer(lin, held, agent_id=sam.id, note="wants a refund of 10025")

    [note] = [m for m in sam.get(f"/conversations/{held}/messages").json()["items"] if m["private"]]
    assert (note["text"], note["author_name"]) == ("wants a refund of 10025", "Lin")
    with desk.context.database.reading() as session:
        assert session.scalars(select(OutboxEntry).where(OutboxEntry.message_id == note["id"])).all() == []


def test_a_supervisor_assigns_what_waits_and_moves_what_others_hold(
    desk: Desk, vera: AgentCaller, as_agent: Agents
) -> None:
    lin, sam = as_agent("lin", presence="away"), as_agent("sam", presence="away")
    desk.asks("s")
    waiting = desk.conversation("s")
    assert waiting.owner == "queue"
    assert transfer(lin, waiting.id, agent_id=sam.id).status_code == 409, "not hers to give"
    for agent in (lin, sam):
        desk.agent_becomes(agent.id, presence="online")

    assert transfer(vera, waiting.id, agent_id=lin.id).json()["assignee"]["id"] == lin.id
    assert transfer(vera, waiting.id, agent_id=sam.id).json()["assignee"]["id"] == sam.id
    assert transfer(vera, waiting.id, agent_id=sam.id).status_code == 409, "sam has it"


def test_what_the_bot_or_a_colleague_has_is_not_an_agents_to_transfer(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    sam = as_agent("sam")
    desk.turn("free")
    free = desk.conversation("free").id

    assert transfer(sam, held, agent_id=sam.id).status_code == 404
    assert transfer(lin, free, agent_id=sam.id).status_code == 409
    assert transfer(lin, held, agent_id="nobody").status_code == 404
    assert transfer(lin, held, agent_id=lin.id).status_code == 409
    assert transfer(lin, held, agent_id=sam.id, epoch=1).status_code == 409
    for wrong in ({}, {"agent_id": sam.id, "skill": "zh"}, {"skill": ""}):
        assert transfer(lin, held, **wrong).status_code == 422


class TestRaces:
    """Two at once: one of them wins, the other is told, and the row is what the winner made it."""

    def test_two_colleagues_are_offered_the_same_conversation(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
    ) -> None:
        agents = [as_agent("sam"), as_agent("kai")]
        epoch = desk.conversation("s").epoch

        codes = at_once(
            *(lambda a=a: transfer(lin, held, agent_id=a.id, epoch=epoch).status_code for a in agents)
        )

        assert codes.count(200) == 1
        assert desk.conversation("s").assignee_id == agents[codes.index(200)].id
        assert desk.conversation("s").epoch == epoch + 1

    def test_a_transfer_and_a_claim(self, desk: Desk, vera: AgentCaller, as_agent: Agents) -> None:
        sam, kai = as_agent("sam", presence="away"), as_agent("kai")
        desk.agent_becomes(kai.id, presence="away")
        desk.asks("s")
        desk.agent_becomes(kai.id, presence="online")
        waiting = desk.conversation("s")

        claimed, given = at_once(
            lambda: sam.post(f"/conversations/{waiting.id}/claim", json={"epoch": waiting.epoch}).status_code,
            lambda: transfer(vera, waiting.id, agent_id=kai.id, epoch=waiting.epoch).status_code,
        )

        assert sorted([claimed, given]) == [200, 409]
        assert desk.conversation("s").assignee_id == (sam.id if claimed == 200 else kai.id)

    def test_a_transfer_and_a_return(self, desk: Desk, lin: AgentCaller, as_agent: Agents, held: str) -> None:
        sam = as_agent("sam")

        given, returned = at_once(
            lambda: transfer(lin, held, agent_id=sam.id).status_code,
            lambda: lin.post(f"/conversations/{held}/return").status_code,
        )

        after = desk.conversation("s")
        if given == 200:
            assert (returned, after.assignee_id) == (404, sam.id)
        else:
            assert (given, returned, after.owner, after.assignee_id) == (409, 200, "bot", None)

    def test_a_transfer_and_a_lapse(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents, held: str, clock: Clock
    ) -> None:
        sam = as_agent("sam")
        clock.advance(seconds=121)

        def lapse() -> int:
            with desk.context.work() as unit:
                run_due(unit)
            return 0

        given, _ = at_once(lambda: transfer(lin, held, agent_id=sam.id).status_code, lapse)

        after = desk.conversation("s")
        assert (after.owner, after.assignee_id) == ("agent", sam.id), "either way she is the better candidate"
        assert given in (200, 404)
