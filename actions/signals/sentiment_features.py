"""What the sentiment classifier sees of a text: words, their neighbours, what is denied, the lexicon's view.

The classifier is a spaCy bag of words whose "words" are these features. Chinese reviews are too short and too
various for words alone: pieces of two and three characters meet 送得慢 in 送餐慢. Training and the running
assistant call this one function, so both see the same.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from actions.signals.nlp import word_list
from actions.signals.reading import HAN, Reading

MAX_TOKENS = 400  # of each language; a longer text has shown its feeling by then

_ZH_NOT = frozenset(
    word_list("不 没 没有 不是 别 并不 并非 不会 从不 从没 毫不 不算 不够 谈不上 算不上 不太 不怎么 无 未")
)
_EN_NOT = frozenset(word_list("not no never without hardly n't nothing nobody cannot"))
_DENIED = 3  # tokens after a "not" that it may deny
MAX_SPANS = 40  # in which the most telling words are looked for
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w")
_STEM = 5  # letters: disappointed, disappointing and disappointment begin alike


def features(reading: Reading, lexicon: float) -> list[str]:
    """Return the features of a text, repeated ones included.

    lexicon: the lexicon's feeling from -1 to 1; it enters as a class, so that the classifier learns how far
    to trust it.
    """
    found = [f"lexicon {_class_of(lexicon)}"]
    found += [f"mark {mark}" for mark in "!?~" if mark in reading.text]
    if reading.zh is not None:
        found += _chinese([token.norm_ for token in reading.zh[:MAX_TOKENS]])
    if reading.en is not None:
        found += _english([token.norm_ for token in reading.en[:MAX_TOKENS] if not HAN.search(token.norm_)])
    return found


def spans(reading: Reading) -> Iterator[tuple[str, list[str]]]:
    """Yield the text's neighbouring words, two by two, with the features that they alone would have."""
    for doc, of in ((reading.zh, _chinese), (reading.en, _english_inside)):
        for start in range(0 if doc is None else max(1, min(len(doc), MAX_SPANS) - 1)):
            span = doc[start : start + 2]
            if all(_WORD.match(token.norm_) for token in span):
                yield span.text, list(of([token.norm_ for token in span]))


def _class_of(lexicon: float) -> str:
    for limit, name in ((-0.75, "---"), (-0.4, "--"), (-0.05, "-"), (0.05, "0"), (0.4, "+")):
        if lexicon <= limit:
            return name
    return "++"


def _chinese(tokens: Sequence[str]) -> Iterator[str]:
    yield from tokens
    yield from _pairs(tokens)
    yield from _denied(tokens, _ZH_NOT)
    for run in re.findall(r"[\u3400-\u9fff]+", "".join(tokens)):
        for length in (1, 2, 3):
            yield from (f"{length}:{run[i : i + length]}" for i in range(len(run) - length + 1))


def _english(tokens: Sequence[str]) -> Iterator[str]:
    yield from _english_inside(["^", *(token for token in tokens if token.strip()), "$"])


def _english_inside(tokens: Sequence[str]) -> Iterator[str]:
    words = [_plain(token) for token in tokens]
    yield from words
    yield from _pairs(words)
    yield from (" ".join(words[i : i + 3]) for i in range(len(words) - 2))
    yield from (f"{word[:_STEM]}-" for word in words if len(word) > _STEM)
    yield from _denied(words, _EN_NOT)


def _plain(token: str) -> str:
    """Read a handle, a link and a number as such: whose, which and how many say nothing of the feeling."""
    if token.startswith("@"):
        return "@"
    if token.startswith(("http", "www.")):
        return "link"
    return _DIGITS.sub("0", token.lstrip("#") or token)


def _pairs(words: Sequence[str]) -> Iterator[str]:
    return (f"{first} {second}" for first, second in pairwise(words))


def _denied(words: Sequence[str], negations: frozenset[str]) -> Iterator[str]:
    for index, word in enumerate(words):
        if word in negations:
            for denied in words[index + 1 : index + 1 + _DENIED]:
                if not _WORD.match(denied):
                    break
                yield f"not {denied}"
