"""A trained bot with this repository's endpoints: it hands over, keeps silent and comes back."""

import asyncio
import json
import uuid
from contextlib import closing, contextmanager
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from rasa.shared.core.events import ActionExecuted, UserUttered

from channels.worker import InboxWorker, RasaAssistant
from rasa_parts.broker import SpoolBroker
from rasa_parts.lock_store import PromptLockStore
from rasa_parts.spool import Spool
from rasa_parts.tracker_store import BatonTrackerStore
from tests.assistant.channel_fakes import SilentChannel
from tests.assistant.tiny_bot import Conversation, FakeActions, load_tiny_bot, train_tiny_bot

HOURS, ORDER, PERSON, RIDDLE = "/ask_hours", "/order", "I want a human", "asdfgh"
RESUME = [{"event": "slot", "name": "turn", "value": None}, {"event": "resume"}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def rasa_environment(folder):
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "false")
        monkeypatch.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
        monkeypatch.setenv("BATON_DATA_DIR", str(folder / "data"))
        for name in ("HANDOFF_SERVICE_KEY", "TRACKER_DB_URL", "SANIC_WORKERS"):
            monkeypatch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def model(folder, rasa_environment):
    return train_tiny_bot(folder)


@pytest.fixture(scope="module")
def action_server():
    server = FakeActions()
    yield server
    server.close()


@pytest.fixture(scope="module")
def agent(model, folder, action_server):
    return asyncio.run(load_tiny_bot(model, folder, action_server.port))


@pytest.fixture
def actions(action_server):
    action_server.reset()
    action_server.decisions[PERSON] = "handoff"
    return action_server


@pytest.fixture
def conversation(agent, actions):
    return Conversation(agent, f"rest:{uuid.uuid4()}")


def run(scenario):
    return asyncio.run(scenario)


def actions_since(tracker, text):
    names = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.text == text:
            return names[::-1]
        if isinstance(event, ActionExecuted):
            names.append(event.action_name)
    raise AssertionError(f"{text!r} was not said")


def test_the_endpoints_of_the_repository_lead_to_our_parts(agent):
    assert type(agent.tracker_store) is BatonTrackerStore  # and not within Rasa's fail-safe wrapper
    assert type(agent.tracker_store.event_broker) is SpoolBroker
    assert type(agent.lock_store) is PromptLockStore


def test_what_stays_is_answered_by_the_bot(conversation):
    async def scenario():
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert await conversation.say(ORDER) == ["Which number?"]
        assert await conversation.say("10023") == ["On its way."]
        assert await conversation.say(RIDDLE) == ["Pardon?"]

    run(scenario())


def test_a_handoff_says_the_notice_once_and_silences_the_bot(conversation, actions):
    async def scenario():
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert await conversation.say(PERSON) == [actions.NOTICE]
        tracker = await conversation.tracker()
        assert tracker.is_paused()
        assert tracker.latest_action_name == "action_listen"
        assert await conversation.say(HOURS) == []
        assert await conversation.say(PERSON) == []
        assert actions.handoffs == 1

    run(scenario())


def test_a_handoff_in_the_first_message_of_a_conversation(conversation, actions):
    async def scenario():
        assert await conversation.say(PERSON) == [actions.NOTICE]
        assert await conversation.say(HOURS) == []

    run(scenario())


def test_a_handoff_from_inside_a_form_ends_the_form(conversation, actions):
    async def scenario():
        assert await conversation.say(ORDER) == ["Which number?"]
        assert await conversation.say(PERSON) == [actions.NOTICE]
        tracker = await conversation.tracker()
        assert tracker.is_paused()
        assert tracker.active_loop_name is None
        assert actions_since(tracker, PERSON) == ["action_handoff", "action_listen"]  # the form was not run
        await conversation.post(*RESUME)
        assert await conversation.say(HOURS) == ["Nine to six."]

    run(scenario())


def test_a_message_that_would_open_a_form_can_be_handed_over(conversation, actions):
    actions.decisions[ORDER] = "handoff"

    async def scenario():
        assert await conversation.say(ORDER) == [actions.NOTICE]
        assert (await conversation.tracker()).active_loop_name is None

    run(scenario())


FAILURES = {
    "dies": "die",
    "answers 500": (500, {"error": "boom"}),
    "refuses to run": (400, {"action_name": "action_handoff", "error": "rejected"}),
    "returns nothing": (200, {"events": [], "responses": []}),
    "returns nonsense": (200, {"events": "?"}),
}


@pytest.fixture(params=FAILURES, ids=FAILURES)
def failing_actions(request, actions):
    actions.handoff = FAILURES[request.param]
    return actions


def test_when_the_action_fails_the_bot_is_silent_from_then_on(conversation, failing_actions):
    async def scenario():
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert await conversation.say(PERSON) == []
        failing_actions.decisions.update({HOURS: "silent"})
        assert await conversation.say(HOURS) == []
        failing_actions.decisions[HOURS] = "unreachable"
        assert await conversation.say(HOURS) == []
        failing_actions.dead = True
        assert await conversation.say(HOURS) == []
        assert await conversation.say(RIDDLE) == []
        assert failing_actions.handoffs == 1

    run(scenario())


def test_when_the_action_fails_inside_a_form_the_form_does_not_go_on(conversation, failing_actions):
    async def scenario():
        assert await conversation.say(ORDER) == ["Which number?"]
        assert await conversation.say(PERSON) == []
        failing_actions.dead = True
        assert await conversation.say("10023") == []

    run(scenario())


def test_when_the_action_failed_the_conversation_comes_back_all_the_same(conversation, failing_actions):
    async def scenario():
        assert await conversation.say(PERSON) == []
        await conversation.post(*RESUME)
        assert await conversation.say(HOURS) == ["Nine to six."]
        failing_actions.dead = True
        assert await conversation.say(HOURS) == ["Nine to six."]

    run(scenario())


def test_silence_does_not_depend_on_the_pause(conversation, actions):
    actions.decisions["10023"] = actions.decisions[HOURS] = "silent"

    async def scenario():
        assert await conversation.say(ORDER) == ["Which number?"]
        assert await conversation.say("10023") == []
        assert await conversation.say(HOURS) == []
        assert not (await conversation.tracker()).is_paused()

    run(scenario())


def test_a_rating_gets_no_answer_and_what_comes_next_does_also_without_the_service(conversation, actions):
    actions.decisions[RIDDLE] = "noted"

    async def scenario():
        assert await conversation.say(PERSON) == [actions.NOTICE]
        await conversation.post(*RESUME)
        assert await conversation.say(RIDDLE) == []
        actions.decisions[HOURS] = "unreachable"
        assert await conversation.say(HOURS) == ["Nine to six."]

    run(scenario())


def test_a_typed_restart_does_not_wake_the_bot(conversation, actions):
    async def scenario():
        assert await conversation.say(PERSON) == [actions.NOTICE]
        assert await conversation.say("/restart") == []
        assert (await conversation.tracker()).is_paused()
        assert await conversation.say(HOURS) == []
        assert await conversation.say("/session_start") == []
        await conversation.post(*RESUME)
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert actions.handoffs == 1

    run(scenario())


def test_a_typed_restart_does_not_wake_the_bot_where_the_pause_is_missing(conversation, actions):
    actions.handoff = "die"

    async def scenario():
        assert await conversation.say(PERSON) == []
        actions.dead = True
        assert await conversation.say("/restart") == []
        assert await conversation.say(HOURS) == []

    run(scenario())


def test_after_the_return_the_bot_answers_and_hands_over_only_for_a_new_reason(conversation, actions):
    async def scenario():
        assert await conversation.say(PERSON) == [actions.NOTICE]
        assert await conversation.say("thank you Lin") == []
        await conversation.post(*RESUME)
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert await conversation.say(PERSON) == [actions.NOTICE]
        assert actions.handoffs == 2

    run(scenario())


def test_a_fallback_right_after_the_return_does_not_hand_over_again(conversation, actions):
    """Rasa's default fallback takes the message back, the resume before it too, and repeats itself."""

    async def scenario():
        assert await conversation.say(PERSON) == [actions.NOTICE]
        await conversation.post(*RESUME)
        assert set(await conversation.say(RIDDLE)) == {"Pardon?"}
        assert await conversation.say(RIDDLE) == ["Pardon?"]
        actions.dead = True
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert actions.handoffs == 1

    run(scenario())


def test_a_pause_and_resume_by_the_service_alone(conversation, actions):
    async def scenario():
        assert await conversation.say(HOURS) == ["Nine to six."]
        await conversation.post({"event": "pause"})
        assert await conversation.say(HOURS) == []
        await conversation.post(*RESUME)
        assert await conversation.say(HOURS) == ["Nine to six."]

    run(scenario())


def test_reminders_are_silent_while_a_person_has_the_conversation_and_speak_after_the_return(
    conversation, failing_actions
):
    async def scenario():
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert await conversation.trigger("remind") == ["Remember!"]
        assert await conversation.say(PERSON) == []  # no pause: the action failed
        assert await conversation.trigger("remind") == []
        failing_actions.decisions[HOURS] = None
        assert await conversation.say(HOURS) == []  # the reminder's `stay` was not the service's word
        await conversation.post(*RESUME)
        assert await conversation.trigger("remind") == ["Remember!"]

    run(scenario())


@pytest.mark.parametrize("decision", ["stay", "unreachable"])
def test_without_an_action_server_the_bot_goes_on_where_nobody_else_has_the_conversation(
    conversation, actions, decision
):
    actions.decisions[HOURS] = decision

    async def scenario():
        assert await conversation.say(HOURS) == ["Nine to six."]
        actions.dead = True
        assert await conversation.say(HOURS) == ["Nine to six."]
        assert await conversation.trigger("remind") == ["Remember!"]

    run(scenario())


def test_silence_survives_a_restart_of_rasa(conversation, actions, model, folder):
    async def scenario():
        assert await conversation.say(PERSON) == [actions.NOTICE]
        again = Conversation(await load_tiny_bot(model, folder, actions.port), conversation.sender_id)
        assert await again.say(HOURS) == []
        await again.post(*RESUME)
        assert await again.say(HOURS) == ["Nine to six."]

    run(scenario())


def test_a_burst_is_answered_in_its_order(conversation):
    async def scenario():
        answers = await asyncio.gather(*(conversation.say(text) for text in (ORDER, "10023", HOURS)))
        assert answers == [["Which number?"], ["On its way."], ["Nine to six."]]

    run(scenario())


def spooled(folder, sender_id):
    with closing(Spool(folder / "data" / "spool.db", busy_seconds=5, checkpoint_pages=1000)) as spool:
        items = [json.loads(event.body) for event in spool.batch(100_000)]
    return [item for item in items if item["sender_id"] == sender_id]


def test_every_event_reaches_the_spool_with_the_message_it_answers(conversation, folder):
    async def scenario():
        await conversation.say(HOURS, message_id="m1")
        await conversation.say(ORDER, message_id="m2")
        return await conversation.agent.tracker_store.retrieve_full_tracker(conversation.sender_id)

    tracker = run(scenario())
    items = spooled(folder, conversation.sender_id)
    assert [item["event"]["event"] for item in items] == [event.type_name for event in tracker.events]
    bots = [(item["event"]["text"], item["reply_to"], item["n"]) for item in items if item["n"] is not None]
    assert bots == [("Nine to six.", "m1", 0), ("Which number?", "m2", 0)]


def test_a_message_handled_again_after_a_crash_gets_answers_of_the_same_name(
    conversation, model, folder, actions, monkeypatch
):
    async def save_nothing(tracker):
        await conversation.agent.tracker_store.stream_events(tracker)
        raise SystemExit("killed after publishing, before saving")

    async def scenario():
        await conversation.say(HOURS, message_id="m1")
        with monkeypatch.context() as patch:
            patch.setattr(conversation.agent.processor, "save_tracker", save_nothing)
            with pytest.raises(SystemExit):
                await conversation.say(ORDER, message_id="m2")
        again = Conversation(await load_tiny_bot(model, folder, actions.port), conversation.sender_id)
        assert await again.say(ORDER, message_id="m2") == ["Which number?"]

    run(scenario())
    marks = [(i["reply_to"], i["n"]) for i in spooled(folder, conversation.sender_id) if i["n"] is not None]
    assert marks == [("m1", 0), ("m2", 0), ("m2", 0)]


@pytest.mark.parametrize("text", ["退\0款", "退\ud800款", '/order{"number": "1\0"}', "/\ud800"])
def test_a_text_that_no_database_takes_does_not_cost_the_turn(conversation, folder, text):
    async def scenario():
        assert await conversation.say(text)
        assert await conversation.say(HOURS)
        return await conversation.tracker()

    tracker = run(scenario())
    expected = text.replace("\0", "�").replace("\ud800", "�")
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == [expected, HOURS]
    users = [
        i["event"]["text"] for i in spooled(folder, conversation.sender_id) if i["event"]["event"] == "user"
    ]
    assert users == [expected, HOURS]


@contextmanager
def tracker_store_away(agent, folder):
    """Its file cannot be opened for as long as the block runs."""
    path = folder / "data" / "rasa.db"
    agent.tracker_store.engine.dispose()
    files = [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
    for each in files:
        each.rename(folder / each.name)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        for each in files:
            (folder / each.name).rename(each)


def test_while_the_tracker_store_is_away_the_bot_does_not_go_on_without_its_memory(conversation, folder):
    async def scenario():
        assert await conversation.say(ORDER) == ["Which number?"]
        with tracker_store_away(conversation.agent, folder), pytest.raises(sa.exc.OperationalError):
            await conversation.say("10023")
        assert await conversation.say("10023") == ["On its way."]

    run(scenario())


def test_a_message_waits_for_the_tracker_store_while_the_desk_hears_of_it(agent, actions, folder, tmp_path):
    async def scenario():
        channel = SilentChannel(tmp_path / "shop.db")
        assistant = RasaAssistant(SimpleNamespace(ctx=SimpleNamespace(agent=agent)), agent.handle_message)
        worker = InboxWorker(channel, assistant, retry_delays=(0.0, 0.01))
        customer = f"shop:default:{uuid.uuid4()}"
        channel.store.open_conversation(customer)

        async def takes(text):
            accepted = await channel.accept(customer, text, text, metadata={"page": "/cart"})
            worker.attend(customer)
            return accepted.message_id

        async def until(condition):
            while not condition():  # noqa: ASYNC110 (neither disk nor spool signals an event)
                await asyncio.sleep(0.01)

        def passed_on(message_id):
            told = [item["event"] for item in spooled(folder, customer)]
            return [event for event in told if event.get("message_id") == message_id]

        def answers():
            return [each["text"] for each in channel.store.since(customer, 0) if each["author"] == "bot"]

        await takes(ORDER)
        await until(lambda: answers() == ["Which number?"])
        with tracker_store_away(agent, folder):
            number = await takes("10023")
            await until(lambda: passed_on(number))
            [told] = passed_on(number)
            expected = {"text": "10023", "input_channel": "shop", "metadata": {"page": "/cart"}}
            assert told.items() >= expected.items()
            assert answers() == ["Which number?"]
        await until(lambda: len(answers()) == 2)
        assert answers()[1] == "On its way."
        await until(lambda: not channel.store.unfinished_conversations())
        tracker = await agent.tracker_store.retrieve(customer)
        assert [e.text for e in tracker.events if isinstance(e, UserUttered)] == [ORDER, "10023"]

    run(asyncio.wait_for(scenario(), 60))
