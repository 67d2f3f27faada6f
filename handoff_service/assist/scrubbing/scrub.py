"""`scrub`: a text without what belongs to one customer. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

from handoff_service.assist.scrubbing import names
from handoff_service.assist.scrubbing.patterns import FORMS, found

type Language = Literal["zh", "en"]

_SHOWN: dict[Language, dict[str, str]] = {
    "zh": {
        "link": "链接",
        "email": "邮箱",
        "account": "账号",
        "number": "号码",
        "address": "地址",
        "date": "日期",
        "amount": "金额",
        "name": "姓名",
    },
    "en": {
        "link": "link",
        "email": "e-mail",
        "account": "account",
        "number": "number",
        "address": "address",
        "date": "date",
        "amount": "amount",
        "name": "name",
    },
}
_OPEN, _CLOSE = "\ue000", "\ue001"  # of private use: no text that is scrubbed may hold them
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ue000\ue001]")
_MARK = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
_REPEATED = re.compile(rf"({_MARK.pattern})(?:[\s,，、.·-]*\1)+")
_PLACEHOLDER = re.compile(
    r"\[(" + "|".join(word for shown in _SHOWN.values() for word in shown.values()) + r")\]"
)


def scrub(text: str, language: Language, known_names: Iterable[str] = ()) -> str:
    """The text with placeholders for links, addresses, numbers, dates, amounts and names.

    `known_names`: of the people in this conversation, taken out wherever they stand. Full-width letters and
    digits become plain ones, and invisible characters go, so that nothing hides behind them.
    """
    clean = _plain(text)
    for kind, pattern in FORMS:
        spans = [(start, end) for start, end in found(kind, pattern, clean)]
        if kind == "account":
            spans = [(start, end) for start, end in spans if not names.is_word(clean[start:end])]
        clean = _without(clean, kind, spans)
    for known in sorted(filter(None, map(str.strip, known_names)), key=len, reverse=True):
        parts = [_plain(known), *(part for part in _plain(known).split() if len(part) > 2)]
        for part in parts:
            clean = re.sub(re.escape(part), f"{_OPEN}name{_CLOSE}", clean, flags=re.IGNORECASE)
    clean = _without(clean, "name", _outside_marks(clean, names.spans(clean)))
    clean = _REPEATED.sub(r"\1", clean)
    return _MARK.sub(lambda mark: f"[{_SHOWN[language][mark[1]]}]", clean).strip()


def placeholders(text: str) -> list[str]:
    """The placeholders that a scrubbed text holds, in its order."""
    return [match[1] for match in _PLACEHOLDER.finditer(text)]


def _plain(text: str) -> str:
    """Without what hides: only letters and digits are folded, since Chinese punctuation must stay."""
    shown = _HIDDEN.sub("", unicodedata.normalize("NFC", text))
    return "".join(_folded(character) for character in shown)


def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() and (plain.isalnum() or plain in "@./-+_") else character


def _without(text: str, kind: str, spans: Iterable[tuple[int, int]]) -> str:
    out, at = [], 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        out += [text[at : max(start, at)], f"{_OPEN}{kind}{_CLOSE}"]
        at = end
    return "".join([*out, text[at:]])


def _outside_marks(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Names alone: the words within a mark are ours."""
    marks = [mark.span() for mark in _MARK.finditer(text)]
    for start, end in spans:
        if all(end <= opened or start >= closed for opened, closed in marks):
            yield start, end
