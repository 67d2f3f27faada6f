"""Nobody online, priorities, and requirements that fall away."""

import uuid

import httpx

from tests.e2e.waiting import eventually


def vip(stack, desk) -> str:
    """A new gold customer's sender id on the rest channel."""
    sender_id = f"vip-{uuid.uuid4().hex[:8]}"
    httpx.put(
        f"{stack.settings.handoff_url}/api/v1/customers/{sender_id}",
        headers=dict(desk.vera.http.headers),
        json={
            "name": "Gold Customer",
            "tier": "gold",
            "tags": [],
            "identities": [{"channel": "rest", "sender_id": sender_id}],
        },
    ).raise_for_status()
    return sender_id


def test_nobody_online_is_told_honestly_and_the_first_one_gets_it(web, desk, owned):
    customer = web()
    customer.says("转人工")
    conversation = owned(customer.sender_id, "queue")
    assert conversation["position"] == 1
    assert "没有同事在线" in customer.answered(1)[0]
    desk.lin.is_now("online")
    assert desk.vera.owner_of(customer.sender_id) == "agent", "assigned in the very call that came online"
    assert "Lin" in customer.answered(1, "system")[0]


def test_a_vip_is_served_before_those_who_came_earlier(stack, rest, desk, owned):
    desk.vera.http.patch(f"/agents/{desk.mei.id}", json={"capacity": 1}).raise_for_status()
    try:
        early = rest()
        early.says("转人工")
        owned(early.sender_id, "queue")
        gold = rest(vip(stack, desk))
        gold.says("转人工")
        assert owned(gold.sender_id, "queue")["position"] == 1
        desk.mei.is_now("online")
        assert desk.vera.owner_of(gold.sender_id) == "agent"
        assert desk.vera.owner_of(early.sender_id) == "queue"
    finally:
        desk.vera.http.patch(f"/agents/{desk.mei.id}", json={"capacity": 5}).raise_for_status()


def test_a_vip_whose_senior_is_offline_is_served_by_another_after_a_while(stack, rest, desk, owned):
    desk.lin.is_now("online")
    gold = rest(vip(stack, desk))
    gold.says("转人工")
    assert desk.vera.owner_of(gold.sender_id) == "queue", "mei is senior: she is waited for"
    conversation = owned(gold.sender_id, "agent")
    assert conversation["assignee"]["id"] == desk.lin.id
    assert conversation["handoff"]["relaxed"] == ["senior"]


def test_a_waiting_customer_is_acknowledged_once_and_heard_by_whoever_takes_over(web, desk, owned):
    customer = web()
    customer.says("I want to speak to a human")
    owned(customer.sender_id, "queue")
    customer.answered(1)
    customer.says("it is about order 10023")
    customer.says("are you still there?")
    desk.sam.is_now("online")
    conversation = owned(customer.sender_id, "agent")

    def both_there() -> bool:
        texts = [m["text"] for m in desk.sam.messages(conversation["id"]) if m["author"] == "customer"]
        assert texts[-2:] == ["it is about order 10023", "are you still there?"]
        return True

    eventually(both_there, "what was written while waiting")
    assert len(customer.texts("bot")) == 1, "the bot stayed silent in the queue"


def test_giving_up_returns_to_the_bot(web, desk, owned):
    customer = web()
    customer.says("转人工")
    owned(customer.sender_id, "queue")
    customer.answered(1)
    customer.says("算了，不等了，继续用机器人")
    owned(customer.sender_id, "bot")
    customer.answered(1, "system")
    customer.says("运费怎么算")
    assert "费" in customer.answered(2)[-1]


def test_the_position_is_seen_by_the_agents(rest, desk, owned):
    first, second = rest(), rest()
    first.says("转人工")
    second.says("转人工")
    assert owned(first.sender_id, "queue")["position"] == 1
    assert eventually(lambda: owned(second.sender_id, "queue")["position"] == 2)
