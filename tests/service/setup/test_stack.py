"""The process runner on real processes: however it ends, nothing is left and the reason is said."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.settings import ROOT

PATIENCE = 40.0  # far beyond any of the runner's own limits, for a busy machine

# Runs the shell commands given as arguments; a file `started` tells that all of them have been started.
RUNNER = """
import multiprocessing, os, sys
from pathlib import Path
from scripts.stack import Stack

multiprocessing.set_start_method("fork")
here = Path(sys.argv[1])
commands = {f"p{n}": (["sh", "-c", line], dict(os.environ)) for n, line in enumerate(sys.argv[2:])}
stack = Stack(commands, here, lambda: (here / "started").touch(), kill_seconds=1)
code = stack.run()
print("ended first:", stack.ended_first, flush=True)
sys.exit(code)
"""
# a process with a child of its own, which tells both their ids
PARENT = "sleep 1000 & echo $! > {0}.child; echo $$ > {0}.parent; wait"
STUBBORN = "trap '' TERM INT; " + PARENT


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    running: list[subprocess.Popen[str]] = []

    def run(*lines: str, **options: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", textwrap.dedent(RUNNER), str(tmp_path), *lines]
        settings = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options}
        process = subprocess.Popen(command, cwd=ROOT, text=True, **settings)  # type: ignore[call-overload]
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()
    for pid in pids(tmp_path):
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


def pids(folder: Path) -> list[int]:
    return [int(path.read_text()) for pattern in ("*.child", "*.parent") for path in folder.glob(pattern)]


def left(folder: Path) -> list[int]:
    """Those still running; to be asked until none is, for a process closes its output before it ends."""
    return [pid for pid in pids(folder) if alive(pid)]


def alive(pid: int) -> bool:
    """A zombie has ended: nobody reaps a grandchild whose parent was killed in a container without init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def ready(folder: Path, names: int) -> bool:
    files = [*folder.glob("*.child"), *folder.glob("*.parent")]
    return (folder / "started").exists() and len(files) == 2 * names and all(f.read_text() for f in files)


def ended(process: "subprocess.Popen[str]") -> str:
    output, _ = process.communicate(timeout=PATIENCE)
    return output or ""


@pytest.mark.parametrize("wanted", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_children_and_grandchildren(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path, wanted: signal.Signals
) -> None:
    process = start(PARENT.format("a"), PARENT.format("b"))
    until(lambda: ready(tmp_path, 2))

    process.send_signal(wanted)

    assert "ended first: None" in ended(process), "a signal is no process that ended by itself"
    assert len(pids(tmp_path)) == 4
    until(lambda: not left(tmp_path))


def test_one_that_ends_ends_all_and_is_named_with_its_code(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = start(PARENT.format("a"), "until [ -e go ]; do sleep 0.05; done; exit 7")
    until(lambda: ready(tmp_path, 1))

    (tmp_path / "go").touch()

    assert "ended first: ('p1', 7)" in ended(process)
    assert process.returncode == 7
    until(lambda: not left(tmp_path))


def test_one_that_will_not_end_is_killed_with_its_children(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = start(STUBBORN.format("a"), PARENT.format("b"))
    until(lambda: ready(tmp_path, 2))

    process.terminate()
    ended(process)

    until(lambda: not left(tmp_path))


def test_the_output_being_gone_leaves_nothing_running(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = start(PARENT.format("a"), "until [ -e go ]; do sleep 0.05; done; echo words; sleep 1000")
    until(lambda: ready(tmp_path, 1))
    assert process.stdout is not None
    process.stdout.close()

    (tmp_path / "go").touch()
    process.wait(timeout=PATIENCE)

    until(lambda: not left(tmp_path))


def test_a_signal_during_the_start_is_not_lost_and_leaves_nothing(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    """Sent from the first child: honcho then knows the process ids of some of its processes at most."""
    first = "kill -TERM $(sed -n 's/^PPid:\\s*//p' /proc/$PPID/status); " + PARENT.format("a")
    process = start(first, *(PARENT.format(name) for name in "bcdef"))

    output = ended(process)

    assert "Traceback" not in output
    until(lambda: not left(tmp_path))
