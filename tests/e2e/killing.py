"""The real Rasa killed at a random moment, while every channel has acknowledged something that is still to be
handled; and what must hold afterwards for who writes with an agent, and for who writes with the bot.

BATON_KILL_SEED repeats a kill after which it did not; BATON_RASA_KILLS says how many there are.
"""

import itertools
import os
import random
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Protocol

from tests.e2e.customers import Customer
from tests.e2e.people import AgentClient
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually

KILLS = int(os.environ.get("BATON_RASA_KILLS") or 1)
_FIRST_SEED = int(os.environ.get("BATON_KILL_SEED") or time.time_ns() % 1_000_000)

# Seconds between two lines: some are written before the kill, some while Rasa is dead.
_LONGEST_PAUSE = 0.3
# Seconds, about as long as a turn takes: the kill comes in any part of one.
_TURN = 0.1

Writer = tuple[Callable[[str], None], Sequence[str]]
"""Writes one line until it is acknowledged; the lines."""


class Exchange(Protocol):
    """One customer, and who answers them."""

    customer: Customer
    lines: list[str]
    """What the customer writes."""

    def writers(self) -> list[Writer]:
        """Everybody who writes, each at their own pace."""

    def ends(self) -> None:
        """Say something more, which comes behind all that is still on its way."""

    def is_well(self) -> bool:
        """True once everything has come; raises AssertionError before, and for ever where it came wrong."""


class WithAgent:
    """A customer and the agent who has them write to each other."""

    def __init__(self, customer: Customer, agent: AgentClient, conversation_id: str) -> None:
        self.customer = customer
        self.lines = [f"line {number}" for number in range(6)]
        self._words = [f"word {number}" for number in range(4)]
        self._agent = agent
        self._id = conversation_id
        self._wrote = len(self._at_desk("customer"))
        self._heard = len(customer.texts())

    def writers(self) -> list[Writer]:
        return [(self.customer.insists, self.lines), (self._says, self._words)]

    def ends(self) -> None:
        self.lines.append("that is all")
        self.customer.insists(self.lines[-1])
        self._words.append("goodbye")
        self._says(self._words[-1])

    def is_well(self) -> bool:
        """Both sides have everything in order and once, and the bot is silent. Where a network does not know
        what it has had already, words may be in doubt: then the agent is told so."""
        assert [each["text"] for each in self._at_desk("customer")[self._wrote :]] == self.lines
        said = self._at_desk("agent")
        assert [each["text"] for each in said] == self._words
        assert {each["delivery"] for each in said} <= {"sent", "delivered", "read", "failed"}
        doubtful = {each["text"]: each["failure"] for each in said if each["delivery"] == "failed"}
        assert set(doubtful.values()) <= ({"unconfirmed"} if self.customer.may_repeat else set())
        messages = self.customer.texts()[self._heard :]
        heard = [word for message in messages for word in message.split("\n")]  # some send several as one
        assert heard == [word for word in self._words if word in heard or word not in doubtful]
        return True

    def _says(self, text: str) -> None:
        self._agent.insists(self._id, text, f"{self._id} {text}")

    def _at_desk(self, author: str) -> list[dict]:
        return [each for each in self._agent.messages(self._id) if each["author"] == author]


class WithBot:
    """A customer asks the bot. `answers`: of each question, all different."""

    def __init__(
        self, customer: Customer, answers: Mapping[str, str], stack: Stack, supervisor: AgentClient
    ) -> None:
        self.customer = customer
        *self.lines, self._last = answers
        self._answers = answers
        self._stack = stack
        self._supervisor = supervisor

    def writers(self) -> list[Writer]:
        return [(self.customer.insists, self.lines)]

    def ends(self) -> None:
        self.lines.append(self._last)
        self.customer.insists(self._last)

    def is_well(self) -> bool:
        """Each question is handled once, and its answer comes: in order, and once; where a network does not
        know what it has had already, perhaps repeated."""
        conversation = self._supervisor.conversation_of(self.customer.sender_id)
        assert conversation is not None
        told = [(each["author"], each["text"]) for each in self._supervisor.messages(conversation["id"])]
        answers = [self._answers[line] for line in self.lines]
        assert [text for author, text in told if author == "customer"] == self.lines
        assert [text for author, text in told if author == "bot"] == answers
        tracker = self._stack.tracker_events(self.customer.sender_id)
        assert [each["text"] for each in tracker if each["event"] == "user"] == self.lines
        heard = [(text, len(list(times))) for text, times in itertools.groupby(self.customer.texts())]
        assert max((times for _, times in heard), default=0) <= (2 if self.customer.may_repeat else 1)
        # several answers may have come as one message
        each_answer = "|".join(re.escape(answer) for answer in answers)
        assert re.findall(f"{each_answer}|.+", "\n".join(text for text, _ in heard)) == answers
        return True


def rasa_is_killed(stack: Stack, kill: int, exchanges: Sequence[Exchange]) -> None:
    """Everybody writes; Rasa dies at a moment that the seed of this kill chooses, and is started again."""
    seed = _FIRST_SEED + kill
    chance = random.Random(seed)
    inboxes = Inboxes(stack.settings.data_dir, [exchange.customer.sender_id for exchange in exchanges])
    handled = chance.randrange(sum(len(exchange.lines) for exchange in exchanges) // 2)
    delay = chance.uniform(0, _TURN)
    writers = [writer for exchange in exchanges for writer in exchange.writers()]
    with ThreadPoolExecutor(len(writers)) as pool:
        writing = [pool.submit(_write, random.Random(chance.random()), *writer) for writer in writers]
        # One channel alone may be quicker than its customers: then Rasa dies when they have written all.
        eventually(
            lambda: (
                (inboxes.handled() >= handled and _stops(stack, inboxes, delay))
                or all(each.done() for each in writing)
            ),
            "a moment to kill",
        )
        left = inboxes.left()
        stack.kill("rasa")
        print(f"\nBATON_KILL_SEED={seed}: {inboxes.handled()} handled, to be handled: {left}", flush=True)
        began = time.monotonic()
        stack.start("rasa")
        print(f"Rasa is back after {time.monotonic() - began:.0f} s", flush=True)
        for each in writing:
            each.result()
    for exchange in exchanges:
        exchange.ends()
    for exchange in exchanges:
        eventually(exchange.is_well, f"all is well with {exchange.customer.sender_id}", timeout=180)


def _stops(stack: Stack, inboxes: "Inboxes", delay: float) -> bool:
    """Stop Rasa where every channel has something to handle, so that it dies there; else it goes on."""
    if not all(inboxes.left().values()):
        return False
    time.sleep(delay)  # no waiting for anything: the moment itself
    os.kill(stack.pid("rasa"), signal.SIGSTOP)
    if all(inboxes.left().values()):
        return True
    os.kill(stack.pid("rasa"), signal.SIGCONT)
    return False


class Inboxes:
    """What the connectors of these customers have taken since now, read from their files."""

    def __init__(self, folder: Path, sender_ids: Sequence[str]) -> None:
        names = {tuple(sender_id.split(":")[:2]) for sender_id in sender_ids}
        self._files = {
            channel: folder / (f"{channel}.db" if channel == "webchat" else f"{channel}-{account}.db")
            for channel, account in sorted(names)
        }
        self._before = {
            channel: self._ask(channel, "SELECT max(position) FROM inbox") for channel in self._files
        }

    def handled(self) -> int:
        """Messages, in all channels together."""
        return sum(self._count("inbox WHERE status NOT IN ('queued', 'handling') AND").values())

    def left(self) -> dict[str, int]:
        """Messages that are acknowledged and not handled to the end, channel by channel."""
        return self._count("unfinished WHERE")

    def _count(self, which: str) -> dict[str, int]:
        return {
            channel: self._ask(channel, f"SELECT count(*) FROM {which} position > ?", before)
            for channel, before in self._before.items()
        }

    def _ask(self, channel: str, query: str, *values: int) -> int:
        with closing(sqlite3.connect(f"file:{self._files[channel]}?mode=ro", uri=True)) as db:
            return db.execute(query, values).fetchone()[0] or 0


def _write(pace: random.Random, write: Callable[[str], None], lines: Sequence[str]) -> None:
    for line in lines:
        time.sleep(pace.uniform(0, _LONGEST_PAUSE))
        write(line)
