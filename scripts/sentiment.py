"""Trains the sentiment categoriser when its sources changed; see `scripts.model` for the fingerprint's use.

The action server loads the newest one, so the present one is made the newest.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.console import SetupError, last_line, run_logged, say
from scripts.model import KEPT, MODELS, QUIET, digest_of
from scripts.sentiment_texts import files
from scripts.settings import ASSISTANT_PYTHON, ROOT

LOG = "train-sentiment.log"
# the code that turns a text into what is learnt from it
CODE = (
    "actions/signals/intents.py",
    "actions/signals/nlp.py",
    "actions/signals/phrases.py",
    "actions/signals/reading.py",
    "actions/signals/sentiment_classifier.py",
    "actions/signals/sentiment_features.py",
    "actions/signals/sentiment_leanings.py",
    "actions/signals/sentiment_lexicon.py",
    "actions/signals/sentiment_words.py",
    "actions/signals/spelling.py",
    "rasa_parts/chinese.py",
    "rasa_parts/storable.py",
    "scripts/sentiment_texts.py",
    "scripts/sentiment_training.py",
)
PACKAGES = ("spacy", "thinc", "jieba")


def ensure(environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """The model of the present sources, trained now unless it is there already."""
    model = model_path(root)
    if model.exists():
        os.utime(model)
    else:
        train(model, environ, root)
    return model


def model_path(root: Path) -> Path:
    return root / MODELS / f"sentiment-{digest_of(root, _sources(root), PACKAGES)}"


def train(model: Path, environ: Mapping[str, str], root: Path) -> None:
    say("Training the sentiment model (about 30 s) …")
    model.parent.mkdir(exist_ok=True)
    log = model.parent / LOG
    with tempfile.TemporaryDirectory(dir=model.parent, prefix=".training-") as folder:
        trained = Path(folder, "model")
        argv = [str(ASSISTANT_PYTHON), "-m", "scripts.sentiment_training", str(trained)]
        code = run_logged("training", argv, log, cwd=root, env={**QUIET, **environ})
        if code != 0 or not trained.exists():
            raise SetupError(f"the training failed ({last_line(log)}); the log is {log}.")
        if model.exists():  # trained again from the same sources: a folder cannot replace a folder
            os.replace(model, Path(folder, "earlier"))
        os.replace(trained, model)
    _forget_old(model)


def _sources(root: Path) -> Iterator[Path]:
    yield from (root / name for name in CODE)
    yield from files(root)


def _forget_old(newest: Path) -> None:
    models = sorted(newest.parent.glob("sentiment-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
