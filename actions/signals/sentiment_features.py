"""What the sentiment classifier sees of a text: words, their neighbours, what is denied, the lexicon's view.

The classifier is a spaCy bag of words whose "words" are these features. Chinese reviews are too short and too
various for words alone: pieces of two and three characters meet 送得慢 in 送餐慢. English texts also show
which sides their words lean to and whether they ask. Training and the running assistant call this one
function, so both see the same.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from actions.signals.nlp import word_list
from actions.signals.phrases import CLAUSE_ENDS
from actions.signals.reading import HAN, Reading
from actions.signals.sentiment_leanings import LEANINGS

MAX_TOKENS = 400  # of each language; a longer text has shown its feeling by then

_ZH_NOT = frozenset(
    word_list("不 没 没有 不是 别 并不 并非 不会 从不 从没 毫不 不算 不够 谈不上 算不上 不太 不怎么 无 未")
)
_EN_NOT = frozenset(word_list("not no never without hardly n't nothing nobody cannot"))
_ASKING = frozenset(  # what a question or a request begins with, also one without a question mark
    word_list(
        "what when where who which how why can could do does did is are will would may any anyone should "
        "has have"
    )
)
_DENIED = 3  # tokens after a "not" that it may deny
MAX_SPANS = 40  # in which the most telling words are looked for
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w")
_STRETCHED = re.compile(r"(.)\1{2,}")
_ENDINGS = word_list("s es d ed ing ly er est y")
_STEM = 5  # letters: disappointed, disappointing and disappointment begin alike


def features(reading: Reading, lexicon: float) -> list[str]:
    """Return the features of a text, repeated ones included.

    lexicon: the lexicon's feeling from -1 to 1; it enters as a class, so that the classifier learns how far
    to trust it.
    """
    # Whatever both languages have is learnt for each alone: texts of one are no evidence about the other.
    script = "en" if reading.zh is None else "zh"
    found = [script, f"{script} lexicon {_class_of(lexicon)}"]
    found += [f"{script} mark {mark}" for mark in "!?~" if mark in reading.text]
    if reading.zh is not None:
        found += _chinese([token.norm_ for token in reading.zh[:MAX_TOKENS]])
    if reading.en is not None:
        tokens = [token.norm_ for token in reading.en[:MAX_TOKENS] if not HAN.search(token.norm_)]
        found += _english(tokens)
        if reading.zh is None:
            found += _leaning(tokens, asks="?" in reading.text)
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


def _leaning(tokens: Sequence[str], *, asks: bool) -> Iterator[str]:
    """Yield the side that each word leans to, then which sides there are and whether the text asks."""
    words = [_plain(token) for token in tokens]
    sides = []
    denied_until = -1
    for index, word in enumerate(words):
        if word in CLAUSE_ENDS:
            denied_until = -1
        elif side := _side_of(word):
            sides.append(f"no {side}" if index <= denied_until else side)
        if word in _EN_NOT:
            denied_until = index + _DENIED
    yield from (f"leans {side}" for side in sides)
    together = " ".join(sorted(set(sides)))
    first = next((word for word in words if word.isalpha()), "")
    yield f"sides {together}"
    yield f"sides {together}, asks {asks} {first in _ASKING}"


def _side_of(word: str) -> str | None:
    """Return the side that a word leans to, in another form too: stretched, or with an ending."""
    forms = [word, _STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)]
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            forms += [stem, f"{stem}e"]
    return next((LEANINGS[form] for form in forms if form in LEANINGS), None)


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
