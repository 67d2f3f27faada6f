"""Which NLU pipeline understands most: trains each on data/nlu and measures it on the held-back set.

    python -m benchmarks._compare_pipelines [NAME …]

Takes minutes for each that holds a neural network, so it is no part of `make bench`. Each classifier has a
confidence of its own kind. Therefore each gets its own thresholds, chosen on the development set
(tests/assistant/nlu_heldout.yml): of those that wrongly reject at most 5 % there, the ones with the highest
sum of accuracy and share of out-of-scope rejected. "At 5 %" needs no threshold: how much of what is out of
scope would be rejected if 5 % of what is in scope were.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks._intents import readings
from scripts.measure_nlu import HELD_OUT, OUT_OF_SCOPE, Reading, Score, score, with_thresholds
from scripts.model import QUIET
from scripts.settings import ASSISTANT_PYTHON, ROOT
from tests.assistant.nlu_files import HELD_BACK, LANGUAGES, TRAINING, sentences

Component = dict[str, Any]

JIEBA = {"name": "JiebaTokenizer"}
BLANKS = {"name": "WhitespaceTokenizer"}
OURS = {"name": "rasa_parts.tokenizer.BilingualTokenizer"}
WORDS = {"name": "CountVectorsFeaturizer", "token_pattern": r"(?u)\b\w+\b"}
PIECES = {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
REGRESSION = {"name": "LogisticRegressionClassifier"}
TFIDF = {"name": "rasa_parts.classifier.TfidfClassifier"}
DIET = {
    "name": "DIETClassifier",
    "epochs": 100,
    "entity_recognition": False,  # none are annotated
    "constrain_similarities": True,
    "random_seed": 1,
}
SMALL_DIET = {**DIET, "epochs": 20, "number_of_transformer_layers": 1, "transformer_size": 128}

CONFIG = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
PIPELINES: dict[str, list[Component]] = {
    # Each classifier gets thresholds of its own, see above.
    "present": [entry for entry in CONFIG["pipeline"] if entry["name"] != "FallbackClassifier"],
    "own tokenizer, words + pieces, tf-idf, regressions": [OURS, WORDS, PIECES, TFIDF],
    "jieba, words + pieces, DIET (100 epochs)": [JIEBA, WORDS, PIECES, DIET],
    "own tokenizer, words + pieces, small DIET (20 epochs)": [OURS, WORDS, PIECES, SMALL_DIET],
    "own tokenizer, words + pieces, Rasa's regression": [OURS, WORDS, PIECES, REGRESSION],
    "own tokenizer, pieces only, tf-idf, regressions": [OURS, PIECES, TFIDF],
    "own tokenizer, words only, tf-idf, regressions": [OURS, WORDS, TFIDF],
    "jieba, words + pieces, tf-idf, regressions": [JIEBA, WORDS, PIECES, TFIDF],
    "cut at blanks, words + pieces, tf-idf, regressions": [BLANKS, WORDS, PIECES, TFIDF],
}
THRESHOLDS = [(threshold / 100, ambiguity / 100) for threshold in range(5, 95, 5) for ambiguity in (0, 5, 10)]
TOLERATED = 0.05
# Two of everything is what the smallest machine has; TensorFlow would take whatever there is.
THREADS = {
    "OMP_NUM_THREADS": "2",
    "TF_INTRA_OP_PARALLELISM_THREADS": "2",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a pipeline's name; default: all")
    wanted = parser.parse_args().names
    os.environ.update(THREADS)
    print(__doc__.partition("\n\n")[2].partition("\n\n")[2])
    for name, pipeline in PIPELINES.items():
        if not wanted or any(part in name for part in wanted):
            with tempfile.TemporaryDirectory() as folder:
                _measure(name, pipeline, Path(folder))


def _measure(name: str, pipeline: list[Component], folder: Path) -> None:
    started = time.perf_counter()
    model = _train(pipeline, folder)
    took = time.perf_counter() - started
    size = model.stat().st_size / 1e6
    development = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))
    found = readings(
        model,
        sentences(HELD_BACK) | {f"development {language}": development[language] for language in LANGUAGES},
    )
    thresholds = _choose([reading for reading in found if reading.language not in LANGUAGES])
    parse = statistics.median(reading.seconds for reading in found) * 1000
    print(f"{name}\n    training {took:.0f} s, parse {parse:.1f} ms, {size:.1f} MB, thresholds {thresholds}")
    for language in LANGUAGES:
        own = [reading for reading in found if reading.language == language]
        bare = score(own, {reading: reading.best for reading in own})
        right, rejected = bare.right / bare.total, _at_five_percent(own)
        print(f"    {language}: best guess right {right:.3f}, out of scope rejected at 5 %: {rejected:.3f}")
        print(f"        with its thresholds: {_scored(own, *thresholds)}", flush=True)


def _train(pipeline: list[Component], folder: Path) -> Path:
    config = folder / "config.yml"
    # Rasa's tokenizers refuse a language that they are not made for.
    language = "en" if BLANKS in pipeline else "zh"
    config.write_text(yaml.safe_dump({"recipe": "default.v1", "language": language, "pipeline": pipeline}))
    argv = [
        "-m",
        "rasa",
        "train",
        "nlu",
        "--nlu",
        str(TRAINING),
        "--config",
        str(config),
        "--out",
        str(folder),
    ]
    subprocess.run(
        [str(ASSISTANT_PYTHON), *argv, "--fixed-model-name", "model"],
        cwd=ROOT,
        env={**QUIET, **os.environ},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return folder / "model.tar.gz"


def _choose(development: list[Reading]) -> tuple[float, float]:
    """The thresholds for a classifier; see the module's text."""

    def worth(thresholds: tuple[float, float]) -> tuple[bool, float]:
        found = _scored(development, *thresholds)
        accuracy, rejected = found.right / found.total, found.rejected / found.out_of_scope
        return found.wrongly_rejected / found.total <= TOLERATED, accuracy + rejected

    return max(THRESHOLDS, key=worth)


def _scored(found: list[Reading], threshold: float, ambiguity: float) -> Score:
    return score(found, {reading: with_thresholds(reading, threshold, ambiguity) for reading in found})


def _at_five_percent(found: list[Reading]) -> float:
    """Share of out-of-scope sentences that are less sure than all but the least sure 5 % of the others."""
    inside = sorted(_sureness(reading) for reading in found if reading.intent != OUT_OF_SCOPE)
    outside = [_sureness(reading) for reading in found if reading.intent == OUT_OF_SCOPE]
    limit = inside[int(len(inside) * TOLERATED)]
    return sum(sureness < limit for sureness in outside) / len(outside)


def _sureness(reading: Reading) -> float:
    """The confidence of the best intent that is in scope."""
    return reading.second if reading.best == OUT_OF_SCOPE else reading.confidence


if __name__ == "__main__":
    main()
