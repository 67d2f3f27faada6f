"""The feeling that words alone show, from -1 to 1: a lexicon with negation, degree and emphasis.

Feelings of one sign add up like chances, 1 - (1-a)(1-b)…, so many small annoyances grow towards an outburst
without ever passing it. The service calls a turn displeased from -0.4 down and strongly negative from -0.8
down; the strengths in `sentiment_words` are chosen for that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from actions.signals import nlp
from actions.signals import sentiment_words as words
from actions.signals.nlp import word_list
from actions.signals.phrases import CLAUSE_ENDS, Phrases
from actions.signals.reading import Reading

_LONGEST_WORD = 6  # tokens that one Chinese word or phrase of the lexicon may be cut into
_LOOK_BACK = 3  # tokens in which a "not" or a "very" still belongs to a word
_STRONGEST = 0.95  # of a single word, whatever stands before it
_PRAISE_DENIED = -0.9  # "not good" is nearly as bad as "bad"
_BLAME_DENIED = -0.3  # "not terrible" is far from praise
_ONE_BANG, _MANY_BANGS, _SHOUTED = 1.1, 1.25, 1.3

_BANGS = re.compile(r"[!\uff01]")
_MANY_QUESTIONS = re.compile(r"[?\uff1f]{3,}")
_CAPITAL_WORD = re.compile(r"\b[A-Z]{3,}\b")
_SMALL = re.compile(r"[a-z]")
_ZH_NOT = frozenset(
    word_list(
        "不 没 没有 不是 别 并不 并非 不会 从不 从没 毫不 不算 不够 谈不上 算不上 不觉得 没什么 没啥 未"
    )
)
_EN_NOT = frozenset(word_list("not no never without hardly barely isn't cannot nothing"))


def _by_word(strengths: Mapping[float, str]) -> dict[str, float]:
    return {word: strength for strength, line in strengths.items() for word in line.split()}


@dataclass(frozen=True)
class _Lexicon:
    """One language's words. `joined`: a word may be spread over several tokens, as Chinese ones are."""

    words: Mapping[str, float]
    degree: Mapping[str, float]
    negations: frozenset[str]
    joined: bool


_ZH = _Lexicon(_by_word(words.ZH) | words.ZH_FIXED, _by_word(words.ZH_DEGREE), _ZH_NOT, joined=True)
_EN = _Lexicon(_by_word(words.EN), _by_word(words.EN_DEGREE), _EN_NOT, joined=False)
_EN_FIXED = Phrases(
    nlp.english,
    {
        str(s): [line for line, strength in words.EN_FIXED.items() if strength == s]
        for s in set(words.EN_FIXED.values())
    },
)


class Feeling(NamedTuple):
    """What the words say. `why`: the strongest of them and what emphasises them; None without any."""

    value: float
    why: str | None


def feeling(reading: Reading) -> Feeling:
    """Return the feeling of the words, the strongest named first."""
    feelings: list[tuple[float, str]] = [
        (strength, symbol) for symbol, strength in words.EMOJI.items() if strength and symbol in reading.raw
    ]
    if reading.zh is not None:
        feelings += _feelings(reading.zh, _ZH)
    if reading.en is not None:
        feelings += _feelings(reading.en, _EN)
    emphasis, marks = _emphasis(reading.raw)
    blame = _together([min(_STRONGEST, -strength * emphasis) for strength, _ in feelings if strength < 0])
    praise = _together([strength for strength, _ in feelings if strength > 0])
    if not feelings:
        return Feeling(-0.2, marks) if emphasis > _MANY_BANGS else Feeling(0.0, None)
    strongest = sorted(feelings, key=lambda found: -abs(found[0]))[:3]
    why = ", ".join(f"{text} {strength:+.2f}" for strength, text in strongest)
    # Blame outweighs courtesy: "thanks, but this is terrible" is no mixed feeling.
    value = praise - blame if blame == 0 else -blame + 0.25 * praise
    return Feeling(round(max(-1.0, min(1.0, value)), 3), why + (f", {marks}" if marks and blame else ""))


def _feelings(doc: Any, lexicon: _Lexicon) -> list[tuple[float, str]]:
    found = []
    index = 0
    fixed = {phrase.start: phrase for phrase in _EN_FIXED.find(doc)} if lexicon is _EN else {}
    while index < len(doc):
        if index in fixed:
            phrase = fixed[index]
            found.append((float(phrase.label), phrase.text))
            index = phrase.end
            continue
        strength, length = _word_at(doc, index, lexicon)
        if strength:
            found.append(_in_context(doc, index, index + length, strength, lexicon))
        index += length
    return [feeling for feeling in found if feeling[0]]


def _word_at(doc: Any, index: int, lexicon: _Lexicon) -> tuple[float, int]:
    """Return strength and length in tokens of the longest word that begins here; 0 and 1 for none."""
    if not lexicon.joined:
        return lexicon.words.get(doc[index].norm_, 0.0), 1
    tokens = [token.norm_ for token in doc[index : index + _LONGEST_WORD]]
    for length in range(len(tokens), 0, -1):
        strength = lexicon.words.get("".join(tokens[:length]))
        if strength is not None:
            return strength, length
    return _inside(tokens[0], lexicon), 1


def _inside(token: str, lexicon: _Lexicon) -> float:
    """Return the strength of a token that has a word of feeling within:

    太慢 (degree first) or 态度恶劣 (word last).
    """
    if token[0] in lexicon.degree and token[1:] in lexicon.words:
        return lexicon.words[token[1:]] * lexicon.degree[token[0]]
    return lexicon.words.get(token[-2:], 0.0) if len(token) == 4 else 0.0


def _in_context(doc: Any, start: int, end: int, strength: float, lexicon: _Lexicon) -> tuple[float, str]:
    first = start
    for before in range(start - 1, max(-1, start - 1 - _LOOK_BACK), -1):
        word = doc[before].norm_
        if word in CLAUSE_ENDS:
            break
        if word in lexicon.negations:
            strength *= _PRAISE_DENIED if strength > 0 else _BLAME_DENIED
            first = before
        elif word in lexicon.degree:
            strength *= lexicon.degree[word]
            first = before
    return max(-_STRONGEST, min(_STRONGEST, strength)), doc[first:end].text


def _emphasis(raw: str) -> tuple[float, str]:
    """Return by how much punctuation and capitals strengthen blame, and what they are."""
    emphasis, marks = 1.0, []
    bangs = len(_BANGS.findall(raw))
    if bangs:
        emphasis *= _MANY_BANGS if bangs > 1 else _ONE_BANG
        marks.append("!" * min(bangs, 3))
    if _MANY_QUESTIONS.search(raw):
        emphasis *= _ONE_BANG
        marks.append("???")
    if len(_CAPITAL_WORD.findall(raw)) >= 2 and not _SMALL.search(raw):
        emphasis *= _SHOUTED
        marks.append("capitals")
    return emphasis, " ".join(marks)


def _together(strengths: list[float]) -> float:
    return 1.0 - prod(1.0 - strength for strength in strengths)
