"""What WeChat allows, counts and refuses, as data."""

from channels.file_kinds import MEGABYTE
from channels.windows import Window

WINDOWS = (
    Window("message", 48 * 3600.0, 5),
    Window("tap", 60.0, 3),
    Window("subscribe", 60.0, 3),
    Window("scan", 60.0, 3),
)
MINI_WINDOWS = (Window("message", 48 * 3600.0, 5), Window("enter", 60.0, 2))

NO_MENU, NO_PERMISSION = 40200, 48001
REFUSED = {
    40003: "customer_unreachable",
    43004: "customer_unreachable",
    43019: "customer_refused",
    48002: "customer_refused",
    40004: "media_refused",
    40005: "media_refused",
    40006: "media_refused",
    40007: "media_refused",
    40009: "media_refused",
    45001: "media_refused",
    45002: "too_long",
    45008: "too_long",
    45009: "quota_spent",
    45015: "window_closed",
    45047: "window_closed",
    48001: "not_permitted",
    48003: "not_permitted",
    48004: "not_permitted",
    50002: "not_permitted",
}
OPENS = {"subscribe": "subscribe", "SCAN": "scan", "CLICK": "tap", "user_enter_tempsession": "enter"}
ON_EVENT = {"subscribe": "/greet"}
EVENT_SHOWN = {
    "subscribe": "（关注了公众号 · Subscribed）",
    "SCAN": "（扫了二维码 · Scanned a code）",
    "user_enter_tempsession": "（打开了会话 · Opened the chat）",
}
MEDIA_GONE = frozenset((40007, 41006, 43003))
SHOWN_AS = dict.fromkeys(("image/jpeg", "image/png", "image/gif", "image/bmp"), ("image", 10 * MEGABYTE))
