"""Many at once: one winner, nobody over capacity, bursts in order."""

from concurrent.futures import ThreadPoolExecutor

import httpx


def test_two_agents_claim_at_the_same_moment_and_one_wins(rest, desk, owned):
    for _ in range(5):
        customer = rest()
        customer.says("转人工")
        conversation = owned(customer.sender_id, "queue")
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda agent, id=conversation["id"]: agent.http.post(
                        f"/conversations/{id}/claim", json={}
                    ),
                    (desk.lin, desk.sam),
                )
            )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        refusal = next(answer for answer in answers if answer.status_code == 409)
        assert refusal.headers["content-type"].startswith("application/problem+json")
        desk.vera.does(conversation["id"], "resolve")


def test_capacity_is_never_exceeded_under_fifty_handoffs_at_once(stack, rest, desk):
    for agent in (desk.lin, desk.sam, desk.mei):
        agent.is_now("online")
    key = {"Authorization": f"Bearer {stack.settings.secrets['HANDOFF_SERVICE_KEY']}"}
    url = f"{stack.settings.handoff_url}/api/v1/handoffs"

    def ask(number: int) -> int:
        body = {"sender_id": f"burst-{number}-{id(desk)}", "channel": "rest", "language": "zh"}
        headers = {**key, "Idempotency-Key": f"burst-{number}-{id(desk)}"}
        return httpx.post(url, json=body, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ask, range(50))) == {201}
    held = desk.vera.conversations(owner="agent")
    waiting = desk.vera.conversations(owner="queue")
    per_agent: dict[str, int] = {}
    for conversation in held:
        name = conversation["assignee"]["name"]
        per_agent[name] = per_agent.get(name, 0) + 1
    assert len(held) + len(waiting) == 50
    assert per_agent["Lin"] == per_agent["Mei"] == 5, "they speak Chinese, and are full"
    assert per_agent.get("Sam", 0) <= 5


def test_a_burst_of_three_is_answered_in_order(web):
    """Rasa's own lock lets the second and third wait a second each; ours does not."""
    answers_of = {"运费怎么算": "费", "你们几点营业": "21:00", "保修期多久": "保修"}
    customer = web()
    customer.says("hello")
    customer.answered(1)
    with ThreadPoolExecutor(3) as pool:
        accepted = list(pool.map(customer.says, answers_of))
    customer.answered(4)
    order = [(m["author"], m["text"]) for m in sorted(customer.messages, key=lambda m: m["number"])]
    asked = [text for author, text in order if author == "customer"][1:]
    numbers = dict(zip(answers_of, (each["number"] for each in accepted), strict=True))
    assert asked == sorted(answers_of, key=numbers.__getitem__), "in the order of their acknowledgements"
    answers = [text for author, text in order if author == "bot"][1:]
    for question, answer in zip(asked, answers, strict=True):
        assert answers_of[question] in answer


def test_three_requests_within_milliseconds_do_not_wait_for_a_polling_lock(stack, rest):
    customer = rest()
    customer.says("hello")
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(customer.says, ["运费怎么算", "你们几点营业", "怎么开发票"]))
    assert all(answers)
    users = [e for e in stack.tracker_events(customer.sender_id) if e["event"] == "user"]
    assert len(users) == 4
    moments = sorted(e["timestamp"] for e in users[1:])
    assert moments[-1] - moments[0] < 2.0, "Rasa's polling lock would have made the third wait two seconds"
