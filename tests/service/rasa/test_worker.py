"""The outbox against a Rasa that refuses, crashes and hangs up: in order, once, and never a blind retry."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handoff_service.context import Context, utc_now
from handoff_service.conversations import messages, ownership, recalling, repository
from handoff_service.models import Conversation, Message, OutboxEntry
from handoff_service.rasa import delivery, outbox
from handoff_service.rasa.worker import OutboxWorker
from handoff_service.visits.schemas import Receipts
from handoff_service.visits.service import take_receipts
from tests.service.desk import Desk
from tests.service.rasa.fake_rasa import FakeRasa

PATIENCE = 20.0


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    fake = FakeRasa()
    yield fake
    fake.close()


@pytest.fixture
def settings_overrides(rasa: FakeRasa) -> dict[str, Any]:
    return {
        "rasa_url": rasa.url,
        "echo_within": dt.timedelta(milliseconds=100),
        "pause_grace": dt.timedelta(0),
    }


@pytest.fixture
def desk(settings, database) -> Desk:
    return Desk(Context(settings, database, utc_now))


@pytest.fixture
def run(desk: Desk) -> Callable[[Callable[[], bool]], None]:
    """Run the worker until the condition holds."""

    def run_until(condition: Callable[[], bool]) -> None:
        async def main() -> None:
            worker = OutboxWorker(desk.context)
            task = asyncio.create_task(worker.run())
            deadline = time.monotonic() + PATIENCE
            try:
                while not await asyncio.to_thread(condition):
                    assert time.monotonic() < deadline, "it did not come"
                    assert not task.done(), "the worker ended"
                    worker.wake()
                    await asyncio.sleep(0.02)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        asyncio.run(main())

    return run_until


def handed_over(desk: Desk, sender_id: str = "webchat:default:1") -> str:
    """A conversation with an agent that Rasa knows; the agent's id."""
    agent_id = desk.agent("Mei")
    desk.asks(sender_id)
    return agent_id


def say(desk: Desk, sender_id: str, agent_id: str, text: str) -> str:
    with desk.context.work(f"agent:{agent_id}") as unit:
        conversation = repository.live(unit.session, sender_id)
        assert conversation is not None
        return messages.agent_says(
            unit, conversation, agent_id=agent_id, agent_name="Mei", text=text, client_id=text
        ).id


def delivery_of(desk: Desk, message_id: str) -> tuple[str | None, str | None]:
    with desk.context.database.reading() as session:
        message = session.get(Message, message_id)
        assert message is not None
        return message.delivery, message.failure


def settled(desk: Desk, sender_id: str) -> bool:
    return not desk.outbox(sender_id, "waiting", "sending", "unknown")


SENDER = "webchat:default:1"


def test_pause_words_and_resume_reach_rasa_in_order(desk, rasa, run):
    agent = handed_over(desk)
    first, second = say(desk, SENDER, agent, "one"), say(desk, SENDER, agent, "two")
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, SENDER), outcome="solved", note="refunded")
    run(lambda: settled(desk, SENDER))
    kinds = rasa.kinds(SENDER)
    assert kinds.count("pause") == 0, "returned before the pause was sent: it is wanted no more"
    assert [text for _, text in rasa.said][-3:][:2] == ["one", "two"]
    assert kinds.index("resume") > max(
        i for i, e in enumerate(rasa.trackers[SENDER]) if e.get("text") == "two"
    )
    outcome = next(e for e in rasa.trackers[SENDER] if e.get("name") == "handoff_outcome")
    assert outcome["value"]["note"] == "refunded"
    assert delivery_of(desk, first) == delivery_of(desk, second) == ("sent", None)
    assert desk.conversation(SENDER).control == "confirmed"


def test_a_conversation_that_rasa_never_stored_gets_a_session_before_its_pause(desk, rasa, run):
    handed_over(desk)
    run(lambda: settled(desk, SENDER) and desk.conversation(SENDER).control == "confirmed")
    assert rasa.kinds(SENDER)[:4] == ["action", "session_started", "action", "pause"]


def test_the_assistants_own_pause_is_found_in_the_tracker(desk, rasa, run):
    desk.agent("Mei")
    handoff = desk.asks(SENDER)["handoff"]
    rasa.trackers[SENDER] = [
        {"event": "user", "text": "hi"},
        {"event": "pause", "metadata": {"handoff_id": handoff["id"]}},
    ]
    run(lambda: settled(desk, SENDER))
    assert rasa.kinds(SENDER) == ["user", "pause"], "not paused twice"


def test_a_text_of_the_systems_may_have_buttons(desk, rasa, run):
    handed_over(desk)
    buttons = [{"title": "Good", "payload": "5"}]
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, SENDER)
        message = messages.system_says(unit, conversation, "ask_rating", buttons=buttons)
        assert message is not None
        text = message.text
    run(lambda: settled(desk, SENDER))
    (said,) = [event for event in rasa.trackers[SENDER] if event.get("text") == text]
    assert said["data"] == {"buttons": buttons}


@pytest.mark.parametrize("failure", ["crash_after", "hang_up_after"])
def test_words_that_were_said_before_the_crash_are_not_said_again(desk, rasa, run, failure):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = [failure]
    message = say(desk, SENDER, agent, "once")
    run(lambda: delivery_of(desk, message)[0] == "sent")
    assert [text for _, text in rasa.said].count("once") == 1


def test_words_that_were_not_said_are_said_again_where_a_repeat_is_dropped(desk, rasa, run):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["crash_before"]
    message = say(desk, SENDER, agent, "again")
    run(lambda: delivery_of(desk, message)[0] == "sent")
    assert [text for _, text in rasa.said].count("again") == 1


@pytest.mark.parametrize("settings_extra", [frozenset()])
def test_elsewhere_they_are_marked_unconfirmed_for_the_agent_to_decide(
    desk, rasa, run, settings_extra, monkeypatch
):
    desk.context.settings = desk.context.settings.model_copy(update={"idempotent_channels": settings_extra})
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["crash_before"]
    message = say(desk, SENDER, agent, "perhaps")
    run(lambda: delivery_of(desk, message)[0] == "failed")
    assert delivery_of(desk, message) == ("failed", "unconfirmed")
    assert "perhaps" not in [text for _, text in rasa.said]
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, SENDER)
        delivery.send_again(unit, conversation, unit.session.get(Message, message))
    run(lambda: delivery_of(desk, message)[0] == "sent")


def test_the_echo_confirms_words_whose_call_ended_in_the_dark(desk, rasa, run):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["hang_up_after"]
    rasa.on_post = lambda sender, events: desk.ingest(sender, *events)
    message = say(desk, SENDER, agent, "echo")
    run(lambda: delivery_of(desk, message)[0] == "sent")
    assert [author for author, text in desk.said(SENDER) if text == "echo"] == ["agent"]


def test_a_busy_rasa_is_asked_again_and_the_order_is_kept(desk, rasa, run):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["busy", "busy", "busy"]
    for text in ("one", "two", "three"):
        say(desk, SENDER, agent, text)
    run(lambda: settled(desk, SENDER))
    assert [text for _, text in rasa.said][-3:] == ["one", "two", "three"]


def test_a_rasa_that_keeps_crashing_is_not_tried_for_ever(desk, rasa, run):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["crash_before"] * delivery.REFUSALS
    doomed, fine = say(desk, SENDER, agent, "doomed"), say(desk, SENDER, agent, "fine")
    run(lambda: settled(desk, SENDER))
    assert delivery_of(desk, doomed) == ("failed", "unconfirmed")
    assert delivery_of(desk, fine)[0] == "sent"


def test_an_id_that_rasa_cannot_be_given_in_a_path_reaches_no_other_conversation(desk, rasa, run):
    agent = handed_over(desk, "客户 1")
    message = say(desk, "客户 1", agent, "hello")
    run(lambda: settled(desk, "客户 1"))
    assert delivery_of(desk, message)[0] == "failed"
    assert rasa.trackers == {}


def test_a_lasting_refusal_is_told_to_the_agent_and_holds_nobody_up(desk, rasa, run):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["refuse"] * delivery.REFUSALS
    refused, fine = say(desk, SENDER, agent, "no"), say(desk, SENDER, agent, "yes")
    run(lambda: settled(desk, SENDER))
    assert delivery_of(desk, refused) == ("failed", "Rasa answered 400")
    assert delivery_of(desk, fine)[0] == "sent"


def test_a_channel_that_cannot_be_pushed_to_is_said_so(desk, rasa, run):
    agent = desk.agent("Mei")
    with desk.context.work() as unit:
        given = desk.turn_in("plain", "human", asks_human=True).model_copy(update={"channel": "rest"})
        from handoff_service.turns.service import take_turn

        take_turn(unit, given)
    message = say(desk, "plain", agent, "hello?")
    run(lambda: delivery_of(desk, message)[0] == "failed")
    assert delivery_of(desk, message)[1] == "channel_cannot_push"


def test_an_entry_whose_worker_died_is_looked_up_and_not_simply_sent_again(desk, rasa, run):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    message = say(desk, SENDER, agent, "killed while sending")
    with desk.context.work() as unit:  # as a killed worker leaves it: claimed, and Rasa had it already
        entry = unit.session.query(OutboxEntry).filter_by(message_id=message).one()
        entry.state, entry.attempts = "sending", 1
        entry.lease_until = unit.now - dt.timedelta(seconds=1)
    rasa.trackers[SENDER].append({"event": "bot", "metadata": {"message_id": message}})
    run(lambda: delivery_of(desk, message)[0] == "sent")
    assert "killed while sending" not in [text for _, text in rasa.said]


def test_the_missed_message_is_answered_by_triggering_its_intent(desk, rasa, run):
    agent = handed_over(desk)
    assert agent
    run(lambda: settled(desk, SENDER))
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, SENDER)
        ownership.give_back(unit, conversation, outcome="solved", note=None)
        outbox.put(unit, conversation, "answer", payload={"intent": "opening_hours", "entities": []})
    run(lambda: settled(desk, SENDER))
    assert rasa.triggered == [(SENDER, "opening_hours")]


def test_rasa_is_called_with_a_signed_short_lived_token(desk, rasa, run):
    import jwt

    handed_over(desk)
    run(lambda: settled(desk, SENDER))
    authorization = next(iter(rasa.authorizations))
    secret = desk.context.settings.rasa_jwt_secret.get_secret_value()
    claims = jwt.decode(authorization.removeprefix("Bearer "), secret, algorithms=["HS256"])
    assert claims["user"] == {"username": "handoff", "role": "admin"}
    assert claims["exp"] - time.time() < 120


def test_a_resume_that_ended_in_the_dark_is_not_sent_again_once_a_person_is_wanted(desk, rasa, run):
    handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["crash_before"]
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, SENDER), outcome="solved", note=None)
    run(lambda: bool(desk.outbox(SENDER, "unknown")))
    desk.asks(SENDER)
    run(lambda: settled(desk, SENDER))
    assert "resume" not in rasa.kinds(SENDER)
    assert desk.conversation(SENDER).owner == "agent"


def test_a_return_is_tried_until_rasa_takes_it(desk, rasa, run):
    handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["refuse"] * (delivery.REFUSALS + 2)
    with desk.context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, SENDER), outcome="solved", note=None)
    run(lambda: desk.conversation(SENDER).control == "confirmed")
    assert "resume" in rasa.kinds(SENDER)


def test_a_message_sent_again_is_settled_by_the_echo_of_its_first_attempt(desk, rasa, run):
    desk.context.settings = desk.context.settings.model_copy(update={"idempotent_channels": frozenset()})
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["crash_before"]
    message = say(desk, SENDER, agent, "late")
    run(lambda: delivery_of(desk, message)[0] == "failed")
    with desk.context.work() as unit:
        conversation = repository.live(unit.session, SENDER)
        delivery.send_again(unit, conversation, unit.session.get(Message, message))
    desk.ingest(SENDER, {"event": "bot", "text": "late", "metadata": {"message_id": message}})
    run(lambda: settled(desk, SENDER))
    assert delivery_of(desk, message)[0] == "sent"
    assert "late" not in [text for _, text in rasa.said]


def undelivered(desk: Desk, message_id: str, reason: str) -> None:
    """The channel's word, which comes when Rasa has had the message for long."""
    with desk.context.work("customer") as unit:
        receipts = Receipts(message_ids=[message_id], state="failed", reason=reason)
        take_receipts(unit, SENDER, receipts)


def send_again(desk: Desk, message_id: str) -> int:
    """The number of the outbox entry."""
    with desk.context.work("agent:mei") as unit:
        message = unit.session.get_one(Message, message_id)
        delivery.send_again(unit, unit.session.get_one(Conversation, message.conversation_id), message)
        return outbox.entries_of(unit.session, message_id, "say")[-1].number


def resends(rasa: FakeRasa, message_id: str) -> list[int | None]:
    """What marks each of the times that the channel got the message."""
    told = [event.get("metadata") or {} for event in rasa.trackers[SENDER] if event["event"] == "bot"]
    return [metadata.get("resend") for metadata in told if metadata.get("message_id") == message_id]


@pytest.mark.parametrize("reason", ["unconfirmed", "window_closed"])
def test_what_the_channel_did_not_deliver_reaches_it_again_marked_as_sent_again(desk, rasa, run, reason):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "are you there?")
    run(lambda: settled(desk, SENDER))
    undelivered(desk, message, reason)
    number = send_again(desk, message)
    run(lambda: settled(desk, SENDER))
    assert delivery_of(desk, message) == ("sent", None)
    assert resends(rasa, message) == [None, number]


@pytest.mark.parametrize("failure", ["crash_before", "crash_after"])
def test_a_resend_that_ended_in_the_dark_is_known_by_its_own_mark(desk, rasa, run, failure):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "are you there?")
    run(lambda: settled(desk, SENDER))
    undelivered(desk, message, "unconfirmed")
    rasa.fail = [failure]
    number = send_again(desk, message)
    run(lambda: settled(desk, SENDER))
    assert resends(rasa, message) == [None, number]


def test_the_late_echo_of_the_first_attempt_is_none_of_the_second(desk, rasa, run):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "are you there?")
    run(lambda: settled(desk, SENDER))
    undelivered(desk, message, "unconfirmed")
    number = send_again(desk, message)
    desk.ingest(SENDER, {"event": "bot", "text": "are you there?", "metadata": {"message_id": message}})
    assert delivery_of(desk, message)[0] == "pending"
    run(lambda: settled(desk, SENDER))
    assert resends(rasa, message) == [None, number]


def test_the_channels_word_counts_for_more_than_that_rasa_could_not_be_asked(desk, rasa, run):
    """It has the words, then: they are neither told it anew nor given up as unknown."""
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["crash_before"]
    message = say(desk, SENDER, agent, "are you there?")
    run(lambda: bool(desk.outbox(SENDER, "unknown")))
    undelivered(desk, message, "window_closed")
    run(lambda: settled(desk, SENDER))
    assert delivery_of(desk, message) == ("failed", "window_closed")
    assert message not in [(event.get("metadata") or {}).get("message_id") for event in rasa.trackers[SENDER]]


def test_a_failure_told_late_is_not_of_the_attempt_that_has_not_left_yet(desk, rasa, run):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "are you there?")
    run(lambda: settled(desk, SENDER))
    undelivered(desk, message, "customer_unreachable")
    send_again(desk, message)
    undelivered(desk, message, "customer_unreachable")
    assert delivery_of(desk, message)[0] == "pending"
    run(lambda: settled(desk, SENDER))
    assert delivery_of(desk, message) == ("sent", None)


def test_words_without_a_known_channel_are_not_called_sent(desk, rasa, run):
    agent = handed_over(desk)
    run(lambda: settled(desk, SENDER))
    with desk.context.work() as unit:
        repository.live(unit.session, SENDER).channel = ""
    message = say(desk, SENDER, agent, "where to?")
    run(lambda: delivery_of(desk, message)[0] == "failed")
    assert delivery_of(desk, message)[1] == "channel_unknown"


def recall(desk: Desk, message_id: str) -> None:
    with desk.context.work("agent:mei") as unit:
        message = unit.session.get_one(Message, message_id)
        conversation = unit.session.get_one(Conversation, message.conversation_id)
        recalling.recall(unit, conversation, message)


def recall_of(desk: Desk, message_id: str) -> str | None:
    with desk.context.database.reading() as session:
        return session.get_one(Message, message_id).recall


def test_words_are_taken_back_in_order_and_once(desk, rasa, run):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "wrong window")
    run(lambda: delivery_of(desk, message)[0] == "sent")
    recall(desk, message)
    say(desk, SENDER, agent, "right words")
    run(lambda: settled(desk, SENDER))

    assert recall_of(desk, message) == "done"
    told = [e for e in rasa.trackers[SENDER] if (e.get("metadata") or {}).get("author") == "agent"]
    assert [e["text"] for e in told] == ["wrong window", "", "right words"]
    assert told[1]["metadata"] == {
        "message_id": f"recall:{message}",
        "author": "agent",
        "recalls": message,
    }


def test_words_withdrawn_in_time_are_never_said(desk, rasa, run):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "never")
    recall(desk, message)
    run(lambda: settled(desk, SENDER))

    assert recall_of(desk, message) == "done"
    assert "never" not in [text for _, text in rasa.said]


def test_a_recall_that_ended_in_the_dark_is_looked_up(desk, rasa, run):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "oops")
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["crash_after"]
    recall(desk, message)
    run(lambda: settled(desk, SENDER))

    assert recall_of(desk, message) == "done"
    told = [e for e in rasa.trackers[SENDER] if (e.get("metadata") or {}).get("recalls") == message]
    assert len(told) == 1


def test_a_recall_that_rasa_refuses_is_told_and_may_be_asked_for_again(desk, rasa, run):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "oops")
    run(lambda: settled(desk, SENDER))
    rasa.fail = ["refuse"] * delivery.REFUSALS
    recall(desk, message)
    run(lambda: recall_of(desk, message) == "failed")
    assert delivery_of(desk, message) == ("sent", None), "it was said all the same"

    recall(desk, message)
    run(lambda: recall_of(desk, message) == "done")


def test_the_echo_of_words_is_not_taken_for_that_of_their_recall(desk, rasa, run):
    agent = handed_over(desk)
    message = say(desk, SENDER, agent, "oops")
    run(lambda: settled(desk, SENDER))
    recall(desk, message)
    desk.ingest(SENDER, {"event": "bot", "text": "oops", "metadata": {"message_id": message}})

    assert recall_of(desk, message) == "pending"
    run(lambda: settled(desk, SENDER))
    assert recall_of(desk, message) == "done"
