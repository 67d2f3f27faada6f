"""A supervisor says who is to have a conversation."""

from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.conversations import ownership, repository
from handoff_service.models import AuditEntry
from tests.service.callers import AgentCaller, Agents
from tests.service.conversations.races import at_once
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline", capacity=1)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["zh"], capacity=1)


@pytest.fixture
def waiting(desk: Desk, lin: AgentCaller) -> str:
    """Nobody speaks English."""
    desk.asks("s")
    assert desk.conversation("s").assignee_id == lin.id, "the language falls at once where nobody has it"
    desk.agent("english", "en", presence="offline")
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, "s")
        assert conversation is not None
        ownership.requeue(unit, conversation, reason="test")
    return desk.conversation("s").id


def assign(caller: AgentCaller, conversation_id: str, **given: Any) -> Any:
    return caller.post(f"/conversations/{conversation_id}/assign", json=given)


def test_what_waits_goes_to_whom_the_supervisor_names(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, waiting: str
) -> None:
    epoch = desk.conversation("s").epoch

    answer = assign(vera, waiting, agent_id=lin.id, epoch=epoch)

    assert answer.status_code == 200
    assert answer.json() == desk.told_last(waiting)
    after = desk.conversation("s")
    assert (after.owner, after.assignee_id, after.epoch) == ("agent", lin.id, epoch + 1)
    assert after.waiting_since == desk.context.clock()
    assert "Lin" in desk.said("s")[-1][1]
    with desk.context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "conversation.place")).one()
        assert (entry.actor, entry.details["agent_id"]) == (f"agent:{vera.id}", lin.id)
        assert entry.details["forced"] is None
    assert assign(vera, waiting, agent_id=lin.id).json()["epoch"] == epoch + 1, "said twice, done once"


@pytest.mark.parametrize("reason", ["full", "away", "offline", "inactive"])
def test_who_cannot_take_it_gets_it_only_by_force_and_who_is_gone_never(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, waiting: str, reason: str
) -> None:
    changes: dict[str, dict[str, Any]] = {"full": {"capacity": 0}, "inactive": {"active": False}}
    desk.agent_becomes(lin.id, **changes.get(reason, {"presence": reason}))

    refused = assign(vera, waiting, agent_id=lin.id)

    assert (refused.status_code, refused.json()["reason"]) == (409, reason)
    assert desk.conversation("s").owner == "queue"
    forced = assign(vera, waiting, agent_id=lin.id, force=True)
    assert forced.status_code == (409 if reason == "inactive" else 200)


def test_a_supervisor_takes_it_over_themselves_without_being_online_but_within_their_capacity(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, waiting: str
) -> None:
    assert assign(vera, waiting, agent_id=vera.id).json()["assignee"]["id"] == vera.id
    desk.turn("t")
    lin.post(f"/conversations/{desk.conversation('t').id}/claim")

    assert assign(vera, desk.conversation("t").id, agent_id=vera.id).status_code == 409
    assert assign(vera, desk.conversation("t").id, agent_id=vera.id, force=True).status_code == 200
    assert desk.conversation("t").assignee_id == vera.id


def test_taken_from_an_agent_it_frees_them_and_is_no_longer_theirs_to_write_in(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, waiting: str
) -> None:
    assign(vera, waiting, agent_id=lin.id)
    desk.asks("next", language="zh")
    assert desk.conversation("next").owner == "queue"

    assign(vera, waiting, agent_id=vera.id)

    assert desk.conversation("next").assignee_id == lin.id
    said = {"text": "hello", "client_id": "1"}
    assert lin.post(f"/conversations/{waiting}/messages", json=said).status_code == 404


def test_agents_assign_nothing_and_what_the_bot_has_is_taken_over_otherwise(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, waiting: str
) -> None:
    desk.turn("free")

    assert assign(lin, waiting, agent_id=lin.id).status_code == 409
    assert assign(vera, desk.conversation("free").id, agent_id=lin.id).status_code == 409
    assert assign(vera, "nothing", agent_id=lin.id).status_code == 404
    assert assign(vera, waiting, agent_id="nobody").status_code == 404
    assert assign(vera, waiting, agent_id=lin.id, epoch=1).status_code == 409
    assert desk.conversation("s").owner == "queue"


def test_an_assignment_and_a_claim_at_once(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, as_agent: Agents, waiting: str
) -> None:
    sam = as_agent("sam", skills=["zh"], presence="away")
    epoch = desk.conversation("s").epoch

    claimed, assigned = at_once(
        lambda: sam.post(f"/conversations/{waiting}/claim", json={"epoch": epoch}).status_code,
        lambda: assign(vera, waiting, agent_id=lin.id, epoch=epoch).status_code,
    )

    assert sorted([claimed, assigned]) == [200, 409]
    after = desk.conversation("s")
    assert (after.assignee_id, after.epoch) == (sam.id if claimed == 200 else lin.id, epoch + 1)


def test_two_supervisors_fill_the_last_place_once(
    desk: Desk, vera: AgentCaller, lin: AgentCaller, as_agent: Agents, waiting: str
) -> None:
    max_ = as_agent("max", role="supervisor", presence="offline")
    desk.agent_becomes(lin.id, presence="away")
    desk.asks("t")
    desk.agent_becomes(lin.id, presence="online")
    other = desk.conversation("t").id

    codes = at_once(
        lambda: assign(vera, waiting, agent_id=lin.id).status_code,
        lambda: assign(max_, other, agent_id=lin.id).status_code,
    )

    assert sorted(codes) == [200, 409]


class TestCounts:
    def test_every_conversation_is_in_one_section(
        self, desk: Desk, vera: AgentCaller, lin: AgentCaller, waiting: str
    ) -> None:
        desk.turn("bot")
        assign(vera, waiting, agent_id=lin.id)
        desk.asks("queued", language="zh")

        def counted(caller: AgentCaller, **filters: str) -> dict[str, int]:
            answer = caller.get("/conversations/counts", params=filters)
            assert answer.status_code == 200
            return {name: number for name, number in answer.json().items() if number}

        assert counted(lin) == {"mine": 1, "queue": 1, "bot": 1}
        assert counted(vera) == {"colleagues": 1, "queue": 1, "bot": 1}
        assert counted(vera, assignee=lin.id) == {"colleagues": 1}
        assert counted(vera, channel="webchat") == counted(vera)
        assert counted(vera, channel="sms") == {}
        assert counted(vera, language="zh", priority="normal", owner="queue") == {"queue": 1}
        assert vera.get("/conversations/counts", params={"priority": "7"}).status_code == 422
        lin.post(f"/conversations/{waiting}/resolve")
        assert counted(vera) == {"resolved": 1, "colleagues": 1, "bot": 1}, "lin has the next"

    def test_a_topic_stays_with_what_is_closed(self, desk: Desk, lin: AgentCaller) -> None:
        desk.turn("s", "my card is lost", topic="fraud", intent="card_lost")
        held = desk.conversation("s").id
        assert lin.get(f"/conversations/{held}").json()["topic"] == "fraud"
        lin.post(f"/conversations/{held}/resolve")

        found = lin.get("/conversations", params={"topic": "fraud", "status": "resolved"}).json()["items"]
        assert [each["id"] for each in found] == [held]
        assert lin.get("/conversations", params={"topic": "loan"}).json()["items"] == []


def test_until_when_an_answer_is_due_is_shown_as_long_as_the_customer_waits(
    desk: Desk, lin: AgentCaller
) -> None:
    desk.asks("s")
    held = desk.conversation("s").id

    assert lin.get(f"/conversations/{held}").json()["answer_due_at"] == "2026-03-02T09:02:00Z"
    lin.post(f"/conversations/{held}/messages", json={"text": "hello", "client_id": "1"})
    assert desk.told_last(held)["answer_due_at"] is None
    desk.context.clock.advance(seconds=30)  # type: ignore[attr-defined]
    desk.turn("s", "and?")
    assert desk.told_last(held)["answer_due_at"] == "2026-03-02T09:02:30Z"
