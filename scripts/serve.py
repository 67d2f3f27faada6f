"""Runs the processes of one copy until it is stopped or one of them ends; `scripts.run` becomes this.

Runs in the service's environment.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import os
import threading
import time
from pathlib import Path

from scripts import console, health, processes, secrets_file, settings
from scripts.stack import Stack

LOG_INS = (
    ("lin@example.com", "agent: Chinese, refunds"),
    ("sam@example.com", "agent: English, risk, loans"),
    ("mei@example.com", "senior agent: both languages, risk, loans"),
    ("vera@example.com", "supervisor"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.serve", description=__doc__.splitlines()[0])
    settings.add_arguments(parser)
    parser.add_argument("--model", type=Path, required=True, help="the trained model to load")
    copy = settings.from_arguments(parser.parse_args(), os.environ)
    copy = dataclasses.replace(copy, secrets=secrets_file.load(copy.data_dir, os.environ))

    # honcho's runners share this process's queue and environment; they need no interpreter of their own
    multiprocessing.set_start_method("fork")
    return run(copy)


def run(copy: settings.Settings) -> int:
    failure: list[str] = []

    def watch() -> None:
        started = time.monotonic()
        sentence = health.wait(copy, say=console.say, stopped=lambda: stack.asked_to_stop)
        if sentence is None and not stack.asked_to_stop:
            health.warm_up(copy)
        if sentence is not None:
            failure.append(sentence)
            stack.stop()
        elif not stack.asked_to_stop:
            console.say(banner(copy, time.monotonic() - started))

    def on_started() -> None:
        threading.Thread(target=watch, daemon=True).start()

    console.say("Starting Rasa, the action server and the handoff service …")
    stack = Stack(processes.commands(copy, os.environ), copy.root, on_started)
    code = stack.run()
    if failure:
        raise console.SetupError(failure[0])
    if stack.ended_first is not None:
        name, its_code = stack.ended_first
        raise console.SetupError(f"{name} ended by itself ({_how(its_code)}), so everything was stopped.")
    console.say("Everything is stopped.")
    return code


def banner(copy: settings.Settings, seconds: float) -> str:
    width = max(len(email) for email, _ in LOG_INS)
    log_ins = "\n".join(f"    {email:<{width}}  {what}" for email, what in LOG_INS)
    return f"""
Baton is ready ({seconds:.0f} s).

  Customer page  {copy.handoff_url}/chat
  Agent desk     {copy.handoff_url}/
  API            {copy.handoff_url}/api/v1/openapi.json

  Log in at the desk as
{log_ins}
  with the password {processes.demo_password(copy)}  (kept in {copy.data_dir / secrets_file.FILE})

Ctrl-C stops everything.
"""


def _how(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


if __name__ == "__main__":
    console.main(main)
