"""Where each message counts, the system's texts that could come again are told once in a handoff."""

from typing import Any

import pytest

from handoff_service.context import Context
from handoff_service.conversations import messages, ownership, repository
from handoff_service.handoffs import service as handoffs
from handoff_service.models import Agent, Conversation
from handoff_service.texts.notices import notice
from handoff_service.timers import run_due
from tests.service.callers import Agents, Clock
from tests.service.desk import Desk

SCARCE: dict[str, Any] = {"scarce_channels": "webchat", "token_lifetime": 10**6}
PLENTIFUL: dict[str, Any] = {"scarce_channels": "", "token_lifetime": 10**6}


@pytest.fixture(params=[SCARCE, PLENTIFUL], ids=["scarce", "plentiful"])
def settings_overrides(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.param)


@pytest.fixture
def is_scarce(settings_overrides: dict[str, Any]) -> bool:
    return bool(settings_overrides["scarce_channels"])


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


def told(desk: Desk) -> list[str]:
    return [text for author, text in desk.said("s") if author == "system"]


def test_who_waits_is_reminded_once_however_long_they_write(
    desk: Desk, clock: Clock, is_scarce: bool
) -> None:
    desk.asks("s")
    for _ in range(5):
        clock.advance(seconds=61)
        desk.turn("s", "hello?")

    assert len(told(desk)) == (1 if is_scarce else 5)


def test_a_restart_does_not_forget_what_was_told(desk: Desk, clock: Clock, is_scarce: bool) -> None:
    desk.asks("s")
    clock.advance(seconds=61)
    desk.turn("s", "hello?")
    clock.advance(seconds=61)
    anew = Desk(Context(desk.context.settings, desk.context.database, clock))
    anew.turn("s", "hello?")

    assert len(told(desk)) == (1 if is_scarce else 2)


def test_place_and_who_has_joined_are_told_once_however_often_it_changes_hands(
    desk: Desk, as_agent: Agents, clock: Clock, is_scarce: bool
) -> None:
    lin = as_agent("lin", skills=["en", "zh"], presence="away")
    desk.asks("s")
    held = desk.conversation("s").id
    for _ in range(3):
        assert lin.post(f"/conversations/{held}/claim").status_code == 200
        assert lin.post(f"/conversations/{held}/transfer", json={"skill": "en"}).status_code == 200
        clock.advance(seconds=61)
        desk.turn("s", "hello?")

    said = told(desk)
    joined = notice("assigned_from_queue", "en", name="Lin")
    assert said.count(joined) == (1 if is_scarce else 3)
    assert len(said) - said.count(joined) == (1 if is_scarce else 6)


def test_an_agent_who_lapses_again_and_again_is_told_of_once(
    desk: Desk, clock: Clock, context: Context, is_scarce: bool
) -> None:
    mei = desk.agent("Mei")
    desk.asks("s")
    for _ in range(2):
        clock.advance(seconds=121)
        with context.work() as unit:
            run_due(unit)
    assert desk.conversation("s").owner == "queue", mei

    assert told(desk).count(notice("back_in_queue", "en")) == (1 if is_scarce else 2)


def test_the_next_handoff_tells_anew(desk: Desk, as_agent: Agents, clock: Clock) -> None:
    lin = as_agent("lin", skills=["en", "zh"], presence="away")
    for number in (1, 2):
        desk.asks("s")
        clock.advance(seconds=61)
        desk.turn("s", "hello?")
        assert told(desk).count(notice("queue_reminder", "en", position=1)) == number
        lin.post(f"/conversations/{desk.conversation('s').id}/claim")
        assert lin.post(f"/conversations/{desk.conversation('s').id}/return").status_code == 200
        clock.advance(seconds=1)


def test_asked_whether_they_are_there_they_are_once(desk: Desk, context: Context, is_scarce: bool) -> None:
    """The timers never ask there; it holds whoever would."""
    desk.asks("s")
    for _ in range(2):
        with context.work() as unit:
            conversation = unit.session.get_one(Conversation, desk.conversation("s").id)
            messages.system_says(unit, conversation, "still_there")

    assert len(told(desk)) == (1 if is_scarce else 2)


def test_what_a_rule_wants_said_is_said_all_the_same(
    desk: Desk, context: Context, clock: Clock, is_scarce: bool
) -> None:
    """The assistant's action has not told of the handoff; an agent has joined before the service does."""
    desk.turn("s", "card lost", topic="fraud", intent="card_lost")
    mei = desk.agent("Mei", "zh", "en", "risk", presence="away")
    with context.work(f"agent:{mei}") as unit:
        conversation = unit.session.get_one(Conversation, desk.conversation("s").id)
        ownership.claim(unit, conversation, unit.session.get_one(Agent, mei), rules_version=1)
        handoffs.tell(unit, conversation)
        handoff = repository.handoff(unit.session, conversation.handoff_id)
        assert handoff is not None
        advice = handoff.notice

    assert advice
    joined, last = told(desk)
    assert joined == notice("assigned_from_queue", "en", name="Mei")
    assert last == (advice if is_scarce else f"{advice}\n\n{notice('handed_to_agent', 'en', name='Mei')}")
