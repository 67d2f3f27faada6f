"""What WeCom's customer service allows, counts and refuses, as data."""

from channels.file_kinds import MEGABYTE
from channels.windows import Window

WINDOWS = (Window("message", 48 * 3600.0, 5),)
# Events bring codes, each good for one message beside these: for how long, and of which kinds.
TEXT, MENU = "text", "msgmenu"
CODES = {
    "entered": (20.0, (TEXT, MENU)),
    "queued": (48 * 3600.0, (TEXT,)),
    "taken": (48 * 3600.0, (TEXT,)),
    "ended": (20.0, (TEXT, MENU)),
}
UNHANDLED, WITH_BOT, IN_POOL, WITH_PERSON, ENDED = range(5)
ENDED_BY_PERSON = 3  # as a change; others give the customer to a person
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
SHOWN_AS = {
    "image/jpeg": ("image", 10 * MEGABYTE),
    "image/png": ("image", 10 * MEGABYTE),
    "audio/amr": ("voice", 2 * MEGABYTE),
    "video/mp4": ("video", 10 * MEGABYTE),
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
