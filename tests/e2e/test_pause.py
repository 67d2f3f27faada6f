"""Once a person owns a conversation the bot stays silent, whatever happens to Rasa's pause."""

import pytest

from tests.e2e.waiting import eventually


@pytest.fixture
def handed_over(web, desk, owned):
    """A customer who is with mei, paused in Rasa; and the conversation."""
    desk.mei.is_now("online")
    customer = web()
    customer.says("I want a human")
    conversation = owned(customer.sender_id, "agent")
    customer.answered(1)
    eventually(
        lambda: desk.mei.conversation_of(customer.sender_id)["control"] == "confirmed", "control confirmed"
    )
    return customer, conversation


def bot_stays_silent(customer, desk, conversation, text="how much is shipping"):
    """The customer's words reach the desk, and no answer of the bot comes before the agent's."""
    bot_said = len(customer.texts("bot"))
    agent_said = len(customer.texts("agent"))
    customer.says(text)
    eventually(
        lambda: text in [m["text"] for m in desk.mei.messages(conversation["id"])], "the words at the desk"
    )
    desk.mei.says(conversation["id"], f"answer to {text}")
    customer.answered(agent_said + 1, "agent")
    assert len(customer.texts("bot")) == bot_said
    assert desk.vera.owner_of(customer.sender_id) == "agent"


def test_after_session_expiry(handed_over, desk, stack):
    """Rasa itself forgets a pause when the session expires."""
    customer, conversation = handed_over
    # what Rasa does at the first message after the expiry, at once instead of an hour later
    stack.post_tracker_event(customer.sender_id, {"event": "action", "name": "action_session_start"})
    stack.post_tracker_event(customer.sender_id, {"event": "session_started"})
    stack.post_tracker_event(customer.sender_id, {"event": "action", "name": "action_listen"})
    bot_stays_silent(customer, desk, conversation)
    eventually(
        lambda: (
            [
                e
                for e in stack.tracker_events(customer.sender_id)
                if e["event"] in ("pause", "session_started")
            ][-1]["event"]
            == "pause"
        ),
        "the pause mended",
    )


def test_after_a_typed_restart(handed_over, desk):
    customer, conversation = handed_over
    bot_stays_silent(customer, desk, conversation, "/restart")
    bot_stays_silent(customer, desk, conversation)


def test_after_a_restart_over_rest(rest, desk, owned, stack):
    """The `rest` channel hands `/restart` to Rasa as it is."""
    desk.mei.is_now("online")
    customer = rest()
    customer.says("I want a human")
    owned(customer.sender_id, "agent")
    assert customer.says("/restart") == []
    assert customer.says("how much is shipping") == []


def test_after_a_resume_from_elsewhere(handed_over, desk, stack):
    customer, conversation = handed_over
    stack.post_tracker_event(customer.sender_id, {"event": "resume"})
    bot_stays_silent(customer, desk, conversation)
    eventually(
        lambda: (
            [e for e in stack.tracker_events(customer.sender_id) if e["event"] in ("pause", "resume")][-1][
                "event"
            ]
            == "pause"
        ),
        "the pause mended",
    )


def test_after_a_rasa_restart(handed_over, desk, stack):
    customer, conversation = handed_over
    stack.restart("rasa")
    customer.reconnect()
    bot_stays_silent(customer, desk, conversation)


def test_after_a_service_restart(handed_over, desk, stack):
    customer, conversation = handed_over
    stack.restart("handoff")
    bot_stays_silent(customer, desk, conversation)
    desk.mei.does(conversation["id"], "return")
    before = len(customer.texts("bot"))
    customer.answered(1, "system")
    customer.says("how much is shipping")
    customer.answered(before + 1)


def test_the_action_server_killed_inside_the_handoff(web, desk, owned, stack):
    """The service has decided, the action that tells and pauses dies: it pauses and tells by itself."""
    desk.mei.is_now("online")
    customer = web()
    customer.says("hello")
    customer.answered(1)
    stack.wire.trap("action_handoff", lambda: stack.kill("actions"))
    customer.says("I want a human")
    owned(customer.sender_id, "agent")
    eventually(lambda: not stack.is_running("actions"), "the action server killed")
    stack.ensure_running()
    conversation = desk.mei.conversation_of(customer.sender_id)
    assert "Mei" in customer.answered(1, "system")[0], "the customer is told by the service"
    eventually(
        lambda: desk.mei.conversation_of(customer.sender_id)["control"] == "confirmed", "control confirmed"
    )
    assert len(customer.texts("bot")) == 1, "no fallback text of the bot"
    bot_stays_silent(customer, desk, conversation)
