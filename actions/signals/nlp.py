"""The two tokenizers behind the signals: spaCy's for English, jieba through spaCy for Chinese.

Nothing is loaded at import. Loading takes seconds (jieba's dictionary), so the action server asks for it when
it starts. Not thread-safe by themselves: `reading.read` holds the one lock.
"""

import logging
from collections.abc import Iterable
from functools import cache
from typing import Any


def word_list(text: str) -> list[str]:
    """Return the words of a line: how lists of words are written here, as they read best."""
    return text.split()


# Words of our patterns that people mistype. One slip is forgiven where it leaves no other real word.
_FORGIVEN = word_list(
    "human agent person representative operator manager supervisor someone somebody customer service "
    "support speak transfer connect talk please real live lawyer police refund useless terrible "
    "ridiculous complaint stolen"
)
_REAL_WORDS = frozenset(
    word_list(
        "humans humane agents argent aget persons parson persona services servile operators operations "
        "operate managed manages manage speaks speaker spear sneak steak speck transfers connects connecter "
        "layer lawyers policy polite refunds complaints stole stolon talks tall walk balk tale tank teal "
        "reals realm ream read reel rear rely renal lives liver lived line like life love lie lice live "
        "pleased pleases lease pease customs customers custom supports supported someones rea lives olive "
        "alive"
    )
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@cache
def english() -> Any:
    """Return spaCy's English tokenizer."""
    import spacy  # here, not above: it takes seconds and nothing may happen at import

    return spacy.blank("en")


@cache
def _segmenter() -> Any:
    import jieba

    jieba.setLogLevel(logging.WARNING)

    class Segmenter(jieba.Tokenizer):
        """jieba with its guessing of unknown words off:

        a guess may glue a pattern's word to its neighbour.
        """

        def cut(self, sentence: str, cut_all: bool = False, HMM: bool = False) -> Any:  # noqa: N803 (jieba's name)
            """Cut along the dictionary alone."""
            return super().cut(sentence, cut_all=False, HMM=False)

    segmenter = Segmenter()  # of our own: words taught here stay out of jieba's global dictionary
    segmenter.initialize()
    segmenter.del_word("接客")  # 接客服 is 接|客服
    return segmenter


@cache
def chinese() -> Any:
    """Return spaCy's Chinese tokenizer, cutting with a jieba of our own."""
    import spacy

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    nlp.tokenizer.jieba_seg = _segmenter()
    return nlp


def cut(text: str) -> list[str]:
    """Return a Chinese text as the tokens it is cut into."""
    return [token for token in _segmenter().cut(text) if token.strip()]


def teach(words: Iterable[str]) -> None:
    """Make jieba cut these words as one piece wherever the sentence allows it."""
    segmenter = _segmenter()
    for word in words:
        segmenter.add_word(word)


def mend_typos(doc: Any) -> None:
    """Give mistyped key words of an English doc the norm of the word that was meant."""
    slips = _slips()
    for token in doc:
        if (meant := slips.get(token.norm_)) is not None:
            token.norm_ = meant


@cache
def _slips() -> dict[str, str]:
    """Map every string one slip away from a key word to that word:

    a letter missing, doubled, wrong or swapped.
    """
    slips: dict[str, str] = {}
    for word in _FORGIVEN:
        for slip in _one_slip_from(word):
            if slip not in _REAL_WORDS and slip not in _FORGIVEN:
                slips.setdefault(slip, word)
    return slips


def _one_slip_from(word: str) -> set[str]:
    # The first letter has to be right: people rarely miss it, and other words often differ in nothing else.
    splits = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    missing = {a + b[1:] for a, b in splits if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    wrong = {a + c + b[1:] for a, b in splits if b for c in _LETTERS}
    added = {a + c + b for a, b in splits for c in _LETTERS}
    slips = missing | swapped | added
    # In a short word one wrong letter makes another real word far too often (talk, tall, tale).
    return slips | wrong if len(word) > 4 else slips
