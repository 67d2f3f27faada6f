"""honcho's manager, made to answer for its processes: who ended first, and that none is left behind.

Runs in the service's environment, where honcho is installed.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import shlex
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from honcho import manager

from scripts.processes import Command

# Rasa closes its connections, ships its last events and unloads TensorFlow: 5 s on a busy machine
KILL_SECONDS = 12


class Stack(manager.Manager):
    """Runs `commands` in process groups of their own; when one ends, ends them all.

    `on_started` is called once, when every process has been started.
    """

    def __init__(
        self,
        commands: Mapping[str, Command],
        cwd: Path,
        on_started: Callable[[], None] = lambda: None,
        kill_seconds: float = KILL_SECONDS,
    ) -> None:
        super().__init__()
        self._kill_seconds = kill_seconds
        self.ended_first: tuple[str, int] | None = None
        self.asked_to_stop = False
        self._on_started = on_started
        self._pids: dict[str, int] = {}
        self._ended: set[str] = set()
        self._wanted = len(commands)
        self._terminated_at: float | None = None
        self.events = _Events(self.events, self)
        for name, (argv, env) in commands.items():
            # honcho hands a line to the shell; exec makes the process itself the leader of its group
            self.add_process(name, f"exec {shlex.join(argv)}", env=env, cwd=str(cwd))

    def run(self) -> int:
        """Until all have ended; the exit code is honcho's: of the first that ended, or of the signal."""
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # not under nohup
            signal.signal(signal.SIGHUP, _as_terminate)
        # honcho's own time from the first process's end to the kill of the others
        manager.KILL_WAIT = self._kill_seconds
        try:
            self.loop()
        finally:
            self._end_leftovers()
        return self.returncode or 0

    def stop(self) -> None:
        """Asks, from any thread, that everything be ended."""
        self.asked_to_stop = True

    def terminate(self) -> None:
        """Called by honcho's signal handler too, which may come before all have told their process ids."""
        self.asked_to_stop = True
        if self._all_started() and self._terminated_at is None:
            self._terminated_at = time.monotonic()
            super().terminate()

    def observe(self, message: Any) -> None:
        """Sees each event before honcho acts on it."""
        if message.type == "start":
            self._pids[message.name] = message.data["pid"]
            if len(self._pids) == self._wanted and not self.asked_to_stop:
                self._on_started()
        elif message.type == "stop":
            self._ended.add(message.name)
            if self.ended_first is None and not self.asked_to_stop:
                self.ended_first = (message.name, message.data["returncode"])

    def tick(self) -> None:
        """Several times a second, in honcho's loop."""
        if self.asked_to_stop:
            self.terminate()
        if self._terminated_at is not None and time.monotonic() - self._terminated_at > self._kill_seconds:
            self._terminated_at = float("inf")  # once
            self.kill()

    def _end_leftovers(self) -> None:
        """Only after an error in the loop itself, such as an output that is gone, is there much to do."""
        with suppress(queue.Empty):
            while len(self._pids) < self._wanted:
                self.observe(self.events.wrapped.get(timeout=1))
        self._signal_leftovers(signal.SIGTERM)
        deadline = time.monotonic() + self._kill_seconds
        runners = multiprocessing.active_children()
        for runner in runners:
            runner.join(max(0.0, deadline - time.monotonic()))
        self._signal_leftovers(signal.SIGKILL)
        for runner in runners:
            runner.kill()

    def _signal_leftovers(self, wanted: signal.Signals) -> None:
        for name in self._pids.keys() - self._ended:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pids[name], wanted)


class _Events:
    """honcho's queue of events; shows each to the stack before honcho acts on it."""

    def __init__(self, wrapped: Any, stack: Stack) -> None:
        self.wrapped = wrapped
        self._stack = stack

    def put(self, message: Any) -> None:
        self.wrapped.put(message)

    def get(self, timeout: float) -> Any:
        self._stack.tick()
        message = self.wrapped.get(timeout=timeout)
        self._stack.observe(message)
        return message


def _as_terminate(signum: int, frame: FrameType | None) -> None:
    """The terminal was closed: end as on SIGTERM, which honcho handles."""
    signal.raise_signal(signal.SIGTERM)
