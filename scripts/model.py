"""Trains the assistant's model when its sources changed.

A model's file name carries the fingerprint of what it was trained from: file times mean nothing in a fresh
clone. A failed training leaves every earlier model where it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scripts.console import SetupError, last_line, run_logged, say
from scripts.settings import ASSISTANT_PYTHON, ROOT

MODELS = "models"
KEPT = 3  # earlier models: going back a commit or two trains nothing
LOG = "train.log"
# the code that runs inside training; other parts plug into the server only
CODE = tuple(f"rasa_parts/{name}.py" for name in ("chinese", "classifier", "featurizer", "tokenizer"))
QUIET = {
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "RASA_TELEMETRY_ENABLED": "false",
}


def ensure(environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """The model of the present sources, trained now unless it is there already."""
    model = model_path(root)
    if not model.exists():
        train(model, environ, root)
    return model


def model_path(root: Path) -> Path:
    return root / MODELS / f"baton-{fingerprint(root)}.tar.gz"


def fingerprint(root: Path) -> str:
    return digest_of(root, _sources(root), ["rasa"])


def digest_of(root: Path, sources: Iterable[Path], packages: Iterable[str]) -> str:
    """Changes with the contents or names of the sources, and with the packages' versions in the lock."""
    digest = hashlib.sha256()
    for path in sources:
        content = path.read_bytes()
        # lengths keep the end of one file from being read as the beginning of the next
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    for package in packages:
        digest.update(_locked(root, package).encode())
    return digest.hexdigest()[:16]


def train(model: Path, environ: Mapping[str, str], root: Path) -> None:
    say("Training the model (about a minute) …")
    model.parent.mkdir(exist_ok=True)
    log = model.parent / LOG
    # in a folder of its own: Rasa loads the newest file in `models`, which must always be a whole one
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".training-") as folder:
        # --force: Rasa's cache does not see a change in a function that a component calls
        argv = [
            *(str(ASSISTANT_PYTHON), "-m", "scripts.rasa_train", "--force"),
            *("--out", folder, "--fixed-model-name", "model"),
            "--skip-validation",  # a third of the time; tests/assistant/test_data.py validates
        ]
        code = run_logged("training", argv, log, cwd=root, env={**QUIET, **environ})
        trained = Path(folder, "model.tar.gz")
        if code != 0 or not trained.exists():
            raise SetupError(f"the training failed ({last_line(log)}); the log is {log}.")
        os.replace(trained, model)
    _forget_old(model)


def _sources(root: Path) -> Iterator[Path]:
    named = [root / name for name in ("config.yml", "domain.yml", *CODE)]
    data = (
        path
        for path in (root / "data").rglob("*")
        if not path.name.startswith(".") and (root / "data/sentiment") not in path.parents
    )
    yield from sorted(path for path in (*named, *data) if path.is_file())


def _locked(root: Path, package: str) -> str:
    """The line of `uv.lock` that says which version of a package is installed."""
    lock = (root / "uv.lock").read_text(encoding="utf-8").splitlines()
    return lock[lock.index(f'name = "{package}"') + 1]


def _forget_old(newest: Path) -> None:
    models = sorted(newest.parent.glob("baton-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[KEPT:]:
        path.unlink()
    for leftover in newest.parent.glob(".training-*"):
        shutil.rmtree(leftover, ignore_errors=True)
