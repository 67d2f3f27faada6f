"""Turns: asked twice, answered once; evidence counts from the last return on."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from handoff_service.context import Context
from handoff_service.conversations import ownership, repository
from handoff_service.models import Conversation, Message, Turn
from tests.service.callers import Clock
from tests.service.desk import Desk


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


def give_back(desk: Desk, sender_id: str) -> None:
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, sender_id)
        assert conversation is not None
        ownership.give_back(unit, conversation, outcome="solved", note=None)


def test_the_same_turn_gets_the_same_answer_for_ever(desk):
    desk.agent("Mei")
    first = desk.turn("s", "human!", message_id="m", asks_human=True)
    give_back(desk, "s")
    again = desk.turn("s", "human!", message_id="m", asks_human=True)
    assert again == first
    assert desk.conversation("s").owner == "bot", "a repeated call opens nothing again"
    with desk.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Turn)) == 1
        assert session.scalar(select(func.count()).where(Message.author == "customer")) == 1


def test_a_harmless_turn_stays_with_the_bot(desk):
    answer = desk.turn("s", "what are your opening hours", question="opening_hours")
    assert (answer["decision"], answer["rule"], answer["handoff"]) == ("stay", None, None)


def test_words_to_a_person_are_recorded_and_never_assessed(desk):
    desk.agent("Mei")
    desk.asks("s")
    answer = desk.asks("s")
    assert answer["decision"] == "silent"
    assert [author for author, _ in desk.said("s")].count("customer") == 2


def test_the_facts_and_the_version_are_kept_with_the_decision(desk):
    desk.turn("s", question="refund_status", topic="refund")
    desk.turn("s", question="refund_status", topic="refund")
    with desk.context.database.reading() as session:
        last = session.scalars(select(Turn).order_by(Turn.seq.desc())).first()
    assert last.decision == "handoff"
    assert last.rule == "refund_unsettled"
    assert last.facts["running"]["repeat_count"] == 2
    assert last.rules_version == 1
    assert last.reasons[0]["rule"] == "refund_unsettled"


def test_after_a_return_the_same_rule_needs_new_evidence(desk):
    desk.agent("Mei")
    desk.turn("s", fallback=True, intent="nlu_fallback")
    assert desk.turn("s", fallback=True, intent="nlu_fallback")["decision"] == "handoff"
    desk.turn("s", fallback=True, intent="nlu_fallback")
    give_back(desk, "s")
    assert desk.turn("s", fallback=True, intent="nlu_fallback")["decision"] == "stay"
    assert desk.turn("s", fallback=True, intent="nlu_fallback")["decision"] == "handoff"


def test_a_late_turn_of_before_the_return_is_no_new_evidence(desk):
    desk.agent("Mei")
    desk.asks("s")
    desk.ingest("s", {"event": "pause"})
    with desk.context.work() as unit:  # the words are stored by ingest, their assessment is still on its way
        from handoff_service.conversations.messages import customer_wrote

        customer_wrote(
            unit,
            sender_id="s",
            channel="webchat",
            message_id="late",
            text="human!",
            sent_at=unit.now,
        )
    give_back(desk, "s")
    assert desk.turn("s", "human!", message_id="late", late=True, asks_human=True)["decision"] == "silent"
    assert desk.conversation("s").owner == "bot"


def test_nobody_online_is_said_and_the_conversation_waits(desk):
    answer = desk.asks("s")
    assert answer["handoff"]["owner"] == "queue"
    assert answer["handoff"]["position"] == 1
    assert "online" in answer["handoff"]["notice"]


def test_everybody_busy_is_said_with_the_position(desk):
    desk.agent("Mei", capacity=1)
    desk.asks("s1")
    answer = desk.asks("s2")
    assert answer["handoff"]["position"] == 1
    assert "number 1" in answer["handoff"]["notice"]


def test_giving_up_in_the_queue_returns_to_the_bot(desk):
    desk.asks("s")
    answer = desk.turn("s", "never mind, go on with the bot", gives_up=True)
    assert answer["decision"] == "silent"
    assert desk.conversation("s").owner == "bot"
    assert [entry.kind for entry in desk.outbox("s")] == ["pause", "resume", "say"]


def test_a_waiting_customer_is_acknowledged_once_per_interval(desk, clock):
    desk.asks("s")
    desk.turn("s", "hello?")
    assert [author for author, _ in desk.said("s")].count("system") == 0, "just told"
    clock.advance(seconds=61)
    desk.turn("s", "hello??")
    desk.turn("s", "anybody?")
    assert [author for author, _ in desk.said("s")].count("system") == 1


def test_unusable_signals_cost_the_signals_not_the_turn(desk):
    answer = desk.turn(
        "s", "hi", sentiment="very", asks_human="yes", intent=7, why=[1], confidence=float("nan")
    )
    assert answer["decision"] == "stay"


def test_a_snoozed_conversation_wakes_with_its_agent_or_in_the_queue(desk):
    mei = desk.agent("Mei", capacity=1)
    desk.asks("s1")
    with desk.context.work() as unit:
        until = unit.now + dt.timedelta(hours=1)
        ownership.snooze(unit, repository.live(unit.session, "s1"), until)
    desk.asks("s2")
    assert desk.conversation("s2").assignee_id == mei, "a snoozed conversation costs no capacity"
    desk.turn("s1", "back again")
    woken = desk.conversation("s1")
    assert (woken.owner, woken.status) == ("queue", "open"), "mei is full: it waits rather than overloads her"


def test_one_live_conversation_per_sender(desk):
    for _ in range(3):
        desk.turn("s")
    with desk.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1


class TestFactsOfTheHouse:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"business_hours": "Mon 08:00-10:00", "time_zone": "UTC"}

    def test_business_hours_and_who_is_free_are_kept_with_the_decision(
        self, context: Context, clock: Clock
    ) -> None:
        desk = Desk(context)
        desk.agent("lin", "en", capacity=1)
        desk.agent("kai", "zh")
        desk.agent("away", "en", presence="away")

        def facts(sender_id: str) -> dict[str, Any]:
            turn_id = desk.turn(sender_id)["turn_id"]
            with context.database.reading() as session:
                return session.get_one(Turn, turn_id).facts

        before = facts("rest:1")  # a Monday, 9 o'clock
        desk.asks("rest:2")  # lin is taken
        clock.advance(hours=2)
        after = facts("rest:3")

        assert (before["business_hours"], before["agents_online"], before["agents_available"]) == (True, 2, 1)
        assert (after["business_hours"], after["agents_online"], after["agents_available"]) == (False, 2, 0)
