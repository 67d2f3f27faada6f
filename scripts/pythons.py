"""Finds the Pythons for the two environments: on PATH, then under pyenv; else uv is left to fetch one.

A name on PATH proves nothing: pyenv puts shims there for versions that are not switched on. So each
candidate is run and asked for its version.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

Version = tuple[int, int]

# Prints the interpreter underneath a shim or a virtual environment.
ASK = "import sys; print(*sys.version_info[:2], getattr(sys, '_base_executable', '') or sys.executable)"
ASK_SECONDS = 20  # a cold disk; a shim that waits for a terminal must not hang the set-up


def find(wanted: Iterable[Version], environ: Mapping[str, str]) -> str | None:
    """Path of the first interpreter that runs and has one of the `wanted` versions, in their order."""
    versions = list(wanted)
    for version in versions:
        for candidate in _on_path(version, environ):
            if path := real_interpreter(candidate, version):
                return path
    for version in versions:
        for candidate in _under_pyenv(version, environ):
            if path := real_interpreter(candidate, version):
                return path
    return None


def real_interpreter(candidate: str, version: Version) -> str | None:
    """Where `candidate` really is, when it runs and is of `version`."""
    try:
        answer = subprocess.run(
            [candidate, "-I", "-c", ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ASK_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    words = answer.stdout.strip().split(" ", 2)
    if answer.returncode or len(words) < 3 or words[:2] != [str(part) for part in version]:
        return None
    return words[2]


def _on_path(version: Version, environ: Mapping[str, str]) -> list[str]:
    names = (f"python{version[0]}.{version[1]}", "python3", "python")
    found = (shutil.which(name, path=environ.get("PATH", "")) for name in names)
    return [path for path in found if path]


def _under_pyenv(version: Version, environ: Mapping[str, str]) -> list[str]:
    """pyenv's interpreters of this version, newest patch first."""
    home = environ.get("PYENV_ROOT") or str(Path(environ.get("HOME") or "~").expanduser() / ".pyenv")
    folders = Path(home, "versions").glob(f"{version[0]}.{version[1]}.*")
    newest_first = sorted(folders, key=lambda folder: _numbers(folder.name), reverse=True)
    return [str(folder / "bin" / "python") for folder in newest_first]


def _numbers(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", name)]
