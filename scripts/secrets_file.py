"""The secrets of one copy: made at the first start, kept in `<data dir>/secrets.env`, never printed but
for the demo password. The environment wins over the file and is not written into it."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scripts.console import SetupError

FILE = "secrets.env"
KEYS = ("HANDOFF_SERVICE_KEY", "HANDOFF_TOKEN_SECRET", "RASA_JWT_SECRET")
DEMO_PASSWORD = "HANDOFF_DEMO_PASSWORD"  # noqa: S105 - the name of a variable, not a password
NAMES = (*KEYS, DEMO_PASSWORD)
SHORTEST_KEY = 32  # characters; HS256 wants a key as long as its 32-byte digest
HEADER = "# Made at the first start. Anyone who can read this file can act as any part of this copy.\n"


def load(data_dir: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Every secret by name; makes the file, or adds what it lacks, with mode 600 from its first moment."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / FILE
    kept = _read(path)
    missing = [name for name in NAMES if not kept.get(name)]
    if missing:
        kept |= {name: _new(name) for name in missing}
        _write(path, kept)
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
    values = {name: environ.get(name) or kept[name] for name in NAMES}
    for name in KEYS:
        if len(values[name]) < SHORTEST_KEY:
            raise SetupError(
                f"{name} has {len(values[name])} characters; it must have at least {SHORTEST_KEY}."
            )
    return values


def parse(text: str) -> dict[str, str]:
    """NAME=value lines; blank lines and lines that start with # are skipped, quotes are part of the value."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _new(name: str) -> str:
    # the demo password is typed by hand, so it is shorter; 72 bits are still far beyond guessing
    return secrets.token_urlsafe(9 if name == DEMO_PASSWORD else 36)


def _read(path: Path) -> dict[str, str]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(
            f"{path} cannot be read ({error}); mend it, or delete it to have new secrets made."
        ) from error


def _write(path: Path, values: Mapping[str, str]) -> None:
    # mkstemp creates with mode 600 and a name that did not exist; the rename is atomic
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(HEADER + "".join(f"{name}={value}\n" for name, value in values.items()))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
