"""Going away or offline with open conversations: kept, given on, or back to the queue."""

import datetime as dt
from typing import Any

import pytest

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.settings import Settings
from handoff_service.timers import TimerWorker
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk

SENDERS = ("s1", "s2")


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(desk: Desk, as_agent: Agents) -> AgentCaller:
    """Holds two conversations, both answered."""
    lin = as_agent("lin", skills=["en"])
    for sender_id in SENDERS:
        desk.asks(sender_id)
        path = f"/conversations/{desk.conversation(sender_id).id}/messages"
        assert lin.post(path, json={"text": "hello", "client_id": "1"}).is_success
    return lin


@pytest.fixture
def worker(context: Context) -> TimerWorker:
    return TimerWorker(context)


def leave(caller: AgentCaller, conversations: Any = None, status: str = "offline") -> Any:
    said = {} if conversations is None else {"conversations": conversations}
    return caller.put("/me/presence", json={"status": status, **said})


def owners(desk: Desk) -> list[tuple[str, str | None]]:
    return [(desk.conversation(s).owner, desk.conversation(s).assignee_id) for s in SENDERS]


def let_pass(worker: TimerWorker, clock: Clock, **duration: float) -> None:
    worker.step()
    clock.advance(**duration)
    worker.step()


@pytest.mark.parametrize("status", ["away", "offline"])
def test_requeued_they_wait_for_the_others_at_once(
    desk: Desk, lin: AgentCaller, as_agent: Agents, status: str
) -> None:
    sam = as_agent("sam", skills=["en"], capacity=1)

    assert leave(lin, "requeue", status).json()["presence"] == status

    assert sorted(owners(desk), key=str) == sorted([("agent", sam.id), ("queue", None)], key=str)


@pytest.mark.parametrize("status", ["away", "offline"])
def test_a_colleague_gets_them_all_and_the_customers_are_told(
    desk: Desk, lin: AgentCaller, as_agent: Agents, status: str
) -> None:
    sam = as_agent("sam")

    assert leave(lin, {"give_to": sam.id}, status).status_code == 200

    assert owners(desk) == [("agent", sam.id)] * 2
    for sender_id in SENDERS:
        [told] = [text for author, text in desk.said(sender_id) if author == "system"]
        assert "Sam" in told


def test_a_colleague_who_cannot_take_them_all_gets_none_and_nobody_has_left(
    desk: Desk, lin: AgentCaller, as_agent: Agents
) -> None:
    sam = as_agent("sam", capacity=1)

    answer = leave(lin, {"give_to": sam.id})

    assert (answer.status_code, answer.json()["reason"]) == (409, "full")
    assert owners(desk) == [("agent", lin.id)] * 2
    assert lin.get("/me").json()["presence"] == "online"


def test_kept_they_stay(
    desk: Desk, lin: AgentCaller, as_agent: Agents, worker: TimerWorker, clock: Clock
) -> None:
    as_agent("sam", skills=["en"])
    leave(lin, "keep")
    let_pass(worker, clock, minutes=6)

    assert owners(desk) == [("agent", lin.id)] * 2


def test_without_a_word_they_are_requeued_after_five_minutes(
    desk: Desk, lin: AgentCaller, as_agent: Agents, worker: TimerWorker, clock: Clock
) -> None:
    leave(lin)
    sam = as_agent("sam", skills=["en"])
    let_pass(worker, clock, minutes=4, seconds=59)
    assert owners(desk) == [("agent", lin.id)] * 2
    let_pass(worker, clock, seconds=1)

    assert owners(desk) == [("agent", sam.id)] * 2


def test_who_is_back_in_time_keeps_them(
    desk: Desk, lin: AgentCaller, worker: TimerWorker, clock: Clock
) -> None:
    leave(lin)
    let_pass(worker, clock, minutes=4)
    leave(lin, status="online")
    let_pass(worker, clock, minutes=5)

    assert owners(desk) == [("agent", lin.id)] * 2


def test_what_was_not_said_on_leaving_can_be_said_later(
    desk: Desk, lin: AgentCaller, as_agent: Agents, worker: TimerWorker, clock: Clock
) -> None:
    leave(lin)
    leave(lin, "keep")
    let_pass(worker, clock, minutes=6)
    assert owners(desk) == [("agent", lin.id)] * 2
    leave(lin, "requeue")

    assert owners(desk) == [("queue", None)] * 2


def test_away_without_a_word_is_only_a_break(
    desk: Desk, lin: AgentCaller, worker: TimerWorker, clock: Clock
) -> None:
    leave(lin, status="away")
    let_pass(worker, clock, minutes=9)

    assert owners(desk) == [("agent", lin.id)] * 2


def test_a_restart_costs_no_deadline(desk: Desk, lin: AgentCaller, clock: Clock, settings: Settings) -> None:
    leave(lin)
    clock.advance(minutes=5)
    database = Database(settings.database)
    TimerWorker(Context(settings, database, clock)).step()
    database.close()

    assert owners(desk) == [("queue", None)] * 2


def test_what_is_put_off_stays_and_wakes_for_the_queue(
    desk: Desk, lin: AgentCaller, worker: TimerWorker, clock: Clock
) -> None:
    until = clock() + dt.timedelta(hours=1)
    path = f"/conversations/{desk.conversation('s1').id}/snooze"
    assert lin.post(path, json={"until": until.isoformat()}).is_success
    leave(lin, "requeue")
    assert owners(desk) == [("agent", lin.id), ("queue", None)]
    worker.step()
    clock.now = until
    worker.step()

    assert owners(desk)[0] == ("queue", None)


def test_who_is_deactivated_leaves_everything_at_once(desk: Desk, lin: AgentCaller, as_agent: Agents) -> None:
    vera = as_agent("vera", role="supervisor", presence="offline")
    vera.patch(f"/agents/{lin.id}", json={"active": False})

    assert owners(desk) == [("queue", None)] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "online", "conversations": "keep"},
        {"status": "offline", "conversations": "burn"},
        {"status": "offline", "conversations": {"give_to": ""}},
        {"status": "offline", "conversations": {}},
    ],
)
def test_wrong_choices_are_refused(lin: AgentCaller, wrong: dict[str, Any]) -> None:
    assert lin.put("/me/presence", json=wrong).status_code == 422


def test_nobody_is_given_them_who_does_not_exist_or_is_the_one_who_leaves(lin: AgentCaller) -> None:
    assert leave(lin, {"give_to": "nobody"}).status_code == 404
    assert leave(lin, {"give_to": lin.id}).status_code == 409
    assert lin.get("/me").json()["presence"] == "online"


def test_leaving_and_resolving_at_once_each_conversation_has_one_end(
    desk: Desk, lin: AgentCaller, as_agent: Agents
) -> None:
    sam = as_agent("sam")
    resolved_id = desk.conversation("s1").id

    left, resolved = at_once(
        lambda: leave(lin, {"give_to": sam.id}).status_code,
        lambda: lin.post(f"/conversations/{resolved_id}/resolve").status_code,
    )

    assert left == 200
    first, second = owners(desk)
    assert (resolved, first) in [(200, ("bot", None)), (404, ("agent", sam.id))]
    assert second == ("agent", sam.id)
