"""How well sentiment is read: "negative" against the rest, macro-F1, on texts that nothing was trained on.

Measured on `data/sentiment/held_out/` (our own) and, where they are at hand, on 2,000 Chinese reviews and
2,100 English tweets (`sentiment_zh.jsonl`, `sentiment_en.jsonl` in ../shared/eval or BATON_EVAL_DIR, lines of
{"text", "label"}). A text counts as negative when its sentiment is at or below NEGATIVE, which was fixed on
our own held-out texts, their three labels weighted alike. Beside the combination: the classifier alone
(negative is its likeliest label) and the lexicon alone (below 0); and, when the `bench` dependency group is
installed (`uv sync --group bench`), SnowNLP (below 0.5) for Chinese and VADER (compound below -0.05) for
English. Only aggregates are printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEGATIVE = -0.3
EVAL = Path(os.environ.get("BATON_EVAL_DIR", ROOT.parent / "shared" / "eval"))

Judge = Callable[[str], bool]


def macro_f1(gold: Sequence[bool], said: Sequence[bool]) -> float:
    """The mean of the F1 of "negative" and the F1 of "not negative"."""
    scores = []
    for side in (True, False):
        both = sum(g == s == side for g, s in zip(gold, said, strict=True))
        scores.append(2 * both / (sum(g == side for g in gold) + sum(s == side for s in said) or 1))
    return sum(scores) / 2


def own(language: str) -> list[tuple[str, str]]:
    from scripts import sentiment_texts

    return [
        (labelled.text, labelled.label)
        for path in sentiment_texts.files(ROOT, held_out=True)
        if language in path.stem.split(".")
        for labelled in sentiment_texts.read(path)
    ]


def given(name: str) -> list[tuple[str, str]]:
    path = EVAL / name
    if not path.exists():
        return []
    return [(row["text"], row["label"]) for row in map(json.loads, path.open(encoding="utf-8"))]


def judges(language: str) -> dict[str, Judge]:
    from actions.signals import sentiment_classifier, sentiment_lexicon
    from actions.signals.reading import read
    from actions.signals.sentiment import sentiment

    def combined(text: str) -> bool:
        with read(text, {}) as reading:
            return sentiment(reading)[0] <= NEGATIVE

    def classifier(text: str) -> bool:
        with read(text, {}) as reading:
            words = sentiment_lexicon.feeling(reading)
            chances = sentiment_classifier.classify(sentiment_classifier.loaded(), reading, words)
        return max(chances) == chances.negative

    def lexicon(text: str) -> bool:
        with read(text, {}) as reading:
            return sentiment_lexicon.feeling(reading).value < 0

    return {"Baton": combined, "classifier": classifier, "lexicon": lexicon, **others(language)}


def others(language: str) -> dict[str, Judge]:
    try:
        if language == "zh":
            from snownlp import SnowNLP

            return {"SnowNLP": lambda text: SnowNLP(text).sentiments < 0.5}
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        scores = SentimentIntensityAnalyzer().polarity_scores
        return {"VADER": lambda text: scores(text)["compound"] < -0.05}
    except ImportError:
        return {}


def report(name: str, texts: Iterable[tuple[str, str]], measured: dict[str, Judge]) -> None:
    texts = [(text, label) for text, label in texts if text.strip()]
    gold = [label == "negative" for _, label in texts]
    shown = (
        f"{who} {macro_f1(gold, [judge(text) for text, _ in texts]):.3f}" for who, judge in measured.items()
    )
    print(f"  {name} ({len(texts)} texts): {', '.join(shown)}", flush=True)


def main() -> None:
    print("Sentiment, negative against the rest, macro-F1:", flush=True)
    for language in ("zh", "en"):
        measured = judges(language)
        report(f"{language}, our own held-out texts", own(language), measured)
        texts = given(f"sentiment_{language}.jsonl")
        if texts:
            report(f"{language}, reviews or tweets", texts, measured)
        else:
            print(f"  {language}: no sentiment_{language}.jsonl in {EVAL}; skipped.", flush=True)


if __name__ == "__main__":
    # `make bench` starts every benchmark with the service's Python; spaCy is in the assistant's.
    python = ROOT / ".venv" / "bin" / "python"
    if Path(sys.executable).parent != python.parent:
        raise SystemExit(subprocess.call([python, "-m", "benchmarks.quality_sentiment"], cwd=ROOT))
    main()
