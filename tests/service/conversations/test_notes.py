"""Private notes: for the desk, never for the customer."""

import pytest
from sqlalchemy import func, select

from handoff_service.context import Context
from handoff_service.models import AuditEntry, OutboxEntry
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.desk import Desk
from tests.service.live import listening

NOTE = {"text": "called the bank, they look into it", "client_id": "n1"}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def held(desk: Desk, lin: AgentCaller) -> str:
    desk.asks("s")
    return desk.conversation("s").id


def test_a_note_stands_in_the_transcript_with_its_author(lin: AgentCaller, held: str) -> None:
    answer = lin.post(f"/conversations/{held}/notes", json=NOTE)

    assert answer.status_code == 201
    note = answer.json()
    assert (note["author"], note["author_name"], note["private"]) == ("agent", "Lin", True)
    assert (note["text"], note["delivery"], note["client_id"]) == (NOTE["text"], None, "n1")
    assert lin.get(f"/conversations/{held}/messages").json()["items"][-1] == note


def test_words_to_the_customer_are_not_private(lin: AgentCaller, held: str) -> None:
    said = lin.post(f"/conversations/{held}/messages", json={"text": "hello", "client_id": "m1"}).json()

    assert said["private"] is False
    assert {m["private"] for m in lin.get(f"/conversations/{held}/messages").json()["items"]} == {False}


def test_a_note_is_nothing_that_rasa_is_told_and_no_answer_to_the_customer(
    desk: Desk, lin: AgentCaller, held: str, clock: Clock
) -> None:
    def outbox() -> int:
        with desk.context.database.reading() as session:
            return session.scalar(select(func.count()).select_from(OutboxEntry)) or 0

    before, waiting = outbox(), desk.conversation("s").waiting_since
    clock.advance(seconds=30)
    note = lin.post(f"/conversations/{held}/notes", json=NOTE).json()

    assert outbox() == before
    assert desk.conversation("s").waiting_since == waiting, "the customer waits as before"
    assert desk.conversation("s").agent_wrote_at is None
    assert lin.post(f"/conversations/{held}/messages/{note['id']}/resend").status_code == 404
    assert outbox() == before


def test_the_same_client_id_is_the_same_note(desk: Desk, lin: AgentCaller, held: str) -> None:
    first, second = (lin.post(f"/conversations/{held}/notes", json=NOTE) for _ in range(2))

    assert first.json() == second.json()
    assert desk.said("s").count(("agent", NOTE["text"])) == 1
    with desk.context.database.reading() as session:
        found = select(AuditEntry).where(AuditEntry.action == "message.note")
        assert session.scalars(found).one().actor == f"agent:{lin.id}"


@pytest.mark.parametrize(("first", "second"), [("notes", "messages"), ("messages", "notes")])
def test_a_note_is_never_taken_for_words_to_the_customer(
    lin: AgentCaller, held: str, first: str, second: str
) -> None:
    assert lin.post(f"/conversations/{held}/{first}", json=NOTE).is_success
    assert lin.post(f"/conversations/{held}/{second}", json=NOTE).status_code == 409


def test_supervisors_leave_notes_for_others_and_who_may_not_see_it_cannot(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    vera, sam = as_agent("vera", role="supervisor", presence="offline"), as_agent("sam", presence="away")

    assert vera.post(f"/conversations/{held}/notes", json=NOTE).status_code == 201
    assert sam.post(f"/conversations/{held}/notes", json=NOTE).status_code == 404
    assert lin.get(f"/conversations/{held}/messages").json()["items"][-1]["author_name"] == "Vera"


@pytest.mark.parametrize("wrong", [{"text": " "}, {"client_id": ""}, {"text": None}, {"more": 1}])
def test_wrong_values_are_refused(lin: AgentCaller, held: str, wrong: dict[str, object]) -> None:
    assert lin.post(f"/conversations/{held}/notes", json={**NOTE, **wrong}).status_code == 422


def test_a_note_comes_on_the_stream_to_those_who_see_the_conversation(
    live_url: str, desk: Desk, lin: AgentCaller, held: str
) -> None:
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        note = lin.post(f"/conversations/{held}/notes", json=NOTE).json()
        event = stream.event()

    assert event.event == "message.added"
    assert event.data["message"] == note
