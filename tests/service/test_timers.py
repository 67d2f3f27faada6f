"""What time alone changes. Every deadline is in the database, so a restart changes nothing."""

import datetime as dt
from typing import Any

import pytest

from handoff_service.context import Context
from handoff_service.conversations import messages, repository
from handoff_service.db import Database
from handoff_service.models import Agent, Lapse
from handoff_service.texts.notices import notice
from handoff_service.timers import TimerWorker, next_due
from tests.service.desk import Desk


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """Agents who do nothing for hours stay: they are another test's."""
    return {"auto_away_after": dt.timedelta(days=1)}


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


@pytest.fixture
def pass_time(desk, clock):
    """Let the worker sleep from deadline to deadline, and wake it a little late, as it happens."""
    worker = TimerWorker(desk.context)

    def run(**duration: float) -> None:
        end = clock() + dt.timedelta(**duration)
        while (seconds := worker.step()) is not None and clock() + dt.timedelta(seconds=seconds) <= end:
            clock.advance(seconds=seconds + 0.005)
        clock.now = end

    return run


def answer(desk: Desk, sender_id: str, agent_id: str, text: str = "hello") -> None:
    with desk.context.work(f"agent:{agent_id}") as unit:
        conversation = repository.live(unit.session, sender_id)
        assert conversation is not None
        messages.agent_says(
            unit, conversation, agent_id=agent_id, agent_name="A", text=text, client_id=f"{unit.now}"
        )


def presence(desk: Desk, agent_id: str) -> str:
    with desk.context.database.reading() as session:
        agent = session.get(Agent, agent_id)
        assert agent is not None
        return agent.presence


def test_an_agent_who_does_not_answer_loses_the_conversation_to_another(desk, pass_time):
    silent = desk.agent("Silent")
    desk.asks("s")
    assert desk.conversation("s").assignee_id == silent
    other = desk.agent("Other")
    pass_time(seconds=119)
    assert desk.conversation("s").assignee_id == silent
    pass_time(seconds=2)
    assert desk.conversation("s").assignee_id == other


def test_two_lapses_make_an_agent_away(desk, pass_time):
    silent = desk.agent("Silent")
    desk.asks("s")
    pass_time(seconds=500)
    assert presence(desk, silent) == "away"
    assert desk.conversation("s").owner == "queue", "kept for whoever comes"


def test_an_agent_who_answers_keeps_it(desk, pass_time):
    agent = desk.agent("Mei")
    desk.asks("s")
    pass_time(seconds=60)
    answer(desk, "s", agent)
    pass_time(minutes=9)
    assert desk.conversation("s").assignee_id == agent


def test_each_unanswered_message_starts_the_clock_once(desk, pass_time):
    agent = desk.agent("Mei")
    desk.asks("s")
    answer(desk, "s", agent)
    pass_time(seconds=60)
    desk.turn("s", "first")
    pass_time(seconds=100)
    desk.turn("s", "second")
    assert desk.conversation("s").owner == "agent"
    pass_time(seconds=21)
    assert desk.conversation("s").waiting_since != desk.conversation("s").customer_wrote_at
    assert desk.conversation("s").owner in ("queue", "agent")
    with desk.context.database.reading() as session:
        assert session.query(Lapse).filter_by(handoff_id=desk.conversation("s").handoff_id).count() == 1


def system_words(desk: Desk, sender_id: str) -> list[str]:
    return [text for author, text in desk.said(sender_id) if author == "system"]


class TestSilentCustomers:
    """Asked once whether they are still there; then they have left, and the place is free."""

    @pytest.fixture
    def agent(self, desk: Desk) -> str:
        return desk.agent("Mei", capacity=1)

    @pytest.fixture(autouse=True)
    def _answered(self, desk: Desk, agent: str) -> None:
        desk.asks("quiet")
        answer(desk, "quiet", agent)

    def test_a_silent_customer_is_asked_and_has_left_when_they_say_nothing(self, desk, pass_time, agent):
        desk.asks("next")
        assert desk.conversation("next").owner == "queue"
        pass_time(minutes=9, seconds=59)
        assert system_words(desk, "quiet") == []
        pass_time(seconds=2)
        assert system_words(desk, "quiet") == [notice("still_there", "en")]
        assert (desk.conversation("quiet").status, desk.conversation("quiet").assignee_id) == ("open", agent)
        pass_time(minutes=9, seconds=58)
        assert desk.conversation("quiet").status == "open"
        pass_time(seconds=2)
        quiet = desk.conversation("quiet")
        assert (quiet.status, quiet.owner, quiet.resolved_by) == ("resolved", "bot", "service")
        assert system_words(desk, "quiet")[1:] == [notice("left_idle_resolved", "en")]
        assert "resume" in [entry.kind for entry in desk.outbox("quiet")]
        with desk.context.database.reading() as session:
            [handoff] = repository.handoffs(session, quiet.id)
        assert handoff.outcome == "customer_left"
        assert desk.conversation("next").assignee_id == agent, "the place is free"

    def test_they_are_asked_in_their_language(self, desk, pass_time, agent):
        pass_time(seconds=1)
        desk.turn("quiet", "好的", language="zh")
        answer(desk, "quiet", agent)
        pass_time(minutes=10, seconds=1)
        assert system_words(desk, "quiet") == [notice("still_there", "zh")]

    def test_who_answers_goes_on_with_the_agent_and_may_be_asked_again(self, desk, pass_time, agent):
        pass_time(minutes=11)
        desk.turn("quiet", "yes, still here")
        answer(desk, "quiet", agent, "good")
        pass_time(minutes=9)
        assert len(system_words(desk, "quiet")) == 1
        pass_time(minutes=1, seconds=1)
        assert len(system_words(desk, "quiet")) == 2
        assert desk.conversation("quiet").assignee_id == agent

    def test_while_the_customer_waits_for_an_answer_they_are_not_silent(self, desk, clock, agent):
        desk.turn("quiet", "and this?")
        clock.advance(minutes=1, seconds=59)
        with desk.context.database.reading() as session:
            due = next_due(session, desk.context.settings, clock())
        assert due == clock() + dt.timedelta(seconds=1), "the agent's deadline, and no other"

    @pytest.mark.parametrize("stopped_before", ["the question", "the end"])
    def test_a_restart_costs_no_deadline(self, desk, settings, clock, agent, stopped_before):
        if stopped_before == "the end":
            clock.advance(minutes=10, seconds=1)
            TimerWorker(desk.context).step()
        clock.advance(hours=3)  # nobody is running
        anew = Desk(Context(settings, Database(settings.database), clock))
        worker = TimerWorker(anew.context)
        seconds = worker.step()
        assert system_words(anew, "quiet")[0] == notice("still_there", "en")
        if stopped_before == "the question":
            assert anew.conversation("quiet").status == "open", "asked late, they still have time to answer"
            assert seconds == 600
            clock.advance(seconds=600)
            worker.step()
        assert anew.conversation("quiet").status == "resolved"
        anew.context.database.close()

    class TestWhereMessagesAreScarce:
        @pytest.fixture
        def settings_overrides(self) -> dict[str, Any]:
            return {"scarce_channels": "wechat, webchat", "auto_away_after": dt.timedelta(days=1)}

        def test_they_are_not_asked_and_have_the_same_time(self, desk, pass_time, agent):
            pass_time(minutes=19, seconds=59)
            assert system_words(desk, "quiet") == []
            assert desk.conversation("quiet").assignee_id == agent
            pass_time(seconds=2)
            assert desk.conversation("quiet").status == "resolved"


def test_a_vip_is_served_by_another_once_the_wait_for_a_senior_is_over(desk, pass_time):
    desk.agent("Senior", "zh", "en", "senior", presence="offline")
    other = desk.agent("Other", "zh", "en")
    from handoff_service.models import Customer, Identity

    with desk.context.work() as unit:
        identity = Identity(sender_id="gold", channel="webchat")
        unit.session.add(Customer(id="gold", name="Gold", tier="gold", tags=[], identities=[identity]))
    desk.asks("gold")
    pass_time(seconds=119)
    assert desk.conversation("gold").owner == "queue"
    pass_time(seconds=2)
    assert desk.conversation("gold").assignee_id == other


def test_nobody_waits_for_ever_behind_the_more_urgent(desk, pass_time):
    agent = desk.agent("Mei", "zh", "en", "risk", capacity=1, presence="away")
    desk.asks("patient")
    pass_time(minutes=35)
    desk.turn("urgent", "card lost", topic="fraud", intent="card_lost")
    desk.presence(agent, "online")
    assert desk.conversation("patient").assignee_id == agent
