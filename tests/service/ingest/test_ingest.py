"""Ingest: each event once, in order, and no poisoned one holds the others back."""

import pytest
from sqlalchemy import func, select

from handoff_service.conversations import ownership, repository
from handoff_service.models import Agent, DeadLetter
from tests.service.desk import Desk, bot, user


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


def test_messages_are_stored_in_order_and_only_once(desk):
    events = [user("hi", "m1"), bot("hello"), user("bye", "m2"), bot("see you")]
    assert [r.status for r in desk.ingest("s", *events)] == ["stored"] * 4
    assert desk.said("s") == [("customer", "hi"), ("bot", "hello"), ("customer", "bye"), ("bot", "see you")]


def test_a_batch_shipped_again_is_recognised(desk, context):
    moment = context.clock().timestamp()
    events = [{**user("hi", "m1"), "timestamp": moment}, {**bot("hello"), "timestamp": moment}]
    desk.ingest("s", *events)
    assert [r.status for r in desk.ingest("s", *events)] == ["duplicate"] * 2
    assert len(desk.said("s")) == 2


def test_a_turn_that_rasa_handled_twice_is_shown_once(desk):
    """Killed before it saved, Rasa handles the message again, and its events get new timestamps."""
    for moment in (1.0, 2.0):
        desk.ingest("s", {**user("hi", "m1"), "timestamp": moment})
        desk.ingest("s", {**bot("hello"), "timestamp": moment}, reply_to="m1", n=0)
    assert desk.said("s") == [("customer", "hi"), ("bot", "hello")]


def test_the_words_of_a_turn_are_not_stored_again_by_ingest(desk):
    desk.turn("s", "hi", message_id="m1")
    assert desk.ingest("s", user("hi", "m1"))[0].status == "duplicate"
    assert desk.said("s") == [("customer", "hi")]


@pytest.mark.parametrize(
    "poison",
    [
        {"event": "user", "timestamp": "yesterday"},
        {"event": "user", "timestamp": float("nan")},
        {"event": "user", "timestamp": 1e300},
        {"event": 7},
        {"event": "user", "message_id": "x" * 500},
        {
            "event": "slot",
            "name": "turn",
            "value": {"decision": "unreachable", "turn": {"sender_id": "other"}},
        },
    ],
    ids=["time is text", "time is nan", "time is absurd", "type is a number", "long id", "foreign turn"],
)
def test_a_poisoned_event_costs_only_itself(desk, poison):
    results = desk.ingest("s", user("before", "m1"), poison, user("after", "m2"))
    assert [r.status for r in results] == ["stored", "rejected", "stored"]
    assert results[1].reason
    assert desk.said("s") == [("customer", "before"), ("customer", "after")]
    with desk.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DeadLetter)) == 1


def test_text_that_no_database_takes_is_kept_with_replacements(desk):
    desk.ingest("s", user("nul \x00 and \ud800 alone", "m1"))
    assert desk.said("s") == [("customer", "nul � and � alone")]


def test_a_guarded_slash_is_shown_as_it_was_typed(desk):
    desk.ingest("s", user("\u2060/restart", "m1"), user(" \u2060 / ", "m2"))
    assert desk.said("s") == [("customer", "/restart"), ("customer", " \u2060 / ")]


def test_a_request_that_nobody_assessed_opens_the_handoff(desk):
    """The backstop for a dead action server: told and paused for by the service itself."""
    desk.agent("Mei")
    desk.ingest("s", user("转人工", "m1", "request_human"), bot("稍等"))
    conversation = desk.conversation("s")
    assert conversation.owner == "agent"
    assert [entry.kind for entry in desk.outbox("s")] == ["pause"]
    desk.ingest("s", {"event": "pause"})
    assert desk.said("s")[-1][0] == "system"
    assert "Mei" in desk.said("s")[-1][1]


def test_a_request_that_was_assessed_is_not_opened_again(desk):
    desk.agent("Mei")
    desk.turn("s", "I want a human", message_id="m1", asks_human=True)
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, "s"), outcome="solved", note=None)
    desk.ingest("s", user("I want a human", "m1", "request_human"))
    assert desk.conversation("s").owner == "bot"


def test_a_turn_that_could_not_reach_us_is_decided_when_it_arrives(desk):
    desk.agent("Sam", "en", "risk")
    late = desk.turn_in("s", "I lost my card", "m1", topic="fraud", intent="card_lost")
    slot = {
        "event": "slot",
        "name": "turn",
        "value": {"decision": "unreachable", "message_id": "m1", "turn": late.model_dump(mode="json")},
    }
    desk.ingest("s", user("I lost my card", "m1", "card_lost"), slot, bot("safety first"))
    conversation = desk.conversation("s")
    assert (conversation.owner, conversation.priority) == ("agent", 3)
    assert desk.ingest("s", slot)[0].status == "duplicate"


def test_the_actions_own_pause_confirms_control_and_tells_nobody_twice(desk):
    desk.agent("Mei")
    handoff = desk.asks("s")["handoff"]
    desk.ingest("s", bot(handoff["notice"]), {"event": "pause", "metadata": {"handoff_id": handoff["id"]}})
    assert desk.conversation("s").control == "confirmed"
    assert [entry.state for entry in desk.outbox("s")] == ["done"]
    assert [author for author, _ in desk.said("s")] == ["customer", "bot"]


@pytest.mark.parametrize("lost_by", ["restart", "session_started", "resume"])
def test_a_lost_pause_is_mended(desk, lost_by):
    desk.agent("Mei")
    handoff = desk.asks("s")["handoff"]
    desk.ingest("s", {"event": "pause", "metadata": {"handoff_id": handoff["id"]}})
    desk.ingest("s", {"event": lost_by})
    assert [(e.kind, e.state) for e in desk.outbox("s")] == [("pause", "done"), ("pause", "waiting")]
    desk.ingest("s", {"event": "slot", "name": "x", "value": 1})
    assert len(desk.outbox("s")) == 2, "one mend under way is enough"


def test_a_session_start_that_pauses_again_needs_no_mending(desk):
    desk.agent("Mei")
    handoff = desk.asks("s")["handoff"]
    desk.ingest("s", {"event": "pause", "metadata": {"handoff_id": handoff["id"]}})
    desk.ingest("s", {"event": "session_started"}, {"event": "pause"})
    assert [(e.kind, e.state) for e in desk.outbox("s")] == [("pause", "done")]


def test_a_message_between_return_and_resume_is_answered_after_the_resume(desk):
    desk.agent("Mei")
    handoff = desk.asks("s")["handoff"]
    desk.ingest("s", {"event": "pause", "metadata": {"handoff_id": handoff["id"]}})
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, "s"), outcome="solved", note=None)
    desk.turn("s", "opening hours?", message_id="between", intent="opening_hours")
    desk.ingest("s", user("opening hours?", "between", "opening_hours"))
    desk.ingest("s", {"event": "resume"})
    (owed,) = [entry for entry in desk.outbox("s") if entry.kind == "answer"]
    assert owed.payload["intent"] == "opening_hours"


def test_words_to_the_agent_are_not_answered_by_the_bot_after_the_return(desk):
    desk.agent("Mei")
    handoff = desk.asks("s")["handoff"]
    desk.ingest("s", {"event": "pause", "metadata": {"handoff_id": handoff["id"]}})
    desk.turn("s", "to the agent", message_id="m2")
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, "s"), outcome="solved", note=None)
    desk.ingest("s", user("to the agent", "m2"), {"event": "resume"})
    assert not [entry for entry in desk.outbox("s") if entry.kind == "answer"]


def test_an_intent_triggered_from_outside_is_not_a_customers_message(desk):
    desk.turn("s")
    result = desk.ingest("s", user("EXTERNAL: greet", None, metadata={"is_external": True}))
    assert result[0].status == "duplicate"
    assert len(desk.said("s")) == 1
    desk.ingest("s", user("EXTERNAL: is what I typed", "m9"))
    assert desk.said("s")[-1] == ("customer", "EXTERNAL: is what I typed")


def test_a_late_turn_knows_better_than_its_intent(desk):
    """The user event comes before the slot that holds its assessment; the backstop waits for it."""
    desk.agent("Sam", "en", "risk")
    late = desk.turn_in("s", "my card was stolen, get me a human", "m1", topic="fraud", asks_human=True)
    slot = {"event": "slot", "name": "turn", "value": unreachable(late)}
    desk.ingest("s", user(late.text, "m1", "request_human"), slot)
    assert desk.conversation("s").priority == 3
    harmless = desk.turn_in("t", "no need for a human", "m2", intent="request_human")
    slot = {"event": "slot", "name": "turn", "value": unreachable(harmless)}
    desk.ingest("t", user(harmless.text, "m2", "request_human"), slot)
    assert desk.conversation("t").owner == "bot"


def unreachable(turn):
    return {"decision": "unreachable", "message_id": turn.message_id, "turn": turn.model_dump(mode="json")}


def test_who_joined_meanwhile_is_said_and_nothing_that_is_outdated(desk):
    """Nobody was online, the action died before it could tell, and an agent came before the pause did."""
    desk.asks("s")
    desk.agent("Mei", presence="away")
    with desk.context.work() as unit:
        agent = unit.session.scalars(select(Agent)).one()
        ownership.claim(unit, repository.live(unit.session, "s"), agent, rules_version=1)
    desk.ingest("s", {"event": "pause"})
    told = [text for author, text in desk.said("s") if author == "system"]
    assert len(told) == 1
    assert "Mei" in told[0]


def test_the_rules_advice_is_told_even_when_an_agent_has_joined_meanwhile(desk):
    desk.turn("s", "card stolen", topic="fraud")
    desk.agent("Sam", "en", "risk", presence="away")
    with desk.context.work() as unit:
        agent = unit.session.scalars(select(Agent)).one()
        ownership.claim(unit, repository.live(unit.session, "s"), agent, rules_version=1)
    desk.ingest("s", {"event": "pause"})
    told = [text for author, text in desk.said("s") if author == "system"]
    assert any("block the card" in text for text in told)
    assert "online" not in told[-1].split("\n\n")[-1]


def test_the_pause_of_an_earlier_handoff_confirms_nothing(desk):
    desk.agent("Mei")
    first = desk.asks("s")["handoff"]
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, "s"), outcome="solved", note=None)
    desk.asks("s")
    desk.ingest("s", {"event": "pause", "metadata": {"handoff_id": first["id"]}})
    assert desk.conversation("s").control == "pending"


def test_a_missed_message_shipped_twice_is_answered_once(desk):
    desk.agent("Mei")
    handoff = desk.asks("s")["handoff"]
    desk.ingest("s", {"event": "pause", "metadata": {"handoff_id": handoff["id"]}})
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, "s"), outcome="solved", note=None)
    desk.turn("s", "opening hours?", message_id="m", intent="opening_hours")
    for _ in range(2):
        desk.ingest(
            "s", {"event": "pause"}, user("opening hours?", "m", "opening_hours"), {"event": "resume"}
        )
    assert len([entry for entry in desk.outbox("s") if entry.kind == "answer"]) == 1


def test_the_channel_is_learned_when_the_bot_spoke_first(desk):
    desk.ingest("s", bot("Welcome!"))
    desk.ingest("s", user("hi", "m1"))
    assert desk.conversation("s").channel == "webchat"


def test_a_pressed_button_is_shown_as_what_stood_on_it(desk):
    desk.ingest("s", user("/track_order", "m1", metadata={"button_title": "查订单"}))
    desk.ingest("s", user("my words", "m2", metadata={"button_title": "not a button's"}))
    assert desk.said("s") == [("customer", "查订单"), ("customer", "my words")]


def test_what_rasa_never_heard_is_shown_and_nobody_owes_it_an_answer(desk, context):
    """The channel has passed it on as it came: without an understanding, and without a turn."""
    agent = desk.agent("Mei")
    desk.turn("s", "hello")
    bare = {"intent": {}, "entities": [], "text": "for the record"}
    desk.ingest("s", user("for the record", "m9", parse_data=bare))
    assert desk.said("s")[-1] == ("customer", "for the record")
    assert (desk.conversation("s").owner, desk.conversation("s").unread) == ("bot", 0)

    desk.asks("s")
    desk.ingest("s", user("and this", "m10", parse_data=bare))
    assert desk.conversation("s").assignee_id == agent
    assert desk.conversation("s").unread == 1
    assert not [entry for entry in desk.outbox("s") if entry.kind == "answer"]
