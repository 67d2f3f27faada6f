"""One at a time: the set-up of a clone, the run of a data folder. A lock ends with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.console import SetupError, say


@contextmanager
def setup(root: Path) -> Iterator[None]:
    """Waits until no other set-up of this clone runs: two would write the same environments and model."""
    handle = _open(root / ".tools" / "setup.lock")
    try:
        if not _try(handle):
            say("Waiting for another set-up of this folder …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def claim(data_dir: Path) -> None:
    """Holds the data folder until this process ends, also through `exec`; `SetupError` if another has it."""
    handle = _open(data_dir / "run.lock")
    if not _try(handle):
        raise SetupError(
            f"the data folder {data_dir} belongs to a copy that is running; stop it, or choose another "
            f"folder with BATON_DATA_DIR=<folder>."
        )
    os.set_inheritable(handle, True)


def _open(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
