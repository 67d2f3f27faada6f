"""What assessing every turn costs: Baton's bot beside the same bot in bare Rasa, in one run.

Bare is the same NLU, domain and rules, trained without Baton's policies and without any custom action: Rasa's
own SQL tracker store on SQLite (write-ahead log, held open, as durable as Baton's), no event broker, no
action server. Both answer the same 100 questions of one conversation over `rest`, turn about; this is
repeated with new conversations. Printed are medians in milliseconds and their ratio, and then what each part
of a turn takes: the processes run with timers around the parts (`benchmarks/_parts.py`), so the shares are of
the very turns that the medians are of. Shares are means, for these add up. Run it by `make bench`.
"""

import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from benchmarks import _parts, _shares
from scripts import processes
from scripts.settings import ASSISTANT_PYTHON, ROOT
from tests.e2e.stack import Stack, free_ports
from tests.e2e.waiting import eventually

ROUNDS = 3
TURNS = 100
FIRST, LAST = slice(0, 20), slice(90, 100)
TARGETS = {"first 20 turns": 1.4, "turns 91-100": 0.8}
PROCESSES = ("rasa", "actions", "handoff")
QUESTIONS = (
    "what are your opening hours",
    "运费怎么算",
    "how can I pay",
    "会员有什么好处",
    "what interest rate do you charge",
    "你们几点开门",
    "how much is shipping",
    "支持哪些支付方式",
    "do you have any coupons",
    "贷款需要什么条件",
)
OWN_POLICIES = ("rasa_parts.policy.HandoffPolicy", "rasa_parts.failed_action.FailedActionPolicy")


def bare_project(folder: Path) -> None:
    """Write config, domain and endpoints of the bot without Baton."""
    config = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))
    config["policies"] = [policy for policy in config["policies"] if policy["name"] not in OWN_POLICIES]
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    domain["actions"].remove("action_session_start")
    for slot in domain["slots"].values():
        for mapping in slot["mappings"]:
            mapping.pop("action", None)
    store = {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "bare.db")}}
    for name, content in (("config", config), ("domain", domain), ("endpoints", store)):
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    (folder / "credentials.yml").write_text("rest:\n", "utf-8")


def train_bare(folder: Path, environ: Mapping[str, str]) -> None:
    print("Training bare Rasa's model …", file=sys.stderr, flush=True)
    argv = [
        *(str(ASSISTANT_PYTHON), "-m", "rasa", "train", "--config", str(folder / "config.yml")),
        *("--domain", str(folder / "domain.yml"), "--data", "data", "--out", str(folder / "models")),
        "--skip-validation",
    ]
    with (folder / "train.log").open("wb") as log:
        if subprocess.run(argv, cwd=ROOT, env=dict(environ), stdout=log, stderr=log, check=False).returncode:
            raise SystemExit(f"Bare Rasa's model could not be trained; see {keep(folder / 'train.log')}.")


@contextmanager
def bare_rasa(folder: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """The URL of a running bare Rasa."""
    database = sqlite3.connect(folder / "bare.db")
    database.execute("PRAGMA journal_mode = WAL")
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    argv = [
        *(str(ASSISTANT_PYTHON), "-m", _parts.__name__, "rasa", "run"),
        *("--interface", "127.0.0.1", "--port", str(port)),
        *("--model", str(folder / "models"), "--endpoints", str(folder / "endpoints.yml")),
        *("--credentials", str(folder / "credentials.yml")),
    ]
    with (folder / "rasa.log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=_timed(environ, folder / "rasa"),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        eventually(lambda: answers(url), "bare Rasa answers", timeout=180)
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from now on it is held open
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        database.close()


class TimedStack(Stack):
    """Baton, each process with its timers."""

    def command(self, name: str) -> processes.Command:
        (python, _, module, *arguments), env = super().command(name)
        argv = [python, "-m", _parts.__name__, module, *arguments]
        return argv, _timed(env, self.settings.data_dir / name)


def _timed(environ: Mapping[str, str], file: Path) -> dict[str, str]:
    return {**environ, "TURN_PARTS": str(file.with_suffix(".parts"))}


def answers(url: str) -> bool:
    try:
        with httpx.Client(base_url=url) as client:
            return bool(ask(client, f"probe-{uuid.uuid4().hex}", QUESTIONS[0]))
    except httpx.HTTPError:
        return False


def ask(client: httpx.Client, sender: str, text: str) -> list[Any]:
    body = {"sender": sender, "message": text}
    answer = client.post("/webhooks/rest/webhook", json=body, timeout=60)
    answer.raise_for_status()
    replies: list[Any] = answer.json()
    return replies


def converse(bots: Mapping[str, httpx.Client]) -> dict[str, list[float]]:
    """Milliseconds per turn and bot of one conversation that both are asked, taking turns at being first."""
    took: dict[str, list[float]] = {name: [] for name in bots}
    sender = f"cost-{uuid.uuid4().hex}"
    for turn in range(TURNS):
        # another wording each time round: nobody asks the same three times
        text = QUESTIONS[turn % len(QUESTIONS)]
        for name in list(bots)[:: 1 if turn % 2 else -1]:
            started = time.perf_counter()
            replies = ask(bots[name], sender, text)
            took[name].append((time.perf_counter() - started) * 1000)
            if len(replies) != 1:
                raise SystemExit(
                    f"{name} gave {len(replies)} answers to {text!r} in turn {turn + 1}: {replies}"
                )
    return took


def keep(log: Path) -> Path:
    """A copy of a log that outlives the run's folder."""
    return Path(shutil.copy(log, Path(tempfile.gettempdir(), f"baton-bench-{log.name}")))


def report(rounds: list[dict[str, list[float]]]) -> None:
    print(f"\n{ROUNDS} conversations of {TURNS} turns, ms per turn   {'bare':>7} {'Baton':>7}   ratio")
    for name, part in (("first 20 turns", FIRST), ("turns 91-100", LAST)):
        medians = {
            bot: statistics.median(value for took in rounds for value in took[bot][part])
            for bot in ("bare", "Baton")
        }
        ratio = medians["Baton"] / medians["bare"]
        mark = "" if ratio <= TARGETS[name] else "   ABOVE TARGET"
        print(
            f"  {name:<44} {medians['bare']:>7.1f} {medians['Baton']:>7.1f}   {ratio:.2f} × "
            f"(target ≤ {TARGETS[name]}){mark}"
        )


def report_shares(rounds: list[dict[str, list[float]]], bare_folder: Path, own_folder: Path) -> None:
    """Where the time goes. What is indented is within the part above it."""
    files = [bare_folder / "rasa.parts", *(own_folder / f"{name}.parts" for name in PROCESSES)]
    turns = [_shares.read(file, ROUNDS * TURNS) for file in files]
    for title, part in (("first 20 turns", FIRST), ("turns 91-100", LAST)):
        chosen = [[turn for n in range(ROUNDS) for turn in each[n * TURNS :][:TURNS][part]] for each in turns]
        whole = {bot: statistics.mean(ms for took in rounds for ms in took[bot][part]) for bot in rounds[0]}
        table = _shares.rows(*map(_shares.means, chosen), whole["bare"], whole["Baton"])
        print(f"\nWhere it goes, mean ms, {title:<30} {'bare':>7} {'Baton':>7}   share of Baton's turn")
        for row in (
            _shares.Row("the whole turn, as its caller sees it", whole["bare"], whole["Baton"]),
            *table,
        ):
            print(_shares.printed(row, whole["Baton"]))


def main() -> None:
    environ = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    environ |= {"SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    # a long conversation is not to be handed over, whatever is asked again in it
    rules = ROOT / "benchmarks" / "_never.yml"
    with tempfile.TemporaryDirectory() as folder:
        bare_folder, own_folder = Path(folder, "bare"), Path(folder, "baton")
        bare_folder.mkdir()
        bare_project(bare_folder)
        train_bare(bare_folder, environ)
        stack = TimedStack(own_folder, {"HANDOFF_RULES_FILE": str(rules)}, wired=False)
        try:
            stack.set_up()
            stack.start(*reversed(PROCESSES))
            with (
                bare_rasa(bare_folder, environ) as bare_url,
                httpx.Client(base_url=bare_url) as bare,
                httpx.Client(base_url=stack.settings.rasa_url) as own,
            ):
                bots = {"bare": bare, "Baton": own}
                converse(bots)  # not counted: the first messages load dictionaries
                rounds = [converse(bots) for _ in range(ROUNDS)]
            report(rounds)
            report_shares(rounds, bare_folder, own_folder)
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
