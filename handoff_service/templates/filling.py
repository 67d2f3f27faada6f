"""A template's variables, {{1}} to {{n}}, and the words in their places. Pure."""

import re
from collections.abc import Sequence

_VARIABLE = re.compile(r"\{\{(\d{1,2})\}\}")
# WhatsApp refuses these in a variable, and no other network wants them there.
_UNFIT = re.compile(r"[\n\r\t]| {5}")


def variables(body: str) -> int:
    """How many there are to fill in."""
    return max((int(number) for number in _VARIABLE.findall(body)), default=0)


def filled(body: str, values: Sequence[str]) -> str:
    """The words as the customer gets them. `values` are as many as `variables` says."""
    return _VARIABLE.sub(lambda match: values[int(match[1]) - 1], body)


def is_fit(value: str) -> bool:
    """Whether it can stand in a variable's place: something, on one line."""
    return bool(value.strip()) and _UNFIT.search(value) is None
