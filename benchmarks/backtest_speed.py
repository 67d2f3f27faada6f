"""How fast stored turns are replayed, and whether memory stays where it is when history grows.

For each size a database is written through the models (conversations of about ten turns, some of them
handed over, returned and marked by agents), then one process of its own replays it under a draft of the
shipped rules, as `./handoff backtest` does. Prints turns per minute on one core and the process's peak of
resident memory. Run it by `make bench`.
"""

import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from handoff_service.backtest.service import backtest, window_of
from handoff_service.db import Database
from handoff_service.decision.decide import Decision, decide
from handoff_service.decision.facts import Customer, Facts, PastTurn, Signals
from handoff_service.decision.rules import RuleSet
from handoff_service.decision.running import running_values
from handoff_service.migrations.runner import upgrade
from handoff_service.models import Agent, Conversation, DutyEntry, Handoff, RuleVersion, Turn
from handoff_service.models.base import new_id
from handoff_service.rules.file import parse
from handoff_service.rules.parsing import parse_rules
from handoff_service.rules.service import SHIPPED_FILE
from handoff_service.settings import Settings

SIZES = (20_000, 200_000)
TURNS_A_MINUTE = 200_000
GROWTH = 1.3
"""How many times as much memory the longest history may take as the shortest."""
BEGAN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
QUESTIONS = ("order_status", "refund_status", "invoice", "shipping_fee", "loan_rate", None)
TERMS = ("order", "refund", "money", "day", "card", "address", "bill", "rate", "?when", "?how", "return")
TOPICS = {"refund_status": "refund", "loan_rate": "loan"}
HANDLING = dt.timedelta(minutes=6)
DAYS = 28
AGENTS = 12
KINDS = 2_000
"""Different conversations; each comes about as often. Deciding every one of 200,000 turns twice would
take most of the time."""


def signals(chance: random.Random) -> dict[str, Any]:
    question = chance.choice(QUESTIONS)
    fallback = chance.random() < 0.08
    return {
        "version": "2",
        "language": chance.choice(("zh", "en")),
        "intent": "nlu_fallback" if fallback else question or "thank",
        "confidence": round(chance.uniform(0.3, 1), 3),
        "fallback": fallback,
        "sentiment": round(min(1, max(-1, chance.gauss(0.1, 0.35))), 3),
        "asks_human": chance.random() < 0.01,
        "topic": TOPICS.get(question or ""),
        "rejects_answer": chance.random() < 0.03,
        "question": question
        and {"key": question, "terms": chance.sample(TERMS, 4), "about": {}, "again": False},
        "why": {"sentiment": "慢死了"} if chance.random() < 0.3 else {},
    }


def shifts(agents: list[Agent]) -> Iterator[DutyEntry]:
    """Three shifts a day, with a break in each; every agent works one of them, day after day."""
    changes = [
        (BEGAN + dt.timedelta(days=day, hours=8 * (place % 3) + hour), presence, agent)
        for day in range(-1, DAYS + 1)
        for place, agent in enumerate(agents)
        for hour, presence in ((0, "online"), (4, "away"), (4.5, "online"), (8, "offline"))
    ]
    changes.sort(key=lambda change: change[0])
    for number, (at, presence, agent) in enumerate(changes, start=1):
        yield DutyEntry(
            number=number,
            agent_id=agent.id,
            at=at,
            role=agent.role,
            skills=agent.skills,
            capacity=agent.capacity,
            presence=presence,
            active=True,
        )


def conversation(
    chance: random.Random, rules: RuleSet
) -> list[tuple[dt.timedelta, dict[str, Any], Decision]]:
    """Turns as they pass: the time since the first, the facts and the decision."""
    turns = []
    past: list[PastTurn] = []
    after = dt.timedelta(0)
    for _ in range(chance.randint(4, 16)):
        seen = Signals.from_dict(signals(chance))
        running = running_values(past, seen, at=BEGAN + after)
        facts = Facts(seen, running, Customer(), agents_online=3, channel="webchat")
        decision = decide(facts, rules)
        turns.append((after, facts.to_dict(), decision))
        past.append(PastTurn(seen, BEGAN + after))
        if decision.handoff:
            past, after = [], after + HANDLING
        after += dt.timedelta(seconds=chance.randint(15, 90))
    return turns


def write(database_file: Path, turns: int, kinds: int = KINDS) -> None:
    """A history of so many turns, decided by the shipped rules."""
    chance = random.Random(7)  # noqa: S311 - a made-up history, no secret
    source = SHIPPED_FILE.read_text(encoding="utf-8")
    rules = parse_rules(source)
    database = Database(f"sqlite:///{database_file}")
    upgrade(database)
    with database.transaction() as session:
        session.add(RuleVersion(version=1, sha256="-", source=source, created_at=BEGAN, created_by="shipped"))
        agents = [
            Agent(
                id=new_id(),
                email=f"{number}@example.com",
                name=f"Agent {number}",
                password_hash="-",  # noqa: S106 - nobody logs in
                role="agent",
                skills=[("zh", "en")[number % 2], ("refund", "loan", "risk")[number % 3]],
                capacity=4,
                active=True,
                idle_since=BEGAN,
            )
            for number in range(AGENTS)
        ]
        session.add_all(agents)
        session.flush()
        session.add_all(shifts(agents))
    made = [conversation(chance, rules) for _ in range(kinds)]
    done = 0
    while done < turns:
        rows: dict[type, list[dict[str, Any]]] = {Conversation: [], Handoff: [], Turn: []}
        while len(rows[Turn]) < 5_000 and done + len(rows[Turn]) < turns:
            began = BEGAN + dt.timedelta(seconds=chance.randrange(DAYS * 86_400))
            name = f"{chance.getrandbits(128):032x}"
            common = {"created_at": began, "updated_at": began + dt.timedelta(hours=2)}
            rows[Conversation].append({"id": name, "sender_id": name, "channel": "webchat", **common})
            for after, seen, decision in chance.choice(made):
                at = began + after
                rows[Turn].append(
                    {
                        "sender_id": name,
                        "message_id": str(after),
                        "conversation_id": name,
                        "seq": done + len(rows[Turn]),
                        "sent_at": at,
                        "owner": "bot",
                        "signals": seen["signals"],
                        "facts": seen,
                        "decision": "handoff" if decision.handoff else "stay",
                        "rule": decision.rule,
                        "reasons": [],
                        "rules_version": 1,
                        "answer": {},
                        "created_at": at,
                    }
                )
                if decision.handoff:
                    rows[Handoff].append(
                        {
                            "conversation_id": name,
                            "source": "turn",
                            "rule": decision.rule,
                            "rules_version": 1,
                            "requested_at": at,
                            "first_assigned_at": at + dt.timedelta(seconds=20),
                            "ended_at": at + HANDLING,
                            "mark": chance.choice((None, None, "needed", "not_needed", "too_late")),
                        }
                    )
        done += len(rows[Turn])
        with database.transaction() as session:
            for table, values in rows.items():
                session.execute(insert(table), values)
    database.close()


def measure(database_file: Path) -> dict[str, Any]:
    """In this process: seconds, turns and the peak of resident memory in MB."""
    source = SHIPPED_FILE.read_text(encoding="utf-8")
    draft = source.replace("sentiment: {lte: -0.4}", "sentiment: {lte: -0.6}")
    assert draft != source
    settings = Settings(service_key="-" * 16, token_secret="-" * 32, rasa_jwt_secret="-" * 32)
    database = Database(f"sqlite:///{database_file}")
    started = time.process_time()
    with database.reading() as session:
        window = window_of(session, None, None)
        result = backtest(session, settings, parse(draft), window)
    return {
        "seconds": time.process_time() - started,
        "turns": result["observed"]["turns"],
        "handoffs": result["handoffs"]["real"],
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _alone(*arguments: object) -> str:
    """What a process of its own prints. The writing is one, too: a child's peak of memory is never told to be
    less than what its parent held when it was started."""
    command = [sys.executable, "-m", "benchmarks.backtest_speed", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def compare() -> None:
    print(f"{'turns':>9} {'handoffs':>9} {'CPU s':>7} {'turns/minute':>13} {'peak MB':>8}")
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            database_file = Path(folder) / f"{size}.db"
            _alone("write", database_file, size)
            seen = json.loads(_alone("measure", database_file))
            seen["speed"] = seen["turns"] / seen["seconds"] * 60
            measured.append(seen)
            print(
                f"{seen['turns']:>9,} {seen['handoffs']:>9,} {seen['seconds']:>7.1f} {seen['speed']:>13,.0f} "
                f"{seen['megabytes']:>8.0f}",
                flush=True,
            )
    slowest = min(seen["speed"] for seen in measured)
    growth = measured[-1]["megabytes"] / measured[0]["megabytes"]
    print(f"at least {TURNS_A_MINUTE:,} turns a minute: {'yes' if slowest >= TURNS_A_MINUTE else 'NO'}")
    print(f"memory at most {GROWTH} times as much: {growth:.2f} {'yes' if growth <= GROWTH else 'NO'}")


def main() -> None:
    match sys.argv[1:]:
        case ["write", file, turns]:
            write(Path(file), int(turns))
        case ["measure", file]:
            print(json.dumps(measure(Path(file))))
        case _:
            compare()


if __name__ == "__main__":
    main()
