"""JSON values made safe to store and to send.

A customer may type NUL or half of an emoji (a lone surrogate). Python carries both, SQLite and PostgreSQL do not,
and a turn must not be lost over them: they become U+FFFD at this edge.
"""

import math
import re
from typing import Any

# re accepts a lone surrogate as an ordinary code point; paired ones never occur in a decoded str.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable_text(text: str) -> str:
    """Return the text with NUL and lone surrogates replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def storable(value: Any) -> Any:
    """Return a copy of a JSON-like value whose strings can be stored and whose numbers JSON can carry.

    NaN and infinities, which JSON has no word for, become null; values of other types become their text.
    """
    if isinstance(value, str):
        return storable_text(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {storable_text(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return storable_text(str(value))
