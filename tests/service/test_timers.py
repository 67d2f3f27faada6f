"""What time alone changes. Every deadline is in the database, so a restart changes nothing."""

import datetime as dt

import pytest

from handoff_service.conversations import messages, repository
from handoff_service.models import Agent
from handoff_service.timers import TimerWorker
from tests.service.desk import Desk


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
        assert repository.lapsed_agents(session, [desk.conversation("s").handoff_id or ""])


def test_a_silent_customer_frees_the_capacity_and_is_resolved_later(desk, pass_time):
    agent = desk.agent("Mei", capacity=1)
    desk.asks("quiet")
    answer(desk, "quiet", agent)
    desk.asks("next")
    assert desk.conversation("next").owner == "queue"
    pass_time(minutes=10, seconds=1)
    assert desk.conversation("quiet").status == "snoozed"
    assert desk.conversation("next").assignee_id == agent
    answer(desk, "next", agent)
    pass_time(minutes=10)
    quiet = desk.conversation("quiet")
    assert (quiet.status, quiet.owner) == ("resolved", "bot")
    assert "resume" in [entry.kind for entry in desk.outbox("quiet")]


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
