"""Kill -9, while customer and agent are writing: nothing lost, nothing doubled, nothing out of order."""

import itertools
import threading

import pytest

from tests.e2e.killing import KILLS, WithAgent, WithBot, rasa_is_killed
from tests.e2e.waiting import eventually

ROUNDS = 12
QUESTIONS = ("运费怎么算", "你们几点营业", "有什么优惠券", "支持哪些支付方式", "会员有什么好处")


@pytest.mark.parametrize("victim", ["handoff", "actions"])
def test_no_message_is_lost_doubled_or_out_of_order(victim, web, desk, owned, stack):
    desk.mei.is_now("online")
    customer = web()
    customer.says("I want a human")
    conversation = owned(customer.sender_id, "agent")
    customer.answered(1)
    eventually(
        lambda: desk.mei.conversation_of(customer.sender_id)["control"] == "confirmed", "control confirmed"
    )
    notices = customer.texts("bot")
    halfway = threading.Event()
    failures: list[BaseException] = []

    def write(say, label: str) -> None:
        try:
            for number in range(ROUNDS):
                if number == ROUNDS // 3:
                    halfway.set()
                say(f"{label} {number}", f"{victim}-{label}-{number}")
        except BaseException as error:
            failures.append(error)

    writers = [
        threading.Thread(target=write, args=(customer.insists, "customer")),
        threading.Thread(
            target=write, args=(lambda text, id: desk.mei.insists(conversation["id"], text, id), "agent")
        ),
    ]
    for writer in writers:
        writer.start()
    assert halfway.wait(60)
    stack.kill(victim)
    stack.start(victim)
    for writer in writers:
        writer.join(300)
    assert not failures, failures

    from_customer = [f"customer {number}" for number in range(ROUNDS)]
    from_agent = [f"agent {number}" for number in range(ROUNDS)]

    def all_there() -> bool:
        at_desk = [m["text"] for m in desk.mei.messages(conversation["id"]) if m["author"] == "customer"]
        assert at_desk[1:] == from_customer
        return True

    eventually(all_there, "every message of the customer at the desk, once and in order", timeout=90)

    def all_said() -> bool:
        states = {m["delivery"] for m in desk.mei.messages(conversation["id"]) if m["author"] == "agent"}
        assert states <= {"sent", "delivered", "failed"}, states
        return True

    eventually(all_said, "every message of the agent sent or marked", timeout=90)
    at_desk = [m for m in desk.mei.messages(conversation["id"]) if m["author"] == "agent"]
    assert [m["text"] for m in at_desk] == from_agent
    unconfirmed = {m["text"] for m in at_desk if m["delivery"] == "failed"}
    assert not unconfirmed, "the web chat drops repeats, so nothing has to stay unconfirmed"
    customer.answered(ROUNDS, "agent")
    assert customer.texts("agent") == from_agent
    own = [m["text"] for m in customer.seen("customer")][1:]
    assert own == from_customer
    assert customer.texts("bot") == notices, "the bot stayed silent"


@pytest.fixture
def told_who_answers(desk, owned):
    """Waits until the customer has been handed over to mei, in Rasa, too, and told so; the conversation."""

    def wait(customer):
        conversation = owned(customer.sender_id, "agent")
        eventually(lambda: any("Mei" in text for text in customer.texts()), "told who answers")
        eventually(
            lambda: desk.mei.conversation_of(customer.sender_id)["control"] == "confirmed",
            "control confirmed",
        )
        return conversation

    return wait


@pytest.mark.parametrize("kill", range(KILLS))
def test_rasa_killed_loses_doubles_and_confuses_nothing(
    kill, everywhere, rest, desk, told_who_answers, stack, answered_by
):
    """On each channel, one customer with an agent and one with the bot."""
    answered_by("desk")
    desk.mei.is_now("online")
    reference = rest()
    answers = {question: "".join(reference.says(question)) for question in QUESTIONS}
    assert len(set(answers.values())) == len(QUESTIONS)
    people = [newcomer() for newcomer in everywhere]
    for customer in people:
        customer.insists("I want a human")
    with_agent = [WithAgent(customer, desk.mei, told_who_answers(customer)["id"]) for customer in people]
    with_bot = [WithBot(newcomer(), answers, stack, desk.vera) for newcomer in everywhere]
    rasa_is_killed(stack, kill, [*with_agent, *with_bot])


def test_an_agents_return_survives_the_kill_of_the_service(web, desk, owned, stack):
    desk.mei.is_now("online")
    for attempt in itertools.count():
        customer = web()
        customer.says("I want a human")
        conversation = owned(customer.sender_id, "agent")
        customer.answered(1)
        desk.mei.does(conversation["id"], "return")
        stack.kill("handoff")  # the resume may be sent, under way, or still to come
        stack.start("handoff")
        customer.answered(1, "system")
        customer.says("what are your opening hours")
        customer.answered(2)
        assert customer.texts("system") == customer.texts("system")[:1], "told once"
        if attempt == 1:
            break
