"""`make run`: sets up what is missing, then starts one copy of Baton and stays until it is stopped.

python3 -m scripts.run [--rasa-port …] [--actions-port …] [--handoff-port …] [--data-dir …] [--setup-only]
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also found when started by its path

from scripts import (
    console,
    console_build,
    databases,
    environments,
    faq,
    locks,
    model,
    ports,
    processes,
    secrets_file,
    sentiment,
    settings,
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__.splitlines()[0].partition(": ")[2])
    settings.add_arguments(parser)
    parser.add_argument("--setup-only", action="store_true", help="set up, but start nothing")
    arguments = parser.parse_args()

    copy = settings.from_arguments(arguments, os.environ)
    if not arguments.setup_only:
        ports.check(copy)
    locks.claim(copy.data_dir)
    copy = prepare(copy)
    if arguments.setup_only:
        console.say("Ready: make run starts it.")
        return 0
    return serve(copy)


def prepare(copy: settings.Settings) -> settings.Settings:
    """Environments, secrets, models, the console, databases; each only where it is missing or changed."""
    with locks.setup(copy.root):
        environments.ensure(os.environ)
        trained = model.ensure(os.environ)
        sentiment.ensure(os.environ)
        faq.ensure(os.environ)
        console_build.ensure(os.environ)
    secrets = secrets_file.load(copy.data_dir, os.environ)
    copy = dataclasses.replace(copy, model=trained, secrets=secrets)
    processes.prepare(copy)
    databases.ensure(copy, os.environ)
    return copy


def serve(copy: settings.Settings) -> NoReturn:
    """Becomes `scripts.serve` in the service's environment, where the process runner is installed; the same
    process, so that whoever stops this one stops that one."""
    os.chdir(copy.root)
    python = str(settings.SERVICE_PYTHON)
    os.execv(python, [python, "-m", "scripts.serve", *settings.as_arguments(copy)])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    console.main(main)
