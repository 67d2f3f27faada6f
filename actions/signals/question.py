"""What is asked, in a form that can be compared with earlier questions.

The comparison itself is the handoff service's (`handoff_service/decision/questions.py`): it has all turns. This
side finds the words that matter, in one spelling for all their synonyms in both languages, and the object: an
order, a place, a product. Asking for another one is another question.
"""

# ruff: noqa: E501 (a pattern is one line; wrapped, it is hard to read and to compare)

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from actions.signals.intents import ABOUT_ONE_ORDER, ASKS_NOTHING, OUT_OF_SCOPE
from actions.signals.nlp import word_list
from actions.signals.question_words import (
    ASPECTS,
    CONCEPTS,
    COURTESIES,
    LIGHT,
    NAMES,
    NAMING_A_NUMBER,
    ORDINARY,
    SAME_NAME,
    STOP,
)
from actions.signals.reading import HAN, Reading

MAX_TERMS = 24  # as many as tell two questions apart; they are stored with every turn
MAX_TERM = 24
_LONGEST = {True: 6, False: 4}  # tokens that one word of the vocabulary may be cut into: Chinese, English

TEXT = "text"

# What makes it another question, by intent. Where nothing is said here the intent alone is the question.
_KINDS: dict[str, tuple[str, ...]] = {
    **{intent: ("number",) for intent in ABOUT_ONE_ORDER},
    "delivery_problem": ("number",),
    "damaged_item": ("number",),
    "price_protection": ("number",),
    "delivery_time": ("number", "place"),
    "shipping_fee": ("place",),
    "opening_hours": ("day", "place"),
    "store_location": ("place",),
    "stock": ("thing", "colour", "fit", "figure"),
    "size_advice": ("thing", "figure"),
    "authenticity": ("thing",),
    "payment_methods": ("method",),
    "interest_rate": ("product", "figure", "amount"),
    "loan_conditions": ("product",),
    "loan_advice": ("product", "amount"),
    "loan_precheck": ("product", "amount"),
    "transfer": ("thing", "aspect"),
    "card_limit": ("product",),
    "open_account": ("product",),
    "repayment": ("product", "aspect"),
    "warranty": ("thing", "aspect"),
    "coupon": ("aspect",),
    "membership": ("aspect",),
    "invoice": ("number", "aspect"),
    TEXT: ("number", "place", "day"),
}

_ANY_LOAN = frozenset({"loan", "贷款"})
# What is asked for where nothing else is said, and what says nothing else.
_PLAIN = {"invoice": "issue"}
_GOES_WITHOUT_SAYING = {"invoice": frozenset({"issue", "?where"})}

_NUMBER = re.compile(
    r"(?<![\d.,])(?:[a-z]{1,4}-?)?\d{4,20}(?!\d|[.,]\d|\s*(?:元|块|万|千|k\b|rmb|usd|dollar|euro|pound))"
)
_AMOUNT = re.compile(
    r"[$€£¥]\s?\d[\d,.]{0,20}|(?:(?<!\d)\d[\d,.]{0,20}|[一二两三四五六七八九十百]{1,4})\s?(?:万|千|元|块|k\b|w\b|rmb|usd|dollars?|euros?|pounds?)"
)
_FIT = re.compile(r"(?<![a-z'])(?:x{0,3}[sl]|m)(?=码|号|\b)")
_FIGURE = re.compile(r"(?<![\d.])\d{1,3}(?!\d)|[一二两三四五六七八九十]{1,3}(?=年|个月|期|寸|岁)")
_PLACE_EN = re.compile(r"\b(?:to|in|near|from) ([A-Z][a-z]+)")
_OTHER_SCRIPT = re.compile(r"[^\W\d_]{2,}")
_GOES_ON = re.compile(r"[?呢吗]|^(?:and|also|what about|how about|那|还有)")
_INTERROGATIVE = re.compile(
    r"[?吗么]|怎|几|多少|什么|哪|能不能|可以|\b(?:how|what|when|where|why|can|do|does|is)\b"
)
_AGAIN = re.compile(
    r"我是说|我说的是|我问的是|我是问|我的意思|意思是|多少遍|几遍了|好几遍|说过了|问过了|都说了|都问了|刚才问|刚问|"
    r"(?:再|重新)(?:问|说)(?:一遍|一次)|"
    r"\bi (?:mean|meant)\b|\bi (?:have )?(?:already|just) (?:said|told|asked)|\bas i said|\blike i said|\bi said\b|"
    r"\basking again|\bask again|\bhow many times|\bfor the \w+ time|\bi(?:'ve| have)? (?:told|asked) you"
)
_AGAIN_WORDS = frozenset(word_list("意思 问 说 遍 第 second third fourth last time times mean meant already"))

_KINDS_OF: dict[str, tuple[str, ...]] = {}
for _kind, _names in NAMES.items():
    for _name in _names:
        _KINDS_OF[_name.replace("_", " ")] = (*_KINDS_OF.get(_name.replace("_", " "), ()), _kind)
_CLASS_OF = {**ORDINARY, **CONCEPTS, **LIGHT}
_MEANT = frozenset([*_CLASS_OF, *_KINDS_OF])
_KNOWN = frozenset([*_MEANT, *STOP, *COURTESIES])
_ABOUT_SOMETHING = frozenset(term for terms in CONCEPTS.values() for term in terms.split("+"))


class Term(NamedTuple):
    """A word that matters, and the kinds of object that it may name."""

    word: str
    kinds: tuple[str, ...] = ()


def question(reading: Reading, only_reacts: bool = False) -> tuple[dict[str, Any] | None, str | None]:
    """Return what is asked as `{key, terms, about, again}`, and where it is from; None for no question.

    key: the intent, or "text" where it was not understood. terms: sorted, of at most `MAX_TERM` characters;
    one that begins with "?" says how it is asked (?when). about: kind → names. again: the customer says that
    they ask again. only_reacts: the words reject an answer or call for a person.
    """
    known = reading.intent is not None and reading.intent != OUT_OF_SCOPE
    if (known and reading.intent in ASKS_NOTHING) or _answers_form(reading):
        return None, None
    key = str(reading.intent) if known else TEXT
    found = list(_terms(reading))
    terms = {term.word for term in found}
    number = _NUMBER.findall(reading.text)
    if reading.raw and (is_courtesy(reading) or _only_names_a_number(reading, number, terms)):
        return None, None
    again = bool(_AGAIN.search(reading.text))
    if not terms and not known:
        terms = {word for word in _tokens(reading) if word not in COURTESIES}
        if not terms and not again:
            return None, None
    if only_reacts and not (known or again or terms & _ABOUT_SOMETHING):
        return None, None
    about = _about(reading, key, found, number)
    made = {
        "key": key,
        "terms": sorted(term[:MAX_TERM] for term in terms)[:MAX_TERMS],
        "about": about,
        "again": again,
    }
    return made, _why(reading, known, about, again)


def _why(reading: Reading, known: bool, about: dict[str, list[str]], again: bool) -> str:
    parts = [f"intent {reading.intent} ({reading.confidence:.2f})" if known else "the words themselves"]
    parts += [f"{kind} {', '.join(names)}" for kind, names in about.items()]
    return "; ".join([*parts, "says that they ask again"] if again else parts)


def _only_names_a_number(reading: Reading, number: list[str], terms: set[str]) -> bool:
    """10023, or "it's order 10023"; but 那10024呢 asks the same of another order."""
    return bool(number) and terms <= NAMING_A_NUMBER and not _GOES_ON.search(reading.text)


def _answers_form(reading: Reading) -> bool:
    """An answer to the form, understood or not; a question in between is one that has the shape of one."""
    if reading.requested_slot is None:
        return False
    if reading.intent is None or any(character.isdigit() for character in reading.raw):
        return True
    return "number" not in reading.requested_slot and not _INTERROGATIVE.search(reading.text)


def is_courtesy(reading: Reading) -> bool:
    """Say whether the words, if any, only agree, thank, greet or hold the line."""
    return all(word in COURTESIES for word in _tokens(reading))


def has_words(reading: Reading) -> bool:
    """Say whether there is a word in any script."""
    return next(_tokens(reading), None) is not None


def names_something(reading: Reading) -> bool:
    """Say whether a word of the vocabulary tells what the turn is about."""
    return any(term.word in _ABOUT_SOMETHING or set(term.kinds) - {"thing"} for term in _terms(reading))


def _tokens(reading: Reading) -> Iterator[str]:
    """The words, without punctuation, symbols and numbers."""
    if reading.zh is None and reading.en is None:
        yield from _OTHER_SCRIPT.findall(reading.text)
    for doc, chinese in ((reading.zh, True), (reading.en, False)):
        for token in doc if doc is not None else ():
            if token.norm_[0].isalpha() and bool(HAN.match(token.norm_)) == chinese:
                yield token.norm_


def _terms(reading: Reading) -> Iterator[Term]:
    if reading.zh is None and reading.en is None:
        for word in _OTHER_SCRIPT.findall(reading.text):
            yield Term(word)
    if reading.zh is not None:
        yield from _terms_of([t.norm_ for t in reading.zh if HAN.match(t.norm_)], chinese=True)
    if reading.en is not None:
        yield from _terms_of([t.norm_ for t in reading.en if not HAN.match(t.norm_)], chinese=False)


def _terms_of(tokens: list[str], *, chinese: bool) -> Iterator[Term]:
    index = 0
    while index < len(tokens):
        for length in range(min(_LONGEST[chinese], len(tokens) - index), 0, -1):
            word = ("" if chinese else " ").join(tokens[index : index + length])
            if word in _KNOWN:
                break
        yield from _named(word) if word in _KNOWN else _unknown(word, chinese)
        index += length


def _named(word: str) -> Iterator[Term]:
    kinds = _KINDS_OF.get(word, ())
    for name in SAME_NAME.get(word, word).split("+") if kinds else ():
        yield Term(name, kinds)
    for term in _CLASS_OF.get(word, "").split("+"):
        if term:
            yield Term(term)


def _unknown(word: str, chinese: bool) -> Iterator[Term]:
    if not word[0].isalpha() or word in _AGAIN_WORDS:
        return
    if chinese:
        yield from _parts_of(word)
        return
    stem = _stem(word)
    if known := stem if stem in _KNOWN else _known_stems().get(stem):
        yield from _named(known)
    elif len(stem) > 1:
        yield Term(stem, ("thing",))


def _parts_of(word: str) -> Iterator[Term]:
    """Known words within one that is not, and what is left over: jieba keeps 房贷利率, 礼品卡 or 工商银行 whole."""
    start, unknown = 0, ""
    while start < len(word):
        lengths = [n for n in (4, 3, 2) if word[start : start + n] in _MEANT and start + n <= len(word)]
        if start and not lengths and start == len(word) - 1 and not unknown:
            lengths = [1]  # the sign after a known word, as 卡 in 礼品卡
        if lengths:
            yield from _left_over(unknown, word)
            yield from _named(word[start : start + lengths[0]])
            start, unknown = start + lengths[0], ""
        else:
            start, unknown = start + 1, unknown + word[start]
    yield from _left_over(unknown, word)


def _left_over(part: str, word: str) -> Iterator[Term]:
    if len(part) > 1 or part == word:
        yield Term(part, ("thing",))


def _stem(word: str) -> str:
    for ending, least in (("'s", 1), ("ing", 3), ("ies", 2), ("ed", 3), ("es", 3), ("s", 3), ("ly", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            if word.endswith("ss"):
                return word
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


@cache
def _known_stems() -> dict[str, str]:
    """Stem → word of the vocabulary: "changing" and "change" have the stem "chang"."""
    words = sorted(word for word in _MEANT if word.isascii() and " " not in word)
    return {_stem(word): word for word in words}


def _about(reading: Reading, key: str, terms: list[Term], numbers: list[str]) -> dict[str, list[str]]:
    named = {kind: _names(kind, reading, terms, numbers) for kind in _KINDS.get(key, ())}
    if key in _PLAIN:
        plain = _PLAIN[key]
        special = [name for name in named["aspect"] if name not in _GOES_WITHOUT_SAYING[key]]
        named["aspect"] = special or [plain for term in terms if term.word in (key, plain)]
    return {kind: sorted({n[:MAX_TERM] for n in names})[:MAX_TERMS] for kind, names in named.items() if names}


def _names(kind: str, reading: Reading, terms: list[Term], numbers: list[str]) -> list[str]:
    if kind == "number":
        return numbers
    if kind == "amount":
        return [amount.replace(" ", "") for amount in _AMOUNT.findall(reading.text)]
    if kind == "figure":
        return _FIGURE.findall(_AMOUNT.sub(" ", reading.text))
    if kind == "aspect":
        return [term.word for term in terms if term.word in ASPECTS]
    names = [term.word for term in terms if kind in term.kinds]
    if kind == "product":
        # A student loan is not just a loan.
        names = [name for name in names if name not in _ANY_LOAN] or names
    if kind == "fit":
        return names + _FIT.findall(reading.text)
    if kind == "place" and not names:
        return [place.lower() for place in _PLACE_EN.findall(reading.raw)]
    return names
