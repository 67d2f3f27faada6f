"""The targets hand signals and variables to the scripts."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from scripts.settings import ROOT
from tests.service.setup.test_pythons import executable
from tests.service.setup.test_stack import PATIENCE, alive, until

# what an outer make was given must not reach the inner one
ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


@pytest.mark.parametrize("target", ["setup", "run", "train", "test"])
def test_ending_make_ends_the_script(tmp_path: Path, target: str) -> None:
    told = tmp_path / "pid"
    python = executable(tmp_path / "python", f"echo $$ > {told}.new; mv {told}.new {told}; exec sleep 1000")
    make = subprocess.Popen(
        ["make", "-s", target, f"PYTHON={python}"], cwd=ROOT, env=ENVIRON, start_new_session=True
    )
    until(told.exists)

    make.terminate()
    make.wait(timeout=PATIENCE)
    pid = int(told.read_text())
    try:
        until(lambda: not alive(pid))
    finally:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


def test_ports_given_to_make_reach_the_script(tmp_path: Path) -> None:
    python = executable(tmp_path / "python", "echo $RASA_PORT $BATON_DATA_DIR")

    given = ["make", "-s", "run", f"PYTHON={python}", "RASA_PORT=6005", "BATON_DATA_DIR=var/second"]
    answer = subprocess.run(
        given, cwd=ROOT, env=ENVIRON, capture_output=True, text=True, timeout=PATIENCE, check=True
    )

    assert answer.stdout == "6005 var/second\n"


def test_arguments_for_pytest_keep_their_quotes(tmp_path: Path) -> None:
    python = executable(tmp_path / "python", 'printf "%s|" "$@"')

    given = ["make", "-s", "test", f"PYTHON={python}", "SUITE=service", "ARGS=-k 'one or two' -x"]
    answer = subprocess.run(
        given, cwd=ROOT, env=ENVIRON, capture_output=True, text=True, timeout=PATIENCE, check=True
    )

    assert answer.stdout == "-m|scripts.test|--suite=service|--|-k|one or two|-x|"


def test_every_target_is_explained_in_the_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = next(line for line in text.splitlines() if line.startswith(".PHONY:")).split()[1:]

    shown = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, env=ENVIRON, capture_output=True, text=True, check=True
    ).stdout

    assert [line.split()[1] for line in shown.splitlines()] == targets
