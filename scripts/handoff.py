"""`./handoff`: the handoff service's commands, on the copy that `make run` starts.

Ports, data folder and secrets are found as `make run` finds them; then this process becomes
`python -m handoff_service.cli` in the service's environment. Paths are taken from where the user stands.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from typing import NoReturn

from scripts import console, processes, secrets_file, settings
from scripts.console import SetupError


def main() -> NoReturn:
    if not settings.SERVICE_PYTHON.exists():
        raise SetupError("the service's environment is not built yet: run make setup first.")
    parser = argparse.ArgumentParser()
    settings.add_arguments(parser)
    copy = settings.from_arguments(parser.parse_args([]), os.environ)
    copy = dataclasses.replace(copy, secrets=secrets_file.load(copy.data_dir, os.environ))
    python = str(settings.SERVICE_PYTHON)
    environment = processes.environment(copy, os.environ, *secrets_file.NAMES)
    paths = filter(None, (str(settings.ROOT), environment.get("PYTHONPATH")))
    os.execve(  # noqa: S606 - no shell wanted
        python,
        [python, "-m", "handoff_service.cli", *sys.argv[1:]],
        {**environment, "PYTHONPATH": os.pathsep.join(paths)},
    )


if __name__ == "__main__":
    console.main(main)
