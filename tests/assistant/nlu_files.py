"""Reads sentences with their intents from files in Rasa's format: training examples and the held-back set.

The language is in a file's name: refund.zh.yml. Used by tests and benchmarks, in both environments.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path

import yaml

from rasa_parts.chinese import plain

ROOT = Path(__file__).resolve().parents[2]
TRAINING = ROOT / "data" / "nlu"
HELD_BACK = ROOT / "tests" / "assistant" / "nlu_test"
LANGUAGES = ("zh", "en")

Sentences = dict[str, dict[str, list[str]]]
"""Language -> intent -> sentences."""


def sentences(folder: Path) -> Sentences:
    """All sentences of a folder, in the order of its files."""
    found: Sentences = {language: defaultdict(list) for language in LANGUAGES}
    for path in sorted(folder.glob("*.yml")):
        language = path.suffixes[-2].removeprefix(".")
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].strip().splitlines()
            found[language][block["intent"]] += [line.removeprefix("- ").strip() for line in lines]
    return found


def comparable(text: str) -> str:
    """The text without what does not make it another sentence: script, width, case, blanks, punctuation."""
    kept = (char for char in plain(text).casefold() if unicodedata.category(char)[0] in "LNS")
    return "".join(kept)
