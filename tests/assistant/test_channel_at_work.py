"""That the bot works on a message is shown, and not what it leaves to a person."""

import asyncio
from typing import Any

import pytest

from channels import at_work
from channels.at_work import AtWork
from channels.desk import DeskAway
from channels.store import InboxRow
from tests.assistant.channel_fakes import run
from tests.assistant.fake_visits import BOT, LIN

MEI = "post:default:mei"


async def some_passes() -> None:
    """Of the loop: whatever waits for nothing else has been done."""
    for _ in range(10):
        await asyncio.sleep(0)


class Service:
    """Answers with `states` in turn; an exception is raised."""

    def __init__(self, *states: Any) -> None:
        self.states = list(states)

    async def state(self, _conversation: str) -> Any:
        state = self.states.pop(0)
        if isinstance(state, Exception):
            raise state
        return await state if asyncio.isfuture(state) else state


class Shown:
    """`ids`: of the messages that the bot was shown to work on; `read`: that it had answered before that."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.read: list[str] = []
        self.at_work = AtWork(self._show, self._show_read, asyncio.create_task)

    async def _show(self, row: InboxRow) -> None:
        self.ids.append(row.message_id)

    async def _show_read(self, row: InboxRow) -> None:
        self.read.append(row.message_id)

    def begins(self, service: Any, message_id: str, conversation: str = MEI) -> None:
        self.at_work.begins(service, InboxRow(message_id, conversation, "hello", {}, "queued", 0))

    async def turn(self, service: Any, message_id: str, conversation: str = MEI) -> None:
        """One that is long enough."""
        self.begins(service, message_id, conversation)
        await some_passes()
        await self.at_work.answer_comes(conversation, [f"{message_id}.0"])


@pytest.fixture(autouse=True)
def nothing_is_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "AT_ONCE_SECONDS", 0.0)


def test_an_answer_that_comes_at_once_is_not_held_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(at_work, "AT_ONCE_SECONDS", 3600.0)

    async def scenario() -> None:
        shown = Shown()
        shown.at_work.new_customer(MEI)
        await shown.turn(Service(), "m1")
        while not shown.read:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert (shown.ids, shown.read) == ([], ["m1"])

    run(scenario())


def test_an_answer_waits_for_what_is_being_shown():
    async def scenario() -> None:
        shown, told = Shown(), asyncio.Event()

        async def show(row: InboxRow) -> None:
            await told.wait()
            shown.ids.append(row.message_id)

        shown.at_work = AtWork(show, shown._show_read, asyncio.create_task)
        shown.at_work.new_customer(MEI)
        shown.begins(Service(), "m1")
        await some_passes()
        answer = asyncio.create_task(shown.at_work.answer_comes(MEI, ["m1.0"]))
        await asyncio.sleep(0)
        assert not answer.done()
        told.set()
        await answer
        assert (shown.ids, shown.read) == (["m1"], [])

    run(scenario())


def test_what_is_sent_meanwhile_is_no_answer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(at_work, "AT_ONCE_SECONDS", 0.05)

    async def scenario() -> None:
        shown = Shown()
        shown.at_work.new_customer(MEI)
        shown.begins(Service(), "m1")
        shown.begins(Service(), "m2")
        await shown.at_work.answer_comes(MEI, ["m1.0"])
        while not shown.ids:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert (shown.ids, shown.read) == (["m2"], [])

    run(scenario())


def test_who_is_handed_over_meanwhile_is_shown_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(at_work, "AT_ONCE_SECONDS", 3600.0)

    async def scenario() -> None:
        shown = Shown()
        shown.at_work.new_customer(MEI)
        shown.begins(Service(), "m1")
        shown.at_work.heard(MEI, LIN)
        await shown.at_work.answer_comes(MEI, ["m1.0"])
        await some_passes()
        assert (shown.ids, shown.read) == ([], [])

    run(scenario())


def test_the_service_is_asked_once_and_then_tells():
    async def scenario() -> None:
        shown, service = Shown(), Service(BOT)
        for message_id in ("m1", "m2"):
            await shown.turn(service, message_id)
        shown.at_work.heard(MEI, LIN)
        await shown.turn(service, "m3")
        shown.at_work.heard(MEI, {**BOT, "blocked": True})
        await shown.turn(service, "m4")
        shown.at_work.heard(MEI, BOT)
        await shown.turn(service, "m5")
        assert shown.ids == ["m1", "m2", "m5"]

    run(scenario())


def test_of_a_new_customer_nobody_is_asked():
    async def scenario() -> None:
        shown = Shown()
        shown.at_work.new_customer(MEI)
        await shown.turn(Service(), "m1")
        assert shown.ids == ["m1"]

    run(scenario())


def test_a_turn_that_is_tried_again_is_shown_once():
    async def scenario() -> None:
        shown = Shown()
        for _ in range(2):
            await shown.turn(Service(BOT), "m1")
        assert shown.ids == ["m1"]

    run(scenario())


def test_what_is_told_while_it_is_asked_is_newer():
    async def scenario() -> None:
        shown, answer = Shown(), asyncio.get_running_loop().create_future()
        shown.begins(Service(answer), "m1")
        await asyncio.sleep(0)
        shown.at_work.heard(MEI, LIN)
        answer.set_result(BOT)
        await some_passes()
        assert shown.ids == []

    run(scenario())


def test_where_something_may_have_been_missed_it_is_asked_again():
    async def scenario() -> None:
        shown, service = Shown(), Service(BOT, DeskAway("x"), LIN)
        await shown.turn(service, "m1")
        for message_id in ("m2", "m3"):
            shown.at_work.begin_anew()
            await shown.turn(service, message_id)
        assert (shown.ids, service.states) == (["m1"], [])

    run(scenario())


def test_of_the_oldest_it_is_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(at_work, "_KNOWN", 2)

    async def scenario() -> None:
        shown, service = Shown(), Service(BOT, BOT, BOT, BOT)
        for customer in ("a", "b", "c", "c", "a"):
            await shown.turn(service, f"of {customer} {len(shown.ids)}", customer)
        assert service.states == []

    run(scenario())
