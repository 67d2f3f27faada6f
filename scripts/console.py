"""What the scripts print, and how they fail: progress in short lines, an error in one sentence."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
OLDEST_PYTHON = (3, 10)
PROGRESS_SECONDS = 10  # long enough not to scroll, short enough that nobody thinks it hangs


class SetupError(Exception):
    """An expected end: its text is the one sentence that the user reads."""


def say(text: str) -> None:
    print(text, flush=True)


def main(body: Callable[[], int]) -> None:
    """Run `body` as a command: a `SetupError` or an interrupt ends in a sentence, never a stack trace."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        print(
            f"Error: python3 is {sys.version.split()[0]}; run make with PYTHON=<a Python {wanted} or newer>."
        )
        raise SystemExit(1)
    signal.signal(signal.SIGTERM, _interrupt)  # so that what was started is ended, as on Ctrl-C
    try:
        code = body()
    except SetupError as failure:
        print(f"Error: {failure}", file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr, flush=True)
        code = 130
    raise SystemExit(code)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run_logged(
    label: str,
    argv: Sequence[str],
    log: Path,
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> int:
    """The exit code of `argv`, run with its output in `log`; says every few seconds that it goes on."""
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    options = {"cwd": cwd, "env": None if env is None else dict(env), "stdin": subprocess.DEVNULL}
    with log.open("wb") as output:
        try:
            with _started(argv, **options, stdout=output, stderr=subprocess.STDOUT) as process:
                while True:
                    try:
                        return process.wait(timeout=PROGRESS_SECONDS)
                    except subprocess.TimeoutExpired:
                        say(f"  … {label}: {time.monotonic() - began:.0f} s")
        except OSError as error:
            output.write(f"{argv[0]}: {error}\n".encode())
            return 127


@contextmanager
def _started(argv: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block at the latest, also when an interrupt comes while it is started."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))

    def let_signals_through() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    process = None
    try:
        process = subprocess.Popen(list(argv), preexec_fn=let_signals_through, **options)
        let_signals_through()
        yield process
    finally:
        let_signals_through()
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait()


def last_line(log: Path) -> str:
    """The last line with words in it, without colours, for the sentence that names the log."""
    try:
        lines = _COLOURS.sub("", log.read_text(encoding="utf-8", errors="replace")).splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
