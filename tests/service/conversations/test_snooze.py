"""Put off until a time, or until the customer writes."""

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


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Agents who do nothing for hours stay: they are another test's."""
    return {"auto_away_after": dt.timedelta(days=1)}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"], capacity=1)


@pytest.fixture
def held(desk: Desk, lin: AgentCaller) -> str:
    """With lin, who has answered."""
    desk.asks("s")
    conversation_id = desk.conversation("s").id
    lin.post(f"/conversations/{conversation_id}/messages", json={"text": "a moment", "client_id": "1"})
    return conversation_id


def snooze(caller: AgentCaller, conversation_id: str, until: dt.datetime, **given: Any) -> Any:
    body = {"until": until.isoformat(), **given}
    return caller.post(f"/conversations/{conversation_id}/snooze", json=body)


@pytest.fixture
def put_off(lin: AgentCaller, held: str, clock: Clock) -> dt.datetime:
    """Until when it is put off."""
    until = clock() + dt.timedelta(hours=2)
    assert snooze(lin, held, until).status_code == 200
    return until


def test_it_stays_the_agents_and_costs_no_capacity(
    desk: Desk, lin: AgentCaller, held: str, clock: Clock
) -> None:
    desk.asks("next")
    assert desk.conversation("next").owner == "queue"
    before = desk.conversation("s")

    answer = snooze(lin, held, clock() + dt.timedelta(hours=2), epoch=before.epoch)

    shown = answer.json()
    assert (shown["status"], shown["owner"], shown["assignee"]["id"]) == ("snoozed", "agent", lin.id)
    assert shown["snoozed_until"] == "2026-03-02T11:00:00Z"
    assert shown["epoch"] == before.epoch
    assert desk.told_last(held) == shown
    assert desk.conversation("next").assignee_id == lin.id


def test_it_wakes_at_its_time_with_its_agent_and_all_clocks_anew(
    desk: Desk, lin: AgentCaller, put_off: dt.datetime, clock: Clock
) -> None:
    worker = TimerWorker(desk.context)
    worker.step()
    clock.now = put_off - dt.timedelta(seconds=1)
    assert worker.step() == 1
    assert desk.conversation("s").status == "snoozed"
    clock.now = put_off

    assert worker.step() == 600, "the customer's silence counts from here"

    woken = desk.conversation("s")
    assert (woken.status, woken.assignee_id, woken.snoozed_until) == ("open", lin.id, None)


def test_a_customer_who_waits_for_an_answer_waits_for_it_anew_when_it_wakes(
    desk: Desk, lin: AgentCaller, clock: Clock
) -> None:
    desk.asks("s")
    clock.advance(seconds=100)
    until = clock() + dt.timedelta(hours=1)
    snooze(lin, desk.conversation("s").id, until)
    worker = TimerWorker(desk.context)
    clock.now = until

    assert worker.step() == 120
    assert desk.conversation("s").assignee_id == lin.id


def test_it_wakes_when_the_customer_writes(
    desk: Desk, lin: AgentCaller, put_off: dt.datetime, clock: Clock
) -> None:
    now = clock.advance(minutes=30)
    desk.turn("s", "one more thing")

    woken = desk.conversation("s")
    assert (woken.status, woken.assignee_id, woken.waiting_since) == ("open", lin.id, now)


@pytest.mark.parametrize("hindrance", ["full", "away", "offline", "inactive"])
def test_an_agent_who_is_full_or_gone_then_leaves_it_to_the_queue_with_its_priority(
    desk: Desk, lin: AgentCaller, as_agent: Agents, held: str, clock: Clock, hindrance: str
) -> None:
    with desk.context.work() as unit:
        unit.session.merge(desk.conversation("s")).priority = 2
    until = clock() + dt.timedelta(hours=2)
    snooze(lin, held, until)
    if hindrance == "full":
        desk.asks("next")
        assert desk.conversation("next").assignee_id == lin.id
        lin.post(
            f"/conversations/{desk.conversation('next').id}/messages", json={"text": "x", "client_id": "2"}
        )
    else:
        desk.agent_becomes(lin.id, active=hindrance != "inactive", presence=hindrance)
    clock.now = until
    TimerWorker(desk.context).step()

    woken = desk.conversation("s")
    assert (woken.owner, woken.status, woken.priority) == ("queue", "open", 2)


def test_a_restart_costs_no_waking(
    desk: Desk, lin: AgentCaller, put_off: dt.datetime, clock: Clock, settings: Settings
) -> None:
    clock.now = put_off + dt.timedelta(hours=5)
    database = Database(settings.database)
    TimerWorker(Context(settings, database, clock)).step()
    database.close()

    assert (desk.conversation("s").status, desk.conversation("s").assignee_id) == ("open", lin.id)


def test_words_that_came_in_between_are_not_put_off_unread(
    desk: Desk, lin: AgentCaller, held: str, clock: Clock
) -> None:
    desk.turn("s", "wait, it is urgent")
    until = clock() + dt.timedelta(hours=2)

    refused = snooze(lin, held, until)

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:baton:problem:unread")
    lin.post(f"/conversations/{held}/read")
    assert snooze(lin, held, until).status_code == 200


def test_the_time_must_be_to_come_and_not_for_ever_away(
    lin: AgentCaller, as_agent: Agents, held: str, clock: Clock
) -> None:
    for until in (clock(), clock() - dt.timedelta(days=1), clock() + dt.timedelta(days=31)):
        assert snooze(lin, held, until).status_code == 422
    assert lin.post(f"/conversations/{held}/snooze", json={"until": "2026-03-02T12:00:00"}).status_code == 422
    soon = clock() + dt.timedelta(minutes=5)
    assert snooze(lin, held, soon, epoch=1).status_code == 409
    assert snooze(as_agent("sam", presence="away"), held, soon).status_code == 404


def test_put_off_and_written_to_at_once_it_is_never_asleep_with_words_unread(
    desk: Desk, lin: AgentCaller, held: str, clock: Clock
) -> None:
    until = clock() + dt.timedelta(hours=1)

    code, _ = at_once(
        lambda: snooze(lin, held, until).status_code,
        lambda: desk.turn("s", "wait"),
    )

    assert code in (200, 409)
    after = desk.conversation("s")
    assert (after.status, after.unread, after.assignee_id) == ("open", 1, lin.id)
