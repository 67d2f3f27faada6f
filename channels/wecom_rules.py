"""What WeCom's customer service allows, counts and refuses, as data."""

from channels.windows import Window

# A code that comes with an event is good for one message.
WINDOWS = (
    Window("message", 48 * 3600.0, 5),
    Window("entered", 20.0, 1),
    Window("queued", 48 * 3600.0, 1),
    Window("taken", 48 * 3600.0, 1),
    Window("ended", 20.0, 1),
)
UNHANDLED, WITH_BOT, IN_POOL, WITH_PERSON, ENDED = range(5)
WRONG_STATE = 95018
REFUSED = {
    40003: "customer_unreachable",
    40004: "media_refused",
    40006: "media_refused",
    40007: "media_refused",
    40009: "media_refused",
    45001: "media_refused",
    45002: "too_long",
    48002: "not_permitted",
    60020: "not_permitted",
    95011: "not_permitted",
}
MEDIA_GONE = frozenset((40007,))
NOT_DELIVERED = {
    0: "unknown",
    1: "not_permitted",
    2: "not_permitted",
    4: "window_closed",
    5: "window_closed",
    6: "window_closed",
    7: "not_permitted",
    8: "not_permitted",
    9: "not_permitted",
    10: "customer_refused",
}
"""The `fail_type` of a message that had been taken."""
