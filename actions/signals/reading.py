"""One turn as the signals read it:

the text cleaned and cut into tokens once, and what the classifier said.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from actions.signals import nlp, phrases
from actions.signals.intents import FALLBACK
from actions.signals.spelling import meant
from rasa_parts.chinese import plain
from rasa_parts.storable import storable_text

MAX_CHARACTERS = 2000  # more adds nothing to what a turn shows, and time grows with it

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
# "dont" and the like; spaCy knows only some of them.
_NO_APOSTROPHE = re.compile(r"\b(do|does|did|is|are|was|were|could|would|should|have|has|wo|ca)nt\b")
# "don't 转人工": said in one language about words of the other.
_ENGLISH_NO = re.compile(r"\b(?:do not|don't|dont|no need(?: to| for)?)\b\s*")
_BLANK_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])[ \t]+(?=[\u3400-\u9fff])")

_lock = threading.Lock()
_built = False


@dataclass(frozen=True)
class Reading:
    """What every signal gets. `zh` and `en` are spaCy docs, or None where the text has nothing of that
    script.

    raw: the customer's text, capped. text: the same normalised: NFKC, lower case, simplified characters.
    intent: None when the message was not understood (fallback) or carries no text to understand.
    """

    raw: str
    text: str
    zh: Any
    en: Any
    intent: str | None
    confidence: float
    fallback: bool
    previous_language: str | None
    requested_slot: str | None

    def is_sure_of(self, intent: str, at_least: float) -> bool:
        """Say whether the classifier chose this intent with at least this confidence."""
        return self.intent == intent and self.confidence >= at_least


@contextmanager
def read(
    text: str,
    parse_data: Mapping[str, Any],
    previous_language: str | None = None,
    requested_slot: str | None = None,
) -> Iterator[Reading]:
    """Read one turn. The docs live only inside the `with` block.

    One thread at a time: spaCy's vocabulary is shared. In its memory zone the words of this text are
    forgotten afterwards; without it every order number and typo ever sent would stay in memory.
    """
    intent, confidence = _intent_of(parse_data)
    # `/intent{…}` is what buttons send: it names an intent and is nobody's language.
    raw = "" if text.startswith("/") and intent else storable_text(text[:MAX_CHARACTERS])
    # One character may stand for eighteen (ﷺ).
    normal = normalise(raw)[:MAX_CHARACTERS]
    with _lock, ExitStack() as zones:
        _build_once()
        zh = en = None
        if HAN.search(normal):
            zones.enter_context(nlp.chinese().memory_zone())
            zh = nlp.chinese()(_ENGLISH_NO.sub("不要", _BLANK_BETWEEN_HAN.sub(",", normal)))
        if LATIN_WORD.search(normal):
            zones.enter_context(nlp.english().memory_zone())
            en = nlp.english()(_NO_APOSTROPHE.sub(r"\1n't", normal))
            nlp.mend_typos(en)
        yield Reading(
            raw=raw,
            text=normal,
            zh=zh,
            en=en,
            intent=None if intent == FALLBACK else intent,
            confidence=confidence,
            fallback=intent == FALLBACK,
            previous_language=previous_language if previous_language in ("zh", "en") else None,
            requested_slot=requested_slot,
        )


def normalise(text: str) -> str:
    """Return the text as patterns expect it:

    NFKC, lower case, simplified, straight quotes, nothing invisible, Cantonese and slips as what was meant.
    """
    visible = plain(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    return meant(visible.lower().replace("\u2019", "'").replace("\u2018", "'"))


def _build_once() -> None:
    global _built
    if not _built:
        phrases.build_all()
        _built = True


def _intent_of(parse_data: Mapping[str, Any]) -> tuple[str | None, float]:
    intent = parse_data.get("intent") or {}
    name = intent.get("name") or None
    try:
        confidence = float(intent.get("confidence") or 0.0)
    except (TypeError, ValueError):
        confidence = 0.0
    # NaN fails both comparisons and becomes 0.
    return name, confidence if 0.0 <= confidence <= 1.0 else (1.0 if confidence > 1.0 else 0.0)
