"""Kill -9, while customer and agent are writing: nothing lost, nothing doubled, nothing out of order."""

import itertools
import threading

import pytest

from tests.e2e.waiting import eventually

ROUNDS = 12


@pytest.mark.parametrize("victim", ["handoff", "rasa", "actions"])
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
    if victim == "rasa":
        customer.reconnect()

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


def test_rasa_killed_while_the_bot_answers(web, desk, stack):
    """Every question is answered, once, in order. Each is one that the bot answers with a single message."""
    customer = web()
    questions = ["运费怎么算", "你们几点营业", "保修期多久", "有什么优惠券", "支持哪些支付方式"]
    for number, question in enumerate(questions):
        customer.says(question, f"q{number}")
    stack.kill("rasa")
    stack.start("rasa")
    customer.reconnect()
    customer.answered(len(questions))
    for number, question in enumerate(questions):  # a page repeats what it has not seen acknowledged
        customer.insists(question, f"q{number}")
    customer.says("hello", "last")
    answers = customer.answered(len(questions) + 1)
    assert len(answers) == len(questions) + 1
    assert [m["text"] for m in customer.seen("customer")] == [*questions, "hello"]

    def same_at_desk() -> bool:
        conversation = desk.vera.conversation_of(customer.sender_id)
        told = [(m["author"], m["text"]) for m in desk.vera.messages(conversation["id"])]
        assert [text for author, text in told if author == "customer"] == [*questions, "hello"]
        assert [text for author, text in told if author == "bot"] == answers
        return True

    eventually(same_at_desk, "the same transcript at the desk", timeout=60)


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
