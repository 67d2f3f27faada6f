"""How long the loop takes on the real processes, as customer and agent feel it.

Per round, one after another on an otherwise idle stack: the customer's message to the owner being an agent
(as the API shows it), the agent's words to the customer's page, the return to the bot's next answer, and a
question to the bot's answer. Prints median and worst in milliseconds. Run it by `make bench`.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.people import AgentClient, WebCustomer
from tests.e2e.stack import Stack
from tests.e2e.waiting import PATIENCE

ROUNDS = 20
POLL = 0.005


def until(condition: Callable[[], bool]) -> float:
    """Seconds until it holds."""
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() - started > PATIENCE:
            raise SystemExit("A round did not come to its end; is the machine overloaded?")
        time.sleep(POLL)
    return time.perf_counter() - started


def one_round(stack: Stack, mei: AgentClient) -> dict[str, float]:
    customer = WebCustomer(stack).connect()
    took = {}
    started = time.perf_counter()
    customer.says("what are your opening hours")
    until(lambda: bool(customer.texts("bot")))
    took["question → bot's answer on the page"] = time.perf_counter() - started

    started = time.perf_counter()
    customer.says("I want a human")
    until(lambda: mei.owner_of(customer.sender_id) == "agent")
    took["request → owner is an agent"] = time.perf_counter() - started

    conversation = mei.conversation_of(customer.sender_id)
    assert conversation is not None
    started = time.perf_counter()
    mei.says(conversation["id"], "How can I help?")
    until(lambda: bool(customer.texts("agent")))
    took["agent's words → customer's page"] = time.perf_counter() - started

    started = time.perf_counter()
    mei.does(conversation["id"], "return")
    until(lambda: bool(customer.texts("system")))
    took["return → customer is told"] = time.perf_counter() - started
    customer.disconnect()
    return took


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), {}).running() as stack:
        mei = AgentClient(stack, "mei@example.com")
        mei.is_now("online")
        one_round(stack, mei)  # not counted: the first messages load dictionaries
        rounds = [one_round(stack, mei) for _ in range(ROUNDS)]
    print(f"{ROUNDS} rounds, milliseconds:  median   worst")
    for name in rounds[0]:
        values = [took[name] * 1000 for took in rounds]
        print(f"  {name:<38} {statistics.median(values):>7.0f} {max(values):>7.0f}")


if __name__ == "__main__":
    main()
