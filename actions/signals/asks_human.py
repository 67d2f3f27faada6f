"""Does the customer ask for a person? Phrases first, with their negations; then the classifier.

A phrase that declines a person, or only mentions one (你是人工吗, "travel agent fees"), overrules an intent
that says otherwise: a classifier sees the same words and easily misses the "don't".
"""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import zip_longest
from types import ModuleType
from typing import Any, NamedTuple

from actions.signals import asks_human_en, asks_human_zh
from actions.signals.intents import SURE
from actions.signals.negation import EN_NEGATIONS, ZH_NEGATIONS, is_denied, negations_before
from actions.signals.phrases import CLAUSE_ENDS, Found, clause_of
from actions.signals.reading import Reading

_QUOTE = re.compile('["\u201c\u300c\u300e][^"\u201d\u300d\u300f]{1,200}["\u201d\u300d\u300f]')
_ASKS_WHAT_IT_MEANS = re.compile(
    r"意思|什么是|提示|显示|你刚才说|怎么[说写念读]|翻译|英[文语]|"
    r"\b(?:mean|means|you said|it says|it said|what does|translate|spell)\b"
)
_LOOK_BACK = 20  # tokens in which a condition still belongs to what is asked for
_EN_POSSIBLE = frozenset({"possible", "ok", "okay", "alright", "fine", "allowed"})
_ZH_ME = frozenset({"我", "我们", "你", "给", "给我", "帮", "帮我", "去", "来", "要"})
_ZH_CONTENT = frozenset({"算了", "行", "行了", "好", "好了", "可以", "可以了", "够", "够了", "成", "ok"})
_ZH_CONDITION = frozenset({"如果", "要是", "假如", "万一", "若", "的话", "不行", "等", "先", "看看", "实在"})


class Stance(Enum):
    """What the words say about a person at the desk."""

    ASKS = "asks for a person"
    DECLINES = "declines a person"
    MENTIONS = "only mentions a person"
    SILENT = "says nothing of a person"


class Verdict(NamedTuple):
    """The stance and the words it was read from."""

    stance: Stance
    span: str = ""


def asks_human(reading: Reading, verdict: Verdict) -> tuple[bool, str | None]:
    """Return whether a person is asked for, and what showed it (or what overruled the classifier).

    `verdict` is what the words say, from `stance`.
    """
    meant = reading.is_sure_of("request_human", SURE)
    by_intent = f"intent request_human ({reading.confidence:.2f})"
    if verdict.stance is Stance.ASKS:
        return True, f"asks for a person: {verdict.span}" + (f"; {by_intent}" if meant else "")
    if verdict.stance is Stance.SILENT:
        return meant, by_intent if meant else None
    return False, f"{verdict.stance.value}: {verdict.span}" if meant else None


def stance(reading: Reading) -> Verdict:
    """Return what the words say. Asking prevails over anything but being taken back afterwards."""
    verdicts: list[Verdict] = []
    for doc, lexicon, english in ((reading.zh, asks_human_zh, False), (reading.en, asks_human_en, True)):
        if doc is not None:
            verdicts += _verdicts(doc, lexicon, english)
    for wanted in (Stance.ASKS, Stance.DECLINES, Stance.MENTIONS):
        for verdict in verdicts:
            if verdict.stance is wanted:
                return verdict
    return Verdict(Stance.SILENT)


def _verdicts(doc: Any, lexicon: ModuleType, english: bool) -> list[Verdict]:
    verdicts: list[Verdict] = []
    quotes = _quotes(doc.text)
    for found, following in _with_following(lexicon.PHRASES.find(doc)):
        if found.label == "mention":
            verdicts.append(Verdict(Stance.MENTIONS, found.text))
        elif found.label == "retraction" and _opens_a_clause(doc, found):
            # What was asked before is taken back: 转人工……算了
            verdicts = [
                v._replace(stance=Stance.DECLINES) if v.stance is Stance.ASKS else v for v in verdicts
            ]
        elif found.label == "bot":
            if is_denied(doc, found.start, english=english):
                verdicts.append(Verdict(Stance.ASKS, _from_clause_start(doc, found)))
        elif found.label == "denied":
            if is_denied(doc, found.start, english=english):
                verdicts.append(Verdict(Stance.DECLINES, _from_clause_start(doc, found)))
        elif found.label in ("whole", "whole_bot"):
            if _is_whole_clause(doc, found, lexicon):
                verdicts.append(Verdict(Stance.ASKS, found.text))
        elif found.label in ("ask", "person"):
            verdict = _weigh(doc, found, following, lexicon, english, quotes)
            if verdict is not None:
                verdicts.append(verdict)
    return verdicts


def _weigh(
    doc: Any,
    found: Found,
    following: Found | None,
    lexicon: ModuleType,
    english: bool,
    quotes: list[range],
) -> Verdict | None:
    negations = negations_before(doc, found.start, english=english)
    if negations % 2 == 1 and not (not english and _is_condition(doc, found)):
        return Verdict(Stance.DECLINES, _from_clause_start(doc, found))
    if following is not None and following.label == "decline_after" and _declines_it(doc, found, following):
        return Verdict(Stance.DECLINES, doc[found.start : following.end].text)
    if found.label == "ask" or negations or _stands_alone(doc, found, lexicon):
        quoted = any(doc[found.start].idx in quote for quote in quotes)
        not_now = quoted or _is_for_later(doc, found, english)
        return Verdict(Stance.MENTIONS if not_now else Stance.ASKS, found.text)
    return None


def _quotes(text: str) -> list[range]:
    """Where words are only asked about: what does "type agent to reach a human" mean? But: I said "agent"!"""
    asks = _ASKS_WHAT_IT_MEANS.search(_QUOTE.sub(" ", text))
    return [range(*quote.span()) for quote in _QUOTE.finditer(text)] if asks else []


def _is_for_later(doc: Any, found: Found, english: bool) -> bool:
    """If this doesn't work I want a human; 不行的话我再找人工: not yet. But 不行就转人工 is meant now."""
    before = [token.norm_ for token in doc[max(0, found.start - _LOOK_BACK) : found.start]]
    if not english:
        leading = next((word for word in reversed(before) if word not in _ZH_ME), "")
        return leading in ("再", "才") and not _ZH_CONDITION.isdisjoint(before[-14:])
    words = [token.norm_ for token in doc]
    if "if" not in words:
        return False
    condition = words.index("if")
    outcome = words[condition + 1 : condition + 2]
    if outcome not in (["this"], ["that"], ["it"], ["these"]):
        return False
    # "if that's possible" asks politely.
    if not _EN_POSSIBLE.isdisjoint(words[condition + 2 : condition + 5]):
        return False
    # "I want …", "I'll ask for …" is said of later; "get me …" is said now.
    return not {"i", "we"}.isdisjoint(before[-5:]) or (found.end <= condition and words[0] == "i")


def _is_condition(doc: Any, found: Found) -> bool:
    """不转人工我就投诉: no refusal but a condition, and the person is wanted."""
    if doc[found.start - 1].norm_ != "不":
        return False
    after = [token.norm_ for token in doc[found.end : found.end + 7]]
    if "就" not in after[:6] or "就算了" in after:
        return False
    # 不需要人工，你回答就行: content without.
    return _ZH_CONTENT.isdisjoint(after[after.index("就") + 1 : after.index("就") + 2])


def _declines_it(doc: Any, found: Found, decline: Found) -> bool:
    at_end = decline.end >= len(doc) or doc[decline.end].norm_ in CLAUSE_ENDS | {
        "了",
        "吧",
        "谢谢",
        "啦",
        "哈",
        "哦",
        "thanks",
    }
    return at_end and decline.start - found.end <= 2


def _stands_alone(doc: Any, found: Found, lexicon: ModuleType) -> bool:
    start, end = clause_of(doc, found.start)
    clause = [token.norm_ for token in doc[start:end]]
    if any(word in ZH_NEGATIONS or word in EN_NEGATIONS for word in clause):
        return False
    if found.text in lexicon.ALONE:
        return all(word in lexicon.ALONE or word in lexicon.MAY_STAND_WITH_ALONE for word in clause)
    return all(word in lexicon.PERSON or word in lexicon.MAY_STAND_WITH_PERSON for word in clause)


def _is_whole_clause(doc: Any, found: Found, lexicon: ModuleType) -> bool:
    start, end = clause_of(doc, found.start)
    around = [token.norm_ for token in doc[start : found.start]]
    around += [token.norm_ for token in doc[found.end : end]]
    return all(word in lexicon.MAY_STAND_WITH_PERSON for word in around)


def _opens_a_clause(doc: Any, found: Found) -> bool:
    return found.start == 0 or doc[found.start - 1].norm_ in CLAUSE_ENDS | {
        "那",
        "还是",
        "actually",
        "oh",
        "ok",
    }


def _from_clause_start(doc: Any, found: Found) -> str:
    start, _ = clause_of(doc, found.start)
    return doc[start : found.end].text


def _with_following(found: list[Found]) -> Iterator[tuple[Found, Found | None]]:
    return zip_longest(found, found[1:])
