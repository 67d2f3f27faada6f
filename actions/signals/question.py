"""What is asked, as a key: two turns that ask the same have the same key."""

import re
import unicodedata

from actions.signals.intents import ABOUT_ONE_ORDER, ASKS_NOTHING
from actions.signals.reading import Reading

MAX_KEY = 120  # as much of a text as tells two questions apart; the key is stored with every turn

_ORDER_NUMBER = re.compile(r"(?<!\d)\d{4,20}(?!\d)")
_POLITE = re.compile(
    r"请问一下|请问|你好|您好|麻烦问一下|麻烦|我想问一下|我想问|想问一下|想问|谢谢|那个|"
    r"\b(?:hello|hi|hey|please|pls|plz|thanks|thank you|excuse me|sorry|um|well|so)\b"
)
_PARTICLES = "啊呀呢吧吗嘛哦哈么的了"


def question(reading: Reading) -> tuple[str | None, str | None]:
    """Return the key of what is asked and where it is from, or None for turns that ask nothing."""
    if reading.intent is not None and reading.intent != "out_of_scope":
        if reading.intent in ASKS_NOTHING:
            return None, None
        return _by_intent(reading)
    if reading.requested_slot is not None:
        return None, None  # an answer to the form, understood or not
    key = _by_text(reading.text)
    return (f"text:{key}", "the text itself") if key else (None, None)


def _by_intent(reading: Reading) -> tuple[str, str]:
    why = f"intent {reading.intent} ({reading.confidence:.2f})"
    number = _ORDER_NUMBER.search(reading.text) if reading.intent in ABOUT_ONE_ORDER else None
    return f"{reading.intent}:{number[0]}" if number else str(reading.intent), why


def _by_text(text: str) -> str:
    """Return the letters and digits of a text without its courtesies; empty when it has no words."""
    plain = _POLITE.sub(" ", text)
    words = re.findall(r"[a-z']+|\d+|[\u3400-\u9fff]+|[^\W\d_]+", unicodedata.normalize("NFKC", plain))
    key = " ".join(word.strip("'").rstrip(_PARTICLES) for word in words).strip()
    if not any(character.isalpha() for character in key):
        return ""
    return " ".join(key.split())[:MAX_KEY]
