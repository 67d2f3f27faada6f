"""Taking a message back: whose, for how long, on which channels, and what happens to words on their way."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.conversations import repository
from handoff_service.models import AuditEntry, Message, OutboxEntry
from handoff_service.rasa import delivery
from handoff_service.rasa.worker import _claim_one
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk
from tests.service.live import listening


@pytest.fixture
def desk(context: Any) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def held(desk: Desk, lin: AgentCaller) -> str:
    desk.asks("s")
    return desk.conversation("s").id


def say(lin: AgentCaller, held: str, text: str = "oops") -> str:
    answer = lin.post(f"/conversations/{held}/messages", json={"text": text, "client_id": text})
    message_id: str = answer.json()["id"]
    return message_id


def recall(who: AgentCaller, held: str, message_id: str) -> Any:
    return who.post(f"/conversations/{held}/messages/{message_id}/recall")


def entries(desk: Desk, message_id: str) -> list[tuple[str, str]]:
    with desk.context.database.reading() as session:
        found = session.scalars(
            select(OutboxEntry).where(OutboxEntry.message_id == message_id).order_by(OutboxEntry.number)
        )
        return [(entry.kind, entry.state) for entry in found]


def set_out(desk: Desk, message_id: str, *, said: bool = True) -> None:
    """Rasa has been told the words; `said` is whether it has answered."""
    with desk.context.work() as unit:
        entry = unit.session.query(OutboxEntry).filter_by(message_id=message_id, kind="say").one()
        assert _claim_one(unit, entry.number, unit.now)
        delivery.sending(unit, entry)
        if said:
            delivery.sent(unit, entry)


def test_what_was_said_is_taken_back_through_the_outbox_behind_its_words(
    desk: Desk, lin: AgentCaller, held: str
) -> None:
    message_id = say(lin, held)
    set_out(desk, message_id)

    answer = recall(lin, held, message_id)

    assert (answer.status_code, answer.json()["recall"]) == (202, "pending")
    assert answer.json()["delivery"] == "sent"
    assert entries(desk, message_id) == [("say", "done"), ("recall", "waiting")]
    assert recall(lin, held, message_id).json() == answer.json(), "asked again it changes nothing"
    assert len(entries(desk, message_id)) == 2

    desk.ingest("s", {"event": "bot", "text": "", "metadata": {"message_id": f"recall:{message_id}"}})
    assert lin.get(f"/conversations/{held}/messages").json()["items"][-1]["recall"] == "done"
    assert ("bot", "") not in desk.said("s")


def test_what_has_not_left_never_leaves_and_that_works_on_every_channel(
    desk: Desk, lin: AgentCaller, held: str, clock: Clock
) -> None:
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, "s")
        assert conversation is not None
        conversation.channel = "facebook"
    message_id = say(lin, held)
    clock.advance(minutes=10)  # Rasa is away

    answer = recall(lin, held, message_id)

    assert (answer.json()["recall"], answer.json()["delivery"]) == ("done", None)
    assert entries(desk, message_id) == [("say", "dropped")]
    assert lin.post(f"/conversations/{held}/messages/{message_id}/resend").status_code == 409


def test_recalling_and_sending_at_the_same_moment_end_in_one_of_two_ways(
    desk: Desk, lin: AgentCaller, held: str
) -> None:
    for number in range(8):
        message_id = say(lin, held, f"oops {number}")
        with desk.context.database.reading() as session:
            entry = session.query(OutboxEntry).filter_by(message_id=message_id).one().number

        def claim(entry: int = entry) -> bool:
            with desk.context.work() as unit:
                return _claim_one(unit, entry, unit.now)

        def take_back(message_id: str = message_id) -> str:
            state: str = recall(lin, held, message_id).json()["recall"]
            return state

        claimed, told = at_once(claim, take_back)

        states = entries(desk, message_id)
        if claimed:
            assert (told, states) == ("pending", [("say", "sending"), ("recall", "waiting")])
        else:
            assert (told, states) == ("done", [("say", "dropped")])


@pytest.mark.parametrize("doubtful", [True, False])
def test_of_what_failed_only_the_unconfirmed_may_have_to_be_taken_back(
    desk: Desk, lin: AgentCaller, held: str, doubtful: bool
) -> None:
    message_id = say(lin, held)
    with desk.context.work() as unit:
        entry = unit.session.query(OutboxEntry).filter_by(message_id=message_id).one()
        delivery.failed(unit, entry, "unconfirmed" if doubtful else "Rasa answered 400")

    answer = recall(lin, held, message_id)

    assert answer.status_code == (202 if doubtful else 409)
    assert answer.json().get("reason") == (None if doubtful else "not_sent")


def test_words_sent_again_in_doubt_are_not_simply_withdrawn(desk: Desk, lin: AgentCaller, held: str) -> None:
    message_id = say(lin, held)
    with desk.context.work() as unit:
        entry = unit.session.query(OutboxEntry).filter_by(message_id=message_id).one()
        delivery.failed(unit, entry, "unconfirmed")
    lin.post(f"/conversations/{held}/messages/{message_id}/resend")

    assert recall(lin, held, message_id).json()["recall"] == "pending"
    assert entries(desk, message_id) == [("say", "failed"), ("say", "waiting"), ("recall", "waiting")]


def test_after_two_minutes_it_is_too_late(desk: Desk, lin: AgentCaller, held: str, clock: Clock) -> None:
    message_id = say(lin, held)
    set_out(desk, message_id)
    clock.advance(seconds=121)

    answer = recall(lin, held, message_id)

    assert (answer.status_code, answer.json()["reason"]) == (409, "too_late")
    assert answer.json()["type"] == "urn:baton:problem:cannot-recall"


def test_a_channel_that_cannot_is_said_so(desk: Desk, lin: AgentCaller, held: str) -> None:
    message_id = say(lin, held)
    set_out(desk, message_id)
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, "s")
        assert conversation is not None
        conversation.channel = "telegram"

    assert recall(lin, held, message_id).json()["reason"] == "channel"


def test_one_takes_back_ones_own_words_alone(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str
) -> None:
    vera, sam = as_agent("vera", role="supervisor", presence="offline"), as_agent("sam", presence="away")
    message_id = say(lin, held)
    note = lin.post(f"/conversations/{held}/notes", json={"text": "n", "client_id": "n"}).json()["id"]

    assert [recall(who, held, message_id).status_code for who in (vera, sam)] == [404, 404]
    assert recall(lin, held, note).status_code == 404
    assert recall(lin, held, "nothing").status_code == 404


def test_also_when_the_conversation_is_back_with_the_bot(desk: Desk, lin: AgentCaller, held: str) -> None:
    message_id = say(lin, held)
    set_out(desk, message_id)
    assert lin.post(f"/conversations/{held}/return").is_success

    assert recall(lin, held, message_id).json()["recall"] == "pending"


def test_it_is_in_the_audit_and_told_to_those_who_see_the_conversation(
    live_url: str, desk: Desk, lin: AgentCaller, held: str
) -> None:
    message_id = say(lin, held)
    set_out(desk, message_id)
    with listening(live_url, lin.headers) as stream:
        stream.frame()
        told = recall(lin, held, message_id).json()
        event = stream.event()

    assert (event.event, event.data["message"]) == ("message.updated", told)
    with desk.context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "message.recall")).one()
        stored = session.get_one(Message, message_id)
    assert (entry.actor, entry.details) == (f"agent:{lin.id}", {"message_id": message_id, "had_left": True})
    assert stored.text == "oops", "the desk keeps what was said"


def waits(desk: Desk) -> bool:
    return desk.told_last(desk.conversation("s").id)["answer_due_at"] is not None


class TestTheOnlyAnswer:
    """Without it the customer waits again, and the agent has two minutes for another."""

    def test_taken_back_it_starts_the_clock_anew(
        self, desk: Desk, lin: AgentCaller, held: str, clock: Clock
    ) -> None:
        assert waits(desk)
        message_id = say(lin, held)
        assert not waits(desk)
        clock.advance(minutes=1)

        recall(lin, held, message_id)

        due = desk.told_last(held)["answer_due_at"]
        assert due == (clock() + dt.timedelta(minutes=2)).isoformat().replace("+00:00", "Z")
        assert desk.conversation("s").agent_wrote_at is None

    def test_another_that_stands_is_enough(self, desk: Desk, lin: AgentCaller, held: str) -> None:
        say(lin, held, "hello")
        recall(lin, held, say(lin, held))

        assert not waits(desk)

    def test_one_from_before_the_question_is_not(self, desk: Desk, lin: AgentCaller, held: str) -> None:
        say(lin, held, "hello")
        desk.turn("s", "and now?")
        recall(lin, held, say(lin, held))

        assert waits(desk)

    def test_it_was_none_for_the_service_level_or_a_rating(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents, held: str, clock: Clock
    ) -> None:
        recall(lin, held, say(lin, held))
        clock.advance(minutes=1, seconds=30)
        vera = as_agent("vera", role="supervisor", presence="offline")
        assert vera.get("/wall").json()["total"]["last_hour"] == {"in_time": 0, "counted": 1}
        lin.post(f"/conversations/{held}/return")

        assert desk.conversation("s").rating_id is None

    def test_nobody_waits_where_the_bot_has_it_again(self, desk: Desk, lin: AgentCaller, held: str) -> None:
        message_id = say(lin, held)
        lin.post(f"/conversations/{held}/return")
        recall(lin, held, message_id)

        assert desk.conversation("s").waiting_since is None


def test_where_the_provider_goes_on_showing_it_the_agent_is_told_and_may_ask_again(
    assistant: Caller, desk: Desk, lin: AgentCaller, held: str
) -> None:
    message_id = say(lin, held)
    set_out(desk, message_id)
    told = {"message_ids": [message_id], "state": "not_recalled"}
    assert assistant.post("/visits/s/receipts", json=told).status_code == 204
    assert lin.get(f"/conversations/{held}/messages").json()["items"][-1]["recall"] is None, "nobody asked"

    assert recall(lin, held, message_id).status_code == 202
    with desk.context.work() as unit:
        entry = unit.session.query(OutboxEntry).filter_by(message_id=message_id, kind="recall").one()
        delivery.sent(unit, entry)
    assert lin.get(f"/conversations/{held}/messages").json()["items"][-1]["recall"] == "done"
    assert assistant.post("/visits/s/receipts", json=told).status_code == 204
    assert lin.get(f"/conversations/{held}/messages").json()["items"][-1]["recall"] == "failed"
    assert recall(lin, held, message_id).json()["recall"] == "pending"
