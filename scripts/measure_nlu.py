"""Measure the trained model on the held-out sentences.

    .venv/bin/python scripts/measure_nlu.py [MODEL] [--errors] [--sentences FILE] [--floor 0.9]

MODEL is a model file or a folder of them; default: the newest in models/. `rasa test nlu` cannot answer this:
it undoes the fallback. Here a sentence that falls back counts as wrong, and an out-of-scope one as rejected
when it falls back or is recognised as out of scope. With --floor the exit code is 1 when the accuracy of a
language is below.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT = ROOT / "tests" / "assistant" / "nlu_heldout.yml"
OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
REJECTIONS = (OUT_OF_SCOPE, FALLBACK)
# how a text ranks of which the model knows nothing
NO_INTENTS = [{"name": FALLBACK, "confidence": 0.0}] * 2
# threshold and ambiguity threshold, to see what other settings of FallbackClassifier would do
ALTERNATIVES = ((0.0, 0.0), (0.2, 0.05), (0.2, 0.1), (0.3, 0.1), (0.4, 0.1), (0.5, 0.1))


class Reading(NamedTuple):
    """What the model made of one sentence; `best` and `second` are as ranked before any fallback."""

    language: str
    intent: str
    text: str
    predicted: str
    best: str
    confidence: float
    second: float
    seconds: float


class Score(NamedTuple):
    """Right answers, and rejections inside and outside the scope, of one language."""

    right: int
    wrongly_rejected: int
    total: int
    rejected: int
    out_of_scope: int

    def __str__(self) -> str:
        return (
            f"accuracy {self.right / self.total:.3f} ({self.right}/{self.total}), "
            f"wrongly rejected {self.wrongly_rejected}/{self.total}, "
            f"out of scope rejected {self.rejected}/{self.out_of_scope}"
        )


def score(readings: list[Reading], accepted: dict[Reading, str]) -> Score:
    """Count, with the intent that each reading ends up as."""
    inside = [reading for reading in readings if reading.intent != OUT_OF_SCOPE]
    outside = [reading for reading in readings if reading.intent == OUT_OF_SCOPE]
    return Score(
        right=sum(accepted[reading] == reading.intent for reading in inside),
        wrongly_rejected=sum(accepted[reading] in REJECTIONS for reading in inside),
        total=len(inside),
        rejected=sum(accepted[reading] in REJECTIONS for reading in outside),
        out_of_scope=len(outside),
    )


def with_thresholds(reading: Reading, threshold: float, ambiguity: float) -> str:
    """Return the intent of a reading as FallbackClassifier would leave it with these settings."""
    sure = reading.confidence >= threshold and reading.confidence - reading.second >= ambiguity
    return reading.best if sure else FALLBACK


async def read_all(model: str, sentences: dict[str, dict[str, list[str]]]) -> list[Reading]:
    """Parse every sentence with the whole pipeline, fallback included."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)  # by default it prints a line for every message
    agent = Agent.load(model_path=model)
    return [
        await _read(agent, language, intent, text)
        for language, intents in sentences.items()
        for intent, texts in intents.items()
        for text in texts
    ]


async def _read(agent: Any, language: str, intent: str, text: str) -> Reading:
    started = time.perf_counter()
    parsed = await agent.parse_message(text)
    took = time.perf_counter() - started
    ranking = [entry for entry in parsed["intent_ranking"] if entry["name"] != FALLBACK]
    best, second = [*ranking, *NO_INTENTS][:2]
    return Reading(
        language,
        intent,
        text,
        parsed["intent"]["name"],
        best["name"],
        best["confidence"],
        second["confidence"],
        took,
    )


def main() -> int:
    """Print the figures; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", nargs="?", default=str(ROOT / "models"))
    parser.add_argument("--errors", action="store_true", help="list every sentence that was not understood")
    parser.add_argument("--sentences", default=HELD_OUT, type=Path)
    parser.add_argument("--floor", type=float)
    parser.add_argument(
        "--readings", type=Path, help="only write what the model made of each sentence, as JSON"
    )
    options = parser.parse_args()

    # The pipeline names modules of this repository.
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    import yaml

    sentences = yaml.safe_load(options.sentences.read_text(encoding="utf-8"))
    readings = asyncio.run(read_all(options.model, sentences))
    if options.readings:
        options.readings.write_text(json.dumps(readings), encoding="utf-8")
        return 0
    as_configured = {reading: reading.predicted for reading in readings}

    below = []
    for language in sentences:
        own = [reading for reading in readings if reading.language == language]
        result = score(own, as_configured)
        print(f"{language}: {result}")
        for threshold, ambiguity in ALTERNATIVES:
            other = {reading: with_thresholds(reading, threshold, ambiguity) for reading in own}
            print(f"    with threshold {threshold}, ambiguity {ambiguity}: {score(own, other)}")
        if options.floor is not None and result.right / result.total < options.floor:
            below.append(language)
    if options.errors:
        for reading in readings:
            rejected = reading.intent == OUT_OF_SCOPE and reading.predicted == FALLBACK
            if reading.predicted != reading.intent and not rejected:
                print(
                    f"{reading.language} {reading.intent}: {reading.text} -> {reading.predicted} "
                    f"(best {reading.best} {reading.confidence:.2f}, second {reading.second:.2f})"
                )
    if below:
        print(f"below {options.floor}: {', '.join(below)}")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
