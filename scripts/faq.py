"""Exports the bot's answers for the handoff service when their sources changed; see `scripts.faq_export`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from scripts.console import SetupError, last_line, run_logged
from scripts.model import MODELS, digest_of
from scripts.settings import ROOT, SERVICE_PYTHON

FILE = Path(MODELS, "faq.json")
LOG = "faq-export.log"
CODE = ("scripts/faq_export.py",)
FOLDERS = ("data/nlu", "data/responses", "data/rules")


def ensure(environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """The file of the present sources. What it was made from is told by the stamp beside it."""
    file, stamp = root / FILE, root / FILE.with_suffix(".stamp")
    wanted = digest_of(root, _sources(root), [])
    if file.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return file
    file.parent.mkdir(exist_ok=True)
    log = file.parent / LOG
    argv = [str(SERVICE_PYTHON), "-m", "scripts.faq_export", str(file)]
    if run_logged("exporting the answers", argv, log, cwd=root, env=dict(environ)) != 0:
        raise SetupError(f"the bot's answers could not be exported ({last_line(log)}); the log is {log}.")
    written = stamp.with_name(f".{stamp.name}.{os.getpid()}")
    written.write_text(wanted, encoding="utf-8")
    os.replace(written, stamp)
    return file


def _sources(root: Path) -> list[Path]:
    files = [file for folder in FOLDERS for file in sorted((root / folder).glob("*.yml"))]
    return [root / "domain.yml", *(root / name for name in CODE), *files]
