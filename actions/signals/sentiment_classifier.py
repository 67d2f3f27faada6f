"""The trained text categoriser of sentiment: spaCy's, loaded once, from `models/sentiment-*`.

`make train`, `make setup` and `make run` train it; without one the lexicon judges alone.
"""

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from actions.signals import sentiment_lexicon
from actions.signals.reading import Reading
from actions.signals.sentiment_features import features, spans

log = logging.getLogger(__name__)

MODELS = Path(__file__).parents[2] / "models"  # beside the assistant's own
NAME = "sentiment-*"
LABELS = ("negative", "neutral", "positive")


class Chances(NamedTuple):
    """How likely a text is of each feeling; they add up to 1."""

    negative: float
    neutral: float
    positive: float


@cache
def loaded() -> Any | None:
    """Return the newest trained categoriser, or None (said once in the log) when there is none to be used."""
    import spacy  # here, not above: it takes seconds and nothing may happen at import

    found = sorted(MODELS.glob(NAME), key=lambda path: path.stat().st_mtime)
    if not found:
        log.warning("No sentiment model in %s: the lexicon judges alone. `make train` trains it.", MODELS)
        return None
    try:
        model = spacy.load(found[-1])
    except Exception:  # of a folder half copied, or of another spaCy; not to be tried again at each turn
        log.exception("The sentiment model %s cannot be used: the lexicon judges alone.", found[-1])
        return None
    # Shape, prefix and the like of every feature would be computed for nothing: most of a prediction's time.
    model.vocab.lex_attr_getters = {}
    return model


def classify(model: Any, reading: Reading, lexicon: sentiment_lexicon.Feeling) -> Chances:
    """Return the chances of a text that was read, with what the lexicon finds in it."""
    return chances(model, [features(reading, lexicon.value)])[0]


def telling(model: Any, reading: Reading, *, blame: bool) -> str | None:
    """Return the words of the text that by themselves speak most for blame, or for praise, if any do."""
    found = list(spans(reading))
    if not found:
        return None
    sign = 1 if blame else -1
    weights = [
        sign * (each.negative - each.positive) for each in chances(model, [words for _, words in found])
    ]
    strongest = max(weights)
    return found[weights.index(strongest)][0] if strongest > 0 else None


def chances(model: Any, texts: Sequence[Sequence[str]]) -> list[Chances]:
    """Return the chances of texts given as their features."""
    # In a memory zone: the words of every text ever sent would stay in spaCy's vocabulary otherwise.
    with model.memory_zone():
        docs = [as_doc(model, words) for words in texts]
        rows = model.get_pipe("textcat").predict(docs)
        labels = model.get_pipe("textcat").labels
        order = [labels.index(label) for label in LABELS]
        return [Chances(*(float(row[index]) for index in order)) for row in rows]


def as_doc(model: Any, words: Sequence[str]) -> Any:
    """Return features as the doc that the categoriser reads."""
    from spacy.tokens import Doc

    return Doc(model.vocab, words=list(words), spaces=[False] * len(words))
