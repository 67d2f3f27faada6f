"""Who does nothing for long is away, and back with the next thing they do."""

from typing import Any

import pytest

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.settings import Settings
from handoff_service.timers import TimerWorker
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def worker(context: Context) -> TimerWorker:
    return TimerWorker(context)


def me(caller: AgentCaller) -> dict[str, Any]:
    shown: dict[str, Any] = caller.get("/me").json()
    return shown


def let_pass(worker: TimerWorker, clock: Clock, **duration: float) -> None:
    worker.step()
    clock.advance(**duration)
    worker.step()


def test_fifteen_minutes_of_silence_make_an_agent_away(
    lin: AgentCaller, worker: TimerWorker, clock: Clock
) -> None:
    let_pass(worker, clock, minutes=14, seconds=59)
    assert me(lin)["presence"] == "online", "looking is no doing, but it is not over yet"
    let_pass(worker, clock, seconds=1)

    assert (me(lin)["presence"], me(lin)["idled_at"]) == ("away", "2026-03-02T09:15:00Z")
    assert me(lin)["presence_since"] == "2026-03-02T09:15:00Z"


def test_it_is_back_with_the_next_thing_it_does_and_is_given_what_waits(
    desk: Desk, lin: AgentCaller, worker: TimerWorker, clock: Clock
) -> None:
    let_pass(worker, clock, minutes=15)
    desk.asks("s")
    assert desk.conversation("s").owner == "queue"

    assert lin.post("/me/activity").status_code == 204

    assert (me(lin)["presence"], me(lin)["idled_at"]) == ("online", None)
    assert desk.conversation("s").assignee_id == lin.id


@pytest.mark.parametrize("status", ["away", "offline"])
def test_who_left_by_their_own_choice_is_not_brought_back_by_what_they_do(
    lin: AgentCaller, worker: TimerWorker, clock: Clock, status: str
) -> None:
    let_pass(worker, clock, minutes=15)
    lin.put("/me/presence", json={"status": status})
    assert me(lin)["presence"] == status

    lin.post("/me/activity")

    assert me(lin)["presence"] == status


def test_what_an_agent_does_counts_and_what_the_page_does_by_itself_does_not(
    desk: Desk, lin: AgentCaller, worker: TimerWorker, clock: Clock
) -> None:
    desk.asks("s")
    held = desk.conversation("s").id
    for number in range(2):
        let_pass(worker, clock, minutes=1)
        lin.post(f"/conversations/{held}/messages", json={"text": "still here", "client_id": str(number)})
    let_pass(worker, clock, minutes=14)
    assert me(lin)["presence"] == "online"
    desk.turn("s", "hello?")
    assert lin.post(f"/conversations/{held}/read").is_success
    let_pass(worker, clock, minutes=1)

    assert me(lin)["presence"] == "away"


def test_a_restart_forgets_no_silence(lin: AgentCaller, settings: Settings, clock: Clock) -> None:
    clock.advance(minutes=20)
    anew = Context(settings, Database(settings.database), clock)
    TimerWorker(anew).step()
    anew.database.close()

    assert me(lin)["presence"] == "away"


def test_what_they_hold_stays_with_them(
    desk: Desk, lin: AgentCaller, worker: TimerWorker, clock: Clock
) -> None:
    desk.asks("s")
    held = desk.conversation("s").id
    lin.post(f"/conversations/{held}/messages", json={"text": "a moment", "client_id": "1"})
    let_pass(worker, clock, minutes=15)

    assert (me(lin)["presence"], desk.conversation("s").assignee_id) == ("away", lin.id)


class TestDeactivated:
    """The supervisor says what becomes of the conversations; unsaid, they go back to the queue."""

    @pytest.fixture
    def vera(self, as_agent: Agents) -> AgentCaller:
        return as_agent("vera", role="supervisor", presence="offline")

    @pytest.fixture(autouse=True)
    def _held(self, desk: Desk, lin: AgentCaller) -> None:
        desk.asks("s")
        held = desk.conversation("s").id
        lin.post(f"/conversations/{held}/messages", json={"text": "a moment", "client_id": "1"})

    def deactivate(self, vera: AgentCaller, lin: AgentCaller, **given: Any) -> Any:
        return vera.patch(f"/agents/{lin.id}", json={"active": False, **given})

    @pytest.mark.parametrize("given", [{}, {"conversations": "requeue"}])
    def test_requeued(self, desk: Desk, vera: AgentCaller, lin: AgentCaller, given: dict[str, Any]) -> None:
        assert self.deactivate(vera, lin, **given).json()["presence"] == "offline"
        assert desk.conversation("s").owner == "queue"

    def test_given_to_a_colleague(
        self, desk: Desk, vera: AgentCaller, lin: AgentCaller, as_agent: Agents
    ) -> None:
        sam = as_agent("sam", presence="away")
        given = {"conversations": {"give_to": sam.id}}
        assert self.deactivate(vera, lin, **given).status_code == 409
        assert me(lin)["active"], "nothing has changed"
        sam.put("/me/presence", json={"status": "online"})

        assert self.deactivate(vera, lin, **given).status_code == 200
        assert desk.conversation("s").assignee_id == sam.id

    def test_kept_it_goes_to_the_queue_when_the_customer_has_waited_too_long(
        self, desk: Desk, vera: AgentCaller, lin: AgentCaller, worker: TimerWorker, clock: Clock
    ) -> None:
        self.deactivate(vera, lin, conversations="keep")
        assert desk.conversation("s").assignee_id == lin.id
        desk.turn("s", "hello?")
        let_pass(worker, clock, minutes=2)

        assert desk.conversation("s").owner == "queue"

    def test_only_on_leaving(self, vera: AgentCaller, lin: AgentCaller) -> None:
        answer = vera.patch(f"/agents/{lin.id}", json={"capacity": 3, "conversations": "keep"})

        assert answer.status_code == 422
