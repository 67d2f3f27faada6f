"""How urgent a waiting conversation is."""

from enum import IntEnum


class Priority(IntEnum):
    """Ordered; the member names are the words used in the API, in rules and in storage."""

    low = 0
    normal = 1
    high = 2
    urgent = 3
