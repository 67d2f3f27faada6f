"""A request for a person is never lost, and the customer is told the truth."""

import pytest


@pytest.mark.parametrize("wish", ["转人工", "I want to talk to a human"])
def test_service_down(wish, web, desk, owned, stack):
    desk.mei.is_now("online")
    customer = web()
    stack.kill("handoff")
    try:
        customer.says(wish)
        told = customer.answered(1)[0]
        assert "转" in told or "colleague" in told
    finally:
        stack.start("handoff")
    conversation = owned(customer.sender_id, "agent")
    assert conversation["handoff"]["rule"] == "asks_for_person"
    assert "Mei" in customer.answered(1, "system")[0]
    customer.says("thanks")
    desk.mei.says(conversation["id"], "here I am")
    customer.answered(1, "agent")
    assert len(customer.texts("bot")) == 1


def test_action_server_down(web, desk, owned, stack):
    desk.mei.is_now("online")
    customer = web()
    stack.kill("actions")
    try:
        customer.says("转人工")
        customer.answered(1)
        conversation = owned(customer.sender_id, "agent")
        assert conversation["handoff"]["rule"] == "asks_for_person"
        assert "Mei" in customer.answered(1, "system")[0]
    finally:
        stack.start("actions")
    customer.says("在吗")
    desk.mei.says(conversation["id"], "在的")
    customer.answered(1, "agent")
    assert len(customer.texts("bot")) == 1


def test_fraud_while_the_service_is_down_is_handed_over_when_it_is_back(web, desk, owned, stack):
    desk.sam.is_now("online")
    customer = web()
    stack.kill("handoff")
    try:
        customer.says("I lost my card")
        customer.answered(1)
    finally:
        stack.start("handoff")
    assert owned(customer.sender_id, "agent")["priority"] == "urgent"


def test_an_agent_writes_while_rasa_is_down(web, desk, owned, stack):
    desk.mei.is_now("online")
    customer = web()
    customer.says("I want a human")
    conversation = owned(customer.sender_id, "agent")
    customer.answered(1)
    stack.kill("rasa")
    for number in range(3):
        desk.mei.says(conversation["id"], f"message {number}")
    stack.start("rasa")
    customer.reconnect()
    assert customer.answered(3, "agent") == ["message 0", "message 1", "message 2"]


def test_returned_while_rasa_is_down_goes_on_when_it_is_back(web, desk, owned, stack):
    desk.mei.is_now("online")
    customer = web()
    customer.says("I want a human")
    conversation = owned(customer.sender_id, "agent")
    customer.answered(1)
    stack.kill("rasa")
    returned = desk.mei.does(conversation["id"], "return")
    assert (returned["owner"], returned["control"]) == ("bot", "pending")
    stack.start("rasa")
    customer.reconnect()
    customer.insists("what are your opening hours", "after-return")
    customer.answered(2)
