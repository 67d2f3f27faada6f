"""When a conversation is handed over, and when it is not."""

import pytest

from tests.e2e.waiting import eventually


def test_a_refund_question_is_answered_first_and_handed_over_when_repeated(web, desk, owned):
    desk.lin.is_now("online")
    customer = web()
    customer.says("怎么退货退款")
    customer.answered(1)
    assert owned(customer.sender_id, "bot")
    customer.says("我问的是怎么退货退款")
    conversation = owned(customer.sender_id, "agent")
    assert conversation["handoff"]["rule"] == "refund_unsettled"
    assert conversation["assignee"]["id"] == desk.lin.id, "lin has the skill for refunds"


def test_a_rejected_refund_answer_is_handed_over(web, desk, owned):
    desk.mei.is_now("online")
    customer = web()
    customer.says("how do I return this and get my money back")
    customer.answered(1)
    customer.says("that doesn't help at all")
    assert owned(customer.sender_id, "agent")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("the whatsit went blorp", "now it wibbles sideways"),
        ("咕噜咕噜转个不停", "它嘛哩嘛哩轰了"),
    ],
)
def test_two_fallbacks_running_are_handed_over(first, second, web, desk, owned):
    desk.mei.is_now("online")
    customer = web()
    customer.says(first)
    customer.answered(1)
    assert owned(customer.sender_id, "bot")
    customer.says(second)
    assert owned(customer.sender_id, "agent")["handoff"]["rule"] == "not_understood_twice"


def test_fraud_comes_with_safety_advice_and_urgent(web, desk, owned):
    desk.sam.is_now("online")
    customer = web()
    customer.says("someone made a transfer from my account that wasn't me")
    conversation = owned(customer.sender_id, "agent")
    assert conversation["priority"] == "urgent"
    assert conversation["assignee"]["id"] == desk.sam.id
    assert "block the card" in customer.answered(1)[0]


@pytest.mark.parametrize("harmless", ["不用转人工", "人工智能是什么", "no need for a human, thanks"])
def test_what_only_mentions_people_is_not_handed_over(harmless, web, desk, owned):
    desk.mei.is_now("online")
    customer = web()
    customer.says(harmless)
    customer.answered(1)
    conversation = owned(customer.sender_id, "bot")
    assert conversation["handoff"] is None


def test_what_was_said_to_the_agent_is_no_evidence_after_the_return(web, desk, owned):
    desk.mei.is_now("online")
    customer = web()
    customer.says("I want a human")
    conversation = owned(customer.sender_id, "agent")
    for text in (
        "human human human",
        "this is useless, you are terrible",
        "can you do the thing with the stuff",
        "it keeps doing that",
    ):
        customer.says(text)
    eventually(
        lambda: len([m for m in desk.mei.messages(conversation["id"]) if m["author"] == "customer"]) == 5,
        "everything said to the agent at the desk",
    )
    desk.mei.does(conversation["id"], "return")
    customer.answered(1, "system")
    before = len(customer.texts("bot"))
    customer.says("what are your opening hours")
    customer.answered(before + 1)
    assert owned(customer.sender_id, "bot")["handoff"] is None
    customer.says("I want a human")
    assert owned(customer.sender_id, "agent"), "new evidence hands over again"
