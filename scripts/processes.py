"""What one copy of Baton runs: each process's command and environment.

Pure but for `prepare`, so that a process runner, a service unit or a test can start, kill and restart
each process on its own in exactly the way `make run` does. All of them run with the repository's root as
their working folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from scripts.faq import FILE as FAQ_FILE
from scripts.secrets_file import DEMO_PASSWORD, KEYS, NAMES
from scripts.settings import ASSISTANT_PYTHON, DEFAULT_ACTIONS_PORT, HOST, SERVICE_PYTHON, Settings

Command = tuple[list[str], dict[str, str]]

# Open event streams end by themselves only when their clients leave; requests need less.
SHUTDOWN_SECONDS = 1


def commands(settings: Settings, environ: Mapping[str, str]) -> dict[str, Command]:
    """Command and whole environment of each process, by name: `rasa`, `actions`, `handoff`."""
    return {
        "rasa": (
            [
                *(str(ASSISTANT_PYTHON), "-m", "scripts.rasa_server"),
                *("--enable-api", "--interface", HOST, "--port", str(settings.rasa_port)),
                *("--model", str(settings.model), "--endpoints", str(endpoints_file(settings))),
                *("--credentials", "credentials.yml"),
            ],
            environment(settings, environ, "HANDOFF_SERVICE_KEY", "RASA_JWT_SECRET"),
        ),
        "actions": (
            [
                str(ASSISTANT_PYTHON),
                "-m",
                "scripts.action_server",
                "--actions",
                "actions",
                "--port",
                str(settings.actions_port),
            ],
            environment(settings, environ, "HANDOFF_SERVICE_KEY"),
        ),
        "handoff": (
            [
                *(str(SERVICE_PYTHON), "-m", "uvicorn", "--factory", "handoff_service.app:create_app"),
                *("--host", HOST, "--port", str(settings.handoff_port)),
                # the service logs each request itself, without query strings
                *("--no-access-log", "--timeout-graceful-shutdown", str(SHUTDOWN_SECONDS)),
            ],
            environment(settings, environ, "HANDOFF_SERVICE_KEY", "HANDOFF_TOKEN_SECRET", "RASA_JWT_SECRET"),
        ),
    }


def database_commands(settings: Settings, environ: Mapping[str, str]) -> dict[str, Command]:
    """What creates and seeds the databases, by label and in order; every one may run again at each start."""
    cli = [str(SERVICE_PYTHON), "-m", "handoff_service.cli"]
    return {
        "the service's database": ([*cli, "migrate"], environment(settings, environ, *KEYS)),
        "the demo agents": ([*cli, "seed-demo"], environment(settings, environ, *NAMES)),
        "the demo shop": ([str(ASSISTANT_PYTHON), "-m", "actions.shop.seed"], environment(settings, environ)),
    }


def environment(settings: Settings, environ: Mapping[str, str], *secret_names: str) -> dict[str, str]:
    """The user's environment, the copy's own values, and only those secrets that the process needs."""
    origins = f"{settings.handoff_url},http://localhost:{settings.handoff_port}"
    return {
        # the user's word stands for these: public names, a quieter Rasa
        "WEBCHAT_ALLOWED_ORIGINS": origins,
        "HANDOFF_WEBCHAT_URL": settings.rasa_url,
        "HANDOFF_PUBLIC_URL": settings.handoff_url,
        "HANDOFF_FAQ_FILE": str(settings.root / FAQ_FILE),
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **{name: value for name, value in environ.items() if name not in NAMES},
        # these say where this copy is: a left-over value would join two copies
        "BATON_DATA_DIR": str(settings.data_dir),
        "HANDOFF_URL": settings.handoff_url,
        "RASA_URL": settings.rasa_url,
        "SANIC_HOST": HOST,
        "SANIC_ACCESS_LOG": "false",
        "SANIC_GRACEFUL_SHUTDOWN_TIMEOUT": str(SHUTDOWN_SECONDS),
        "PYTHONUNBUFFERED": "1",
        **_no_proxy(environ),
        **{name: settings.secrets[name] for name in secret_names},
    }


def endpoints_file(settings: Settings) -> Path:
    """The repository's `endpoints.yml`, or the copy's own where its action server has another port."""
    usual = settings.actions_port == DEFAULT_ACTIONS_PORT
    return (settings.root if usual else settings.data_dir) / "endpoints.yml"


def derive_endpoints(text: str, actions_port: int) -> str:
    """`endpoints.yml` with the action server at another port; all else in it comes from the environment."""
    return re.sub(rf"(https?://[^\s/]+?):{DEFAULT_ACTIONS_PORT}\b", rf"\1:{actions_port}", text)


def prepare(settings: Settings) -> None:
    """Write the files that `commands` names and the repository does not hold."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = endpoints_file(settings)
    if path.parent == settings.data_dir:
        text = (settings.root / "endpoints.yml").read_text(encoding="utf-8")
        path.write_text(derive_endpoints(text, settings.actions_port), encoding="utf-8")


def demo_password(settings: Settings) -> str:
    return settings.secrets[DEMO_PASSWORD]


def _no_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """The processes talk to each other on this machine: a proxy set for the world outside must not see it."""
    given = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    names = [name for name in given.split(",") if name] + [HOST, "localhost"]
    return {"no_proxy": ",".join(names), "NO_PROXY": ",".join(names)}
