"""`make test`: sets up what is missing, runs the suites, and ends with one line that counts.

Several suites run side by side, each into a log of its own that is printed whole when the suite has ended;
one alone is printed as it goes.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also found when started by its path

from scripts import console, console_build, environments, faq, locks, model, sentiment, suites
from scripts.settings import ROOT
from scripts.suites import Result, Suite

REPORTS = ROOT / ".tools" / "test-reports"
PROGRESS_SECONDS = 30
POLL_SECONDS = 0.2
TEARDOWN_SECONDS = 60  # the end-to-end tests stop whole stacks of servers
# niceness beside a suite that comes first: a third of a processor that both want, so that none stands still
YIELDING = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="make test", description=__doc__.splitlines()[0].partition(": ")[2])
    parser.add_argument("--suite", default="", help=f"only these of {', '.join(suites.SUITES)}")
    parser.add_argument("extra", nargs="*", help="further arguments for pytest (or vitest), after --")
    arguments = parser.parse_args()
    try:
        wanted = suites.chosen(arguments.suite, narrowed=bool(arguments.extra))
    except ValueError as error:
        raise console.SetupError(str(error)) from None

    environment = _prepare(wanted)
    total = run(wanted, arguments.extra, environment)
    skips_allowed = os.environ.get("BATON_NO_SKIP", "") in ("", "0")
    _say_what_is_amiss(total, skips_allowed=skips_allowed)
    console.say(total.total_line())
    return 0 if total.succeeded(skips_allowed=skips_allowed) else 1


def run(wanted: Sequence[Suite], extra: Sequence[str], environment: Mapping[str, str]) -> Result:
    REPORTS.mkdir(parents=True, exist_ok=True)
    total = Result()
    running: dict[Suite, subprocess.Popen[bytes]] = {}
    shown_whole = len(wanted) > 1
    one_is_first = any(suite.first for suite in wanted)
    try:
        for suite in wanted:
            if suites.missing(suite):
                total += Result(problems=[f"{suite.folder} holds no tests."])
                continue
            console.say(f"== {suite.folder}{': running beside the others' if shown_whole else ''}")
            niceness = YIELDING if one_is_first and not suite.first else 0
            running[suite] = _start(suite, extra, environment, to_log=shown_whole, niceness=niceness)
        for suite in _as_they_end(running):
            code = running[suite].returncode
            if shown_whole:
                console.say(f"\n== {suite.folder}")
                console.say(_log(suite).read_text(encoding="utf-8", errors="replace"))
            total += suites.read(suite.name, code, _report(suite), narrowed=bool(extra))
    finally:
        _end(running.values())
    return total


def _prepare(wanted: Sequence[Suite]) -> dict[str, str]:
    """The environment of the tests; BATON_MODEL is the model of the present sources."""
    environment = {**os.environ, "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "RASA_TELEMETRY_ENABLED": "false"}
    with locks.setup(ROOT):
        environments.ensure(os.environ)
        faq.ensure(os.environ)
        if any(suite.needs_model for suite in wanted):
            environment["BATON_MODEL"] = str(model.ensure(os.environ))
            sentiment.ensure(os.environ)
        if any(suite.needs_console for suite in wanted):
            console_build.ensure(os.environ)
    return environment


def _start(
    suite: Suite, extra: Sequence[str], environment: Mapping[str, str], *, to_log: bool, niceness: int
) -> subprocess.Popen[bytes]:
    _report(suite).unlink(missing_ok=True)
    with _log(suite).open("wb") as log:
        return subprocess.Popen(
            suite.command(_report(suite), extra),
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log if to_log else None,
            stderr=subprocess.STDOUT if to_log else None,
            # out of reach of the terminal's Ctrl-C: a second SIGINT would break off its taking down
            start_new_session=True,
            preexec_fn=functools.partial(_become, niceness),
        )


def _become(niceness: int) -> None:
    os.nice(niceness)
    # Linux may share the processors among sessions first, each with a niceness of its own
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness))
    # a shell's background job ignores SIGINT, and so would pytest
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _as_they_end(running: Mapping[Suite, subprocess.Popen[bytes]]) -> Iterator[Suite]:
    """Each suite once it has ended; says now and then what still runs."""
    waiting = list(running)
    started = said = time.monotonic()
    while waiting:
        for suite in [suite for suite in waiting if running[suite].poll() is not None]:
            waiting.remove(suite)
            yield suite
        now = time.monotonic()
        if len(running) > 1 and waiting and now - said > PROGRESS_SECONDS:
            said = now
            for suite in waiting:
                console.say(f"  … {suite.name}: {now - started:.0f} s: {console.last_line(_log(suite))[:90]}")
        if waiting:
            time.sleep(POLL_SECONDS)


def _end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """Only after an interrupt is one still there: SIGINT lets pytest take down what its fixtures started."""
    left = [process for process in processes if process.poll() is None]
    for process in left:
        process.send_signal(signal.SIGINT)
    for process in left:
        try:
            process.wait(timeout=TEARDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _say_what_is_amiss(total: Result, *, skips_allowed: bool) -> None:
    console.say("")
    for skip in total.skips:
        console.say(f"skipped: {skip}")
    if total.skips and not skips_allowed:
        console.say("BATON_NO_SKIP is set, so a skipped test is a failure.")
    for problem in total.problems:
        console.say(f"failed: {problem}")


def _report(suite: Suite) -> Path:
    return REPORTS / f"{suite.name}.xml"


def _log(suite: Suite) -> Path:
    return REPORTS / f"{suite.name}.log"


if __name__ == "__main__":
    console.main(main)
