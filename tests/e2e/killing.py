"""Rasa killed in the midst of what a customer writes to a person."""

import threading
from collections.abc import Callable

from tests.e2e.conftest import Desk
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually


def rasa_dies_while_the_customer_writes(
    stack: Stack, desk: Desk, says: Callable[[str], None], conversation_id: str
) -> None:
    """Eight lines, Rasa killed at the fourth and started again: all are at the desk, once and in order."""
    lines = [f"line {number}" for number in range(8)]
    halfway = threading.Event()

    def write() -> None:
        for number, line in enumerate(lines):
            if number == 3:
                halfway.set()
            says(line)

    writer = threading.Thread(target=write)
    writer.start()
    assert halfway.wait(60)
    stack.kill("rasa")
    stack.start("rasa")
    writer.join(120)

    def all_there() -> bool:
        messages = desk.lin.messages(conversation_id)
        said = [each["text"] for each in messages if each["author"] == "customer"]
        return said[-len(lines) :] == lines and said.count(lines[0]) == 1

    eventually(all_there, "everything at the desk, once and in order", timeout=90)
