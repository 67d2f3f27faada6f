"""Whether the bot hands over at the right turn.

Scripted conversations (tests/scenarios, see the README there; about half are traps) go through the real bot:
Rasa, action server and handoff service on processes of their own, several conversations at a time. After each
turn the service's API tells whether the conversation was handed over. Right is a handoff at exactly the
expected turn, or none to the end where none is expected. Nobody is at the desk.
Run it by `make bench`, or alone:

    handoff_service/.venv/bin/python -m benchmarks.quality_decisions [--errors] [--only WORD]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks._scenarios import LANGUAGES, BadScenario, Scenario, first_scores, load
from tests.e2e.people import AgentClient, RestCustomer
from tests.e2e.stack import Stack

TARGET = 0.95
TRAP_TARGET = 0.9
AT_A_TIME = 3  # more would only wait for Rasa, and a turn that waits too long is not decided
ATTEMPTS = 4  # on a busy machine; the assistant gives the service one second to decide …
PAUSE = 6.0  # … and then does not ask it for five
PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario: the turn that handed over, counted from 1, or None; and how."""

    scenario: Scenario
    turn: int | None = None
    rule: str | None = None
    skills: tuple[str, ...] = ()
    priority: str = "normal"

    @property
    def right(self) -> bool:
        return self.turn == self.scenario.handoff

    @property
    def as_described(self) -> bool:
        """Also the rule, the required skills and the priority are what the scenario says."""
        wanted = self.scenario
        return (
            (not wanted.rules or self.rule in wanted.rules)
            and set(wanted.skills) <= set(self.skills)
            and PRIORITIES.index(self.priority) >= PRIORITIES.index(wanted.priority or "low")
        )


def score(outcomes: Sequence[Outcome]) -> float:
    return sum(outcome.right for outcome in outcomes) / len(outcomes)


def report(outcomes: Sequence[Outcome], first: Mapping[str, float]) -> list[str]:
    """The figures, a line each: overall, by language, by group; beside them the `first` ever measured."""

    def line(name: str, of: Iterable[Outcome], target: float | None = None) -> str:
        of = list(of)
        then = first.get(name.strip())
        figures = f"  {name:<30} {score(of):.3f}  {sum(o.right for o in of):>3}/{len(of):<3}"
        figures += "" if then is None else f"  first {then:.3f}"
        if target is not None:
            figures += f"  target {target:.2f}" + ("" if score(of) >= target else "  missed")
        return figures

    lines = [line("all", outcomes, TARGET)]
    for language in LANGUAGES:
        if chosen := [o for o in outcomes if o.scenario.language == language]:
            lines.append(line(f"  {language}", chosen))
    for trap, title, target in ((False, "must be handed over", None), (True, "traps", TRAP_TARGET)):
        if chosen := [o for o in outcomes if o.scenario.trap is trap]:
            lines.append(line(title, chosen))
            for group in dict.fromkeys(o.scenario.group for o in chosen):
                lines.append(line(f"  {group}", (o for o in chosen if o.scenario.group == group), target))
    handed_over = [o for o in outcomes if o.right and o.turn is not None]
    described = sum(o.as_described for o in handed_over)
    lines.append(
        f"  right handoffs with rule, skills and priority as described: {described}/{len(handed_over)}"
    )
    return lines


def errors(outcomes: Iterable[Outcome]) -> list[str]:
    def told(turn: int | None) -> str:
        return "never" if turn is None else f"turn {turn}"

    return [
        f"  {o.scenario.id}: expected {told(o.scenario.handoff)}, was {told(o.turn)}"
        + (f" ({o.rule})" if o.rule else "")
        for o in outcomes
        if not o.right
    ]


def play(scenario: Scenario, stack: Stack, vera: AgentClient) -> Outcome:
    """Have it all typed by a customer of its own, by another one where a turn was not decided in time.

    Raises SystemExit when that never succeeds: a score would tell about the machine.
    """
    for attempt in range(1, ATTEMPTS + 1):
        customer = RestCustomer(stack, f"{scenario.id}-{attempt}")
        outcome = _type(scenario, customer, vera)
        if not _undecided(stack, customer.sender_id):
            return outcome
        time.sleep(PAUSE)
    raise SystemExit(f"{scenario.id}: turns were not decided in time; is the machine overloaded?")


def _type(scenario: Scenario, customer: RestCustomer, vera: AgentClient) -> Outcome:
    """Until handed over, or to the end."""
    if scenario.tier:
        identity = {"channel": "rest", "sender_id": customer.sender_id}
        vera.http.put(
            f"/customers/{customer.sender_id}", json={"tier": scenario.tier, "identities": [identity]}
        ).raise_for_status()
    for turn, text in enumerate(scenario.turns, 1):
        customer.says(text)
        conversation = vera.conversation_of(customer.sender_id)
        if conversation and conversation["handoff"]:
            vera.does(conversation["id"], "resolve")  # a queue of hundreds would slow down the others
            skills = tuple(conversation["skills"]["required"])
            return Outcome(scenario, turn, conversation["handoff"]["rule"], skills, conversation["priority"])
    return Outcome(scenario)


def _undecided(stack: Stack, sender_id: str) -> bool:
    """Whether the bot went on without a decision in any turn."""
    return any(
        event["event"] == "slot"
        and event["name"] == "turn"
        and (event["value"] or {}).get("decision") == "unreachable"
        for event in stack.tracker_events(sender_id)
    )


def run(scenarios: Sequence[Scenario], stack: Stack, told: Callable[[int], None]) -> list[Outcome]:
    """Play all of them; `told` hears how many are done."""
    vera = AgentClient(stack, "vera@example.com")
    outcomes = []
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for outcome in pool.map(lambda scenario: play(scenario, stack, vera), scenarios):
            outcomes.append(outcome)
            told(len(outcomes))
    return outcomes


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Whether the bot hands over at the right turn.")
    parser.add_argument("--errors", action="store_true", help="list the wrong ones")
    parser.add_argument("--only", metavar="WORD", default="", help="scenarios whose id contains WORD")
    given = parser.parse_args(arguments)
    try:
        scenarios = [scenario for scenario in load() if given.only in scenario.id]
    except BadScenario as error:
        raise SystemExit(str(error)) from error
    if not scenarios:
        raise SystemExit(f"No scenario's id contains {given.only!r}.")

    def progress(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {len(scenarios)} conversations", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), {}).running() as stack:
        started = time.perf_counter()
        outcomes = run(scenarios, stack, progress)
        took = time.perf_counter() - started
    print(
        f"Right decision at the right turn: {len(outcomes)} scripted conversations (tests/scenarios)\n"
        "with the real bot; right = handed over at exactly the expected turn, or never where that is expected"
    )
    print("\n".join(report(outcomes, first_scores())))
    if given.errors:
        print("\n".join(["  wrong:", *errors(outcomes)]))
    print(f"  {took:.0f} s")


if __name__ == "__main__":
    main()
