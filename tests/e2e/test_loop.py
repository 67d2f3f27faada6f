"""The loop: bot → person → bot."""

import pytest

from tests.e2e.waiting import eventually


@pytest.mark.parametrize("wish", ["转人工", "I want a human"])
def test_a_customer_is_handed_over_and_comes_back(wish, web, desk, owned, stream, stack):
    desk.mei.is_now("online")
    mei_sees = stream(desk.mei)
    customer = web()
    customer.says("你好" if wish == "转人工" else "hello")
    customer.answered(1)

    customer.says(wish)
    conversation = owned(customer.sender_id, "agent")
    assert conversation["assignee"]["id"] == desk.mei.id
    assert conversation["handoff"]["rule"] == "asks_for_person"
    notice = customer.answered(2)[-1]
    assert "Mei" in notice

    bot_said = len(customer.texts("bot"))
    customer.says("在吗？ are you there?")
    eventually(
        lambda: [m for m in mei_sees.messages() if m["text"] == "在吗？ are you there?"],
        "the customer's message on the agent's stream",
    )
    desk.mei.says(conversation["id"], "您好，我是Mei 😀 how can I help?")
    assert customer.answered(1, "agent") == ["您好，我是Mei 😀 how can I help?"]
    assert len(customer.texts("bot")) == bot_said, "the bot spoke while a person owned the conversation"

    def delivered() -> bool:
        (said,) = [m for m in desk.mei.messages(conversation["id"]) if m["author"] == "agent"]
        return said["delivery"] == "sent"

    eventually(delivered, "the agent's message marked as sent")

    desk.mei.does(conversation["id"], "return", note="已登记回电")
    assert "已登记回电" in customer.answered(1, "system")[-1]
    before = len(customer.texts("bot"))
    customer.says("运费怎么算")
    assert "费" in customer.answered(before + 1)[-1]

    events = stack.tracker_events(customer.sender_id)
    outcome = [e for e in events if e["event"] == "slot" and e["name"] == "handoff_outcome"][-1]["value"]
    assert outcome["note"] == "已登记回电"
    assert any(e["event"] == "bot" and (e.get("metadata") or {}).get("author") == "agent" for e in events)


def test_the_agent_sees_the_whole_conversation_in_order(web, desk, owned):
    desk.mei.is_now("online")
    customer = web()
    for count, text in enumerate(["你好", "运费怎么算", "转人工"], start=1):
        customer.says(text)
        customer.answered(count)
    conversation = owned(customer.sender_id, "agent")

    def whole() -> bool:
        told = [(m["author"], m["text"]) for m in desk.mei.messages(conversation["id"])]
        shown = [(m["author"], m["text"]) for m in sorted(customer.messages, key=lambda m: m["number"])]
        assert told == shown
        return True

    eventually(whole, "the same transcript on both sides")


def test_a_request_inside_a_form_ends_the_form(web, desk, owned):
    desk.lin.is_now("online")
    customer = web()
    customer.says("我的订单到哪了")
    customer.answered(1)
    customer.says("算了，给我转人工")
    conversation = owned(customer.sender_id, "agent")
    desk.lin.does(conversation["id"], "return")
    customer.answered(1, "system")
    before = len(customer.texts("bot"))
    customer.says("你们几点开门")
    answer = customer.answered(before + 1)[-1]
    assert "订单号" not in answer, "the form swallowed the message"


def test_a_bot_conversation_can_be_taken_over_from_the_desk(web, desk, owned):
    customer = web()
    customer.says("hello")
    customer.answered(1)
    conversation = owned(customer.sender_id, "bot")
    desk.mei.is_now("online")
    desk.mei.does(conversation["id"], "claim")
    customer.answered(1, "system")
    eventually(
        lambda: desk.mei.conversation_of(customer.sender_id)["control"] == "confirmed", "control confirmed"
    )
    customer.says("how much is shipping")
    desk.mei.says(conversation["id"], "Mei here.")
    customer.answered(1, "agent")
    assert len(customer.texts("bot")) == 1


def test_resolving_closes_the_episode_and_the_next_message_opens_one_with_the_bot(web, desk, owned):
    desk.mei.is_now("online")
    customer = web()
    customer.says("I want to talk to a person")
    first = owned(customer.sender_id, "agent")
    customer.answered(1)
    desk.mei.does(first["id"], "resolve")
    customer.says("what are your opening hours")
    customer.answered(2)
    second = owned(customer.sender_id, "bot")
    assert second["id"] != first["id"]
    assert second["previous_id"] == first["id"]
