"""How the scripts end: in a sentence, with nothing left running."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import console
from scripts.settings import ROOT
from tests.service.setup.test_stack import PATIENCE, alive, until

LONG = """
import sys
from pathlib import Path
from scripts import console

def body():
    line = "echo $$ > child.new; mv child.new child; exec sleep 1000"
    return console.run_logged("sleeping", ["sh", "-c", line], Path("log"), cwd=Path.cwd())

console.main(body)
"""


def script(text: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", text],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_interrupts,
    )


def _hears_interrupts() -> None:
    """Not so by itself where the tests run in a shell's background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("wanted", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupt_in_a_long_step_ends_the_step_too(tmp_path: Path, wanted: signal.Signals) -> None:
    process = script(LONG, tmp_path)
    until(lambda: (tmp_path / "child").exists())

    process.send_signal(wanted)
    _, errors = process.communicate(timeout=PATIENCE)

    assert errors == "Interrupted.\n"
    assert process.returncode == 130
    until(lambda: not alive(int((tmp_path / "child").read_text())))


def test_an_expected_end_is_one_sentence_without_a_stack_trace(tmp_path: Path) -> None:
    text = (
        "from scripts import console\ndef body(): raise console.SetupError('no Python.')\nconsole.main(body)"
    )
    process = script(text, tmp_path)

    _, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, errors) == (1, "Error: no Python.\n")


def test_a_command_that_is_not_there_fails_with_its_name_in_the_log(tmp_path: Path) -> None:
    code = console.run_logged("nothing", ["/no/such/tool"], tmp_path / "log", cwd=tmp_path)

    assert code == 127
    assert "/no/such/tool" in console.last_line(tmp_path / "log")


def test_the_last_line_is_shown_without_colours_and_blank_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("first\n\x1b[91m  it broke\x1b[0m\n\n  \n")

    assert console.last_line(tmp_path / "log") == "it broke"
    assert console.last_line(tmp_path / "none") == ""
