"""Text made storable at the edge: a customer's word is kept even where it holds what no database takes."""

import re
from typing import Any

# PostgreSQL refuses NUL; UTF-8 has no bytes for a lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


# Rasa would obey a text that begins with a slash. Our channels put an invisible WORD JOINER before it.
_SLASH_GUARD = "\u2060/"


def as_typed(text: str) -> str:
    """A customer's text without the guard that kept Rasa from reading it as a command."""
    return text[1:] if text.startswith(_SLASH_GUARD) else text


def storable(value: str) -> str:
    """The same text with NUL and lone surrogates as U+FFFD."""
    return _UNSTORABLE.sub("�", value)


def storable_json(value: Any) -> Any:
    """`storable` for every string inside a JSON value, keys included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable(str(key)): storable_json(item) for key, item in value.items()}
    return value
