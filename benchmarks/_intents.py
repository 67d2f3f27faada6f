"""What a trained model makes of sentences, asked in the assistant's environment."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from scripts.measure_nlu import Reading
from scripts.model import QUIET
from scripts.settings import ASSISTANT_PYTHON, ROOT


def readings(model: Path, sentences: Mapping[str, Mapping[str, Iterable[str]]]) -> list[Reading]:
    """One reading for each of `sentences` (set -> intent -> texts), with the set's name as language.

    Everything that Rasa does with a message counts: it is the Agent that parses. One process for all of
    them, because it takes many times longer to start than to parse.
    """
    with tempfile.TemporaryDirectory() as folder:
        given, written = Path(folder, "sentences.json"), Path(folder, "readings.json")
        given.write_text(json.dumps(sentences), encoding="utf-8")
        argv = ["scripts/measure_nlu.py", str(model), "--sentences", str(given), "--readings", str(written)]
        done = subprocess.run(
            [str(ASSISTANT_PYTHON), *argv],
            cwd=ROOT,
            env={**QUIET, **os.environ},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise SystemExit(f"Parsing with {model.name} failed:\n{done.stderr[-2000:]}")
        return [Reading(*row) for row in json.loads(written.read_text(encoding="utf-8"))]
