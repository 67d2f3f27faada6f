"""Trains the sentiment categoriser from `data/sentiment/`: python -m scripts.sentiment_training OUT

Runs in the assistant's environment, in the repository's root. The same texts give the same model.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from actions.signals import sentiment_lexicon
from actions.signals.reading import read
from actions.signals.sentiment_classifier import LABELS, as_doc
from actions.signals.sentiment_features import features
from scripts import sentiment_texts

SEED = 7
PASSES = 10
BATCH = 128
LEARN_RATE = (
    0.005  # without L2: with spaCy's usual 0.01 rare words, most of what there is, count for too little
)
CONFIG = {
    "threshold": 0.5,
    "model": {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "length": 1048576,  # buckets that features are hashed to: ten times their number, so few share one
        "ngram_size": 1,  # pairs and triples are features of their own already
        "no_output_layer": False,
    },
}


def train(texts: Sequence[tuple[str, str]], passes: int = PASSES) -> Any:
    """Return a spaCy pipeline that has learnt (text, label)."""
    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed
    from thinc.api import Adam

    fix_random_seed(SEED)
    shuffle = random.Random(SEED).shuffle  # noqa: S311 - an order, not a secret
    nlp = spacy.blank("xx")
    textcat = nlp.add_pipe("textcat", config=CONFIG)
    for label in LABELS:
        textcat.add_label(label)
    examples = [
        Example.from_dict(as_doc(nlp, words), {"cats": {name: float(name == label) for name in LABELS}})
        for words, label in _read(texts)
    ]
    textcat.initialize(lambda: examples, nlp=nlp)
    optimizer = Adam(LEARN_RATE)
    for _ in range(passes):
        shuffle(examples)
        for start in range(0, len(examples), BATCH):
            textcat.update(examples[start : start + BATCH], sgd=optimizer)
    return nlp


def _read(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[list[str], str]]:
    for text, label in texts:
        with read(text, {}) as reading:
            yield features(reading, sentiment_lexicon.feeling(reading).value), label


def main() -> None:
    out = Path(sys.argv[1])
    texts = [labelled for path in sentiment_texts.files(Path()) for labelled in sentiment_texts.read(path)]
    train([(labelled.text, labelled.label) for labelled in texts]).to_disk(out)
    print(f"{len(texts)} texts learnt.")


if __name__ == "__main__":
    main()
