"""Reads the labelled texts of `data/sentiment/`: one text a line below its label in brackets, `#` comments.

# Reviews of hotels.
[negative]
房间隔音太差
[positive]
…
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LABELS = ("negative", "neutral", "positive")
FOLDER = Path("data/sentiment")
HELD_OUT = "held_out"  # the folder that is never trained on


class Labelled(NamedTuple):
    text: str
    label: str
    path: Path


def read(path: Path) -> Iterator[Labelled]:
    """The texts of one file; a text before any label is an error that names its place."""
    label = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("[") and text.endswith("]") and text[1:-1] in LABELS:
            label = text[1:-1]
        elif text and not text.startswith("# "):
            if label is None:
                raise ValueError(f"{path}:{number}: a text stands before the first label {LABELS}")
            yield Labelled(text, label, path)


def files(root: Path, *, held_out: bool = False) -> list[Path]:
    """The files to train on, or those held out."""
    found = sorted((root / FOLDER).rglob("*.txt"))
    return [path for path in found if (HELD_OUT in path.relative_to(root).parts) is held_out]
