"""Creates and seeds the databases of one copy; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from scripts.console import SetupError, last_line, run_logged
from scripts.processes import database_commands
from scripts.settings import Settings

LOG = "databases.log"


def ensure(settings: Settings, environ: Mapping[str, str]) -> None:
    log = settings.data_dir / LOG
    for label, (argv, env) in database_commands(settings, environ).items():
        if run_logged(label, argv, log, cwd=settings.root, env=env) != 0:
            raise SetupError(f"{label} could not be made ready ({last_line(log)}); the log is {log}.")
