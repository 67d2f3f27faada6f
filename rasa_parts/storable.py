"""Makes values storable that JSON can carry but a database cannot bind.

PostgreSQL refuses NUL; neither SQLite nor UTF-8 can hold a lone surrogate; JSON has no NaN. These come from
broken or hostile clients, yet are part of what a customer wrote: the text is kept, the character replaced.
"""

import math
import re
from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable_text(text: str) -> str:
    """`text` with each NUL and lone surrogate as U+FFFD; a pair of surrogates becomes its character."""
    if not _UNSTORABLE.search(text):
        return text
    units = text.replace("\0", REPLACEMENT).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def storable(value: Any) -> Any:
    """A copy of a JSON-like value with storable texts (keys too); NaN and infinities become None."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, tuple):
        return tuple(storable(item) for item in value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
