"""Builds the two Python environments with uv, and uv itself where the machine has none.

An environment is built anew only when its project file, its lock or its interpreter changed; a stamp inside
it says what it was built from. The locks are never touched.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts import console, locks, pythons
from scripts.console import SetupError, last_line, run_logged, say
from scripts.pythons import Version
from scripts.settings import ROOT

STAMP = "baton.stamp"
TOOLS = ROOT / ".tools"
LOGS = TOOLS / "logs"
OLDEST_UV = (0, 8)  # older ones do not know all the options used here
PYPI = "https://pypi.org/simple"
# where Python may write no bytecode, as in many containers, Rasa would compile for half of each start
COMPILED = "--compile-bytecode"


@dataclass(frozen=True)
class Project:
    """One environment: `versions` are the Pythons it may have, the best first."""

    name: str
    folder: Path
    versions: tuple[Version, ...]

    @property
    def environment(self) -> Path:
        return self.folder / ".venv"

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"


ASSISTANT = Project("the assistant's environment", ROOT, ((3, 10),))
SERVICE = Project("the service's environment", ROOT / "handoff_service", ((3, 12), (3, 13), (3, 14)))


def ensure(environ: Mapping[str, str]) -> None:
    """Build what is missing or out of date; says nothing when nothing is."""
    stale = [project for project in (ASSISTANT, SERVICE) if not is_current(project)]
    if not stale:
        return
    uv = find_uv(environ)
    index = chosen_index(environ)
    for project in stale:
        _build(project, uv, index, environ)


def is_current(project: Project) -> bool:
    try:
        return (project.environment / STAMP).read_text(encoding="utf-8") == stamp(project)
    except OSError:
        return False


def stamp(project: Project) -> str:
    """What the environment depends on; its interpreter is the file that the environment's python leads to,
    so that one which was removed or replaced by another is noticed."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "uv.lock"):
        digest.update((project.folder / name).read_bytes())
        digest.update(b"\0")
    interpreter = project.python.resolve(strict=True)
    return f"{digest.hexdigest()} {interpreter}\n"


def find_uv(environ: Mapping[str, str]) -> str:
    """A uv that works: the machine's, else one of our own under `.tools/uv`."""
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv", path=environ.get("PATH", "")), str(own)):
        if candidate and (version := _uv_version(candidate)) and version >= OLDEST_UV:
            return candidate
    say("Installing uv into .tools/uv …")
    log = LOGS / "uv.log"
    # pip's own settings (index, certificates, proxies) apply to both ways; the second is for machines whose
    # Python came without the venv module
    for commands in (
        (
            [sys.executable, "-m", "venv", "--clear", str(own.parents[1])],
            [str(own.parent / "python"), "-m", "pip", "install", "--upgrade", "uv"],
        ),
        ([sys.executable, "-m", "pip", "install", "--upgrade", "--target", str(own.parents[1]), "uv"],),
    ):
        if all(run_logged("uv", argv, log, cwd=ROOT, env=environ) == 0 for argv in commands) and _uv_version(
            str(own)
        ):
            return str(own)
    raise SetupError(
        f"uv could not be installed ({last_line(log)}); install it as https://docs.astral.sh/uv says "
        f"and try again. The log is {log}."
    )


def chosen_index(environ: Mapping[str, str]) -> str | None:
    """The package index that this machine is told to use instead of PyPI: by uv's settings, else by pip's.

    The lock names files on PyPI; who has to use a mirror set it for pip long ago, and uv does not read that.
    """
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if environ.get(name):
            return _unless_pypi(environ[name])
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except OSError:
        return None
    return _unless_pypi(answer.stdout.strip()) if answer.returncode == 0 else None


def sync_commands(project: Project, uv: str, python: str | None, index: str | None) -> list[list[str]]:
    """What builds the environment exactly as locked. From a mirror: the same versions, checked by the
    lock's hashes, since `uv sync` would download from the addresses in the lock."""
    wanted = python or ".".join(map(str, project.versions[0]))
    at = [uv, "--directory", str(project.folder)]
    if index is None:
        return [[*at, "sync", "--frozen", "--python", wanted, COMPILED]]
    requirements = str(TOOLS / f"{project.folder.name}-requirements.txt")
    return [
        [*at, "export", "--frozen", "--no-emit-project", "--python", wanted, "--output-file", requirements],
        [*at, "venv", "--clear", "--python", wanted, ".venv"],
        [
            *(*at, "pip", "sync", "--python", str(project.python), COMPILED),
            *("--require-hashes", "--default-index", index, requirements),
        ],
    ]


def _build(project: Project, uv: str, index: str | None, environ: Mapping[str, str]) -> None:
    python = _kept_interpreter(project) or pythons.find(project.versions, environ)
    shown = python or f"Python {'.'.join(map(str, project.versions[0]))}, which uv fetches"
    say(f"Building {project.name} with {shown} …")
    log = LOGS / f"{project.folder.name}.log"
    # an activated environment of the user's must not be taken for ours
    env = {
        name: value
        for name, value in environ.items()
        if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
    }
    for argv in sync_commands(project, uv, python, index):
        if run_logged(project.name, argv, log, cwd=ROOT, env=env) != 0:
            raise SetupError(_why(project, python, log))
    (project.environment / STAMP).write_text(stamp(project), encoding="utf-8")


def _kept_interpreter(project: Project) -> str | None:
    """The interpreter that the environment has already, so that a newer one on PATH rebuilds nothing."""
    if not os.access(project.python, os.X_OK):
        return None
    found = (pythons.real_interpreter(str(project.python), version) for version in project.versions)
    return next((path for path in found if path), None)


def _why(project: Project, python: str | None, log: Path) -> str:
    wanted = ".".join(map(str, project.versions[0]))
    if python is None:
        newer = "" if len(project.versions) == 1 else " or newer"
        return (
            f"{project.name} needs Python {wanted}{newer}, which is neither on PATH nor under pyenv and "
            f"which uv could not fetch; install it (with pyenv: pyenv install {wanted}) and try again. "
            f"The log is {log}."
        )
    return f"{project.name} could not be built ({last_line(log)}); the log is {log}."


def _uv_version(uv: str) -> tuple[int, ...] | None:
    """Its version when it runs at all: pyenv's shim of a uv in another Python does not."""
    try:
        answer = subprocess.run([uv, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError:
        return None
    match = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return (int(match[1]), int(match[2])) if match and answer.returncode == 0 else None


def _unless_pypi(url: str) -> str | None:
    return None if not url or url.rstrip("/") == PYPI else url


def main() -> int:
    with locks.setup(ROOT):
        ensure(os.environ)
    return 0


if __name__ == "__main__":
    console.main(main)
