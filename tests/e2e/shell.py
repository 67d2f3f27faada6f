"""A shell that runs the commands of a page, block by block."""

import os
import queue
import signal
import subprocess
import threading

from scripts.settings import ROOT
from tests.e2e.stack import Stack
from tests.e2e.waiting import PATIENCE

END = "--- end of the step ---"


class Bash:
    """One shell for all steps, as a reader has it: what one sets is there in the next. Ends at an error."""

    def __init__(self, stack: Stack) -> None:
        self._process = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail"],
            cwd=ROOT,
            env={
                **os.environ,
                "BATON_URL": stack.settings.handoff_url,
                "BATON_DATA_DIR": str(stack.settings.data_dir),
                "RASA_URL": stack.settings.rasa_url,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def runs(self, step: str) -> str:
        """What the step prints."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{step}\nprintf '\\n%s\\n' '{END}'\n")
        self._process.stdin.flush()
        printed = ""
        while (line := self._lines.get(timeout=PATIENCE)) != f"{END}\n":
            assert line is not None, f"ended in\n{step}\n{printed}"
            printed += line
        return printed.strip()

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)  # what runs in the background, too
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)
