"""Where a copy of Baton lives and on which ports it listens; flags win over the environment.

One copy is one data folder and three ports. Everything else follows from them.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.console import SetupError

ROOT = Path(__file__).resolve().parents[1]
ASSISTANT_PYTHON = ROOT / ".venv" / "bin" / "python"
SERVICE_PYTHON = ROOT / "handoff_service" / ".venv" / "bin" / "python"

HOST = "127.0.0.1"
DEFAULT_DATA_DIR = "var"
DEFAULT_ACTIONS_PORT = 5055  # also in endpoints.yml
# variable and flag, what listens there, default; the defaults are those that Rasa's users know
PORTS = {
    "RASA_PORT": ("--rasa-port", "the Rasa server", 5005),
    "ACTIONS_PORT": ("--actions-port", "the action server", DEFAULT_ACTIONS_PORT),
    "HANDOFF_PORT": ("--handoff-port", "the handoff service", 8000),
}


@dataclass(frozen=True)
class Settings:
    """One copy of Baton. `secrets` maps the names of `secrets_file.NAMES` to their values."""

    data_dir: Path
    rasa_port: int = 5005
    actions_port: int = DEFAULT_ACTIONS_PORT
    handoff_port: int = 8000
    model: Path = ROOT / "models"
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    root: Path = ROOT

    @property
    def rasa_url(self) -> str:
        return f"http://{HOST}:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://{HOST}:{self.actions_port}"

    @property
    def handoff_url(self) -> str:
        return f"http://{HOST}:{self.handoff_port}"

    @property
    def ports(self) -> dict[str, int]:
        """Port by the name of its variable."""
        return {
            "RASA_PORT": self.rasa_port,
            "ACTIONS_PORT": self.actions_port,
            "HANDOFF_PORT": self.handoff_port,
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for variable, (flag, what, default) in PORTS.items():
        parser.add_argument(flag, metavar="PORT", help=f"port of {what} (or {variable}; default {default})")
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help=f"databases, secrets and logs of this copy (or BATON_DATA_DIR; default {DEFAULT_DATA_DIR})",
    )


def as_arguments(settings: Settings) -> list[str]:
    """The flags, `--model` among them, from which `from_arguments` makes the same copy again."""
    flags = [f"{flag}={settings.ports[variable]}" for variable, (flag, _, _) in PORTS.items()]
    return [*flags, f"--data-dir={settings.data_dir}", f"--model={settings.model}"]


def from_arguments(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    """The copy that the flags and the environment describe; `SetupError` when they cannot be meant."""
    ports = {}
    for variable, (flag, what, default) in PORTS.items():
        given = getattr(arguments, flag.strip("-").replace("-", "_"))
        ports[variable] = _port(given or environ.get(variable) or str(default), variable, what)
    if len(set(ports.values())) < len(ports):
        shown = ", ".join(f"{variable}={port}" for variable, port in ports.items())
        raise SetupError(f"the three ports must differ, but they are {shown}.")
    data_dir = Path(arguments.data_dir or environ.get("BATON_DATA_DIR") or DEFAULT_DATA_DIR).expanduser()
    return Settings(
        data_dir=(ROOT / data_dir).resolve(),
        rasa_port=ports["RASA_PORT"],
        actions_port=ports["ACTIONS_PORT"],
        handoff_port=ports["HANDOFF_PORT"],
        model=Path(getattr(arguments, "model", None) or ROOT / "models"),
    )


def _port(text: str, variable: str, what: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise SetupError(f"{variable}={text} is no port for {what}: it must be a number from 1 to 65535.")
