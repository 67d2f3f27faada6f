"""What WeCom's customer service brings of a customer, as every connector hands it on. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.provider import Incoming, Media
from channels.tencent import menu_id

_FILES = {
    "image": ("image.jpg", "image/jpeg"),
    "voice": ("voice.amr", "audio/amr"),
    "video": ("video.mp4", "video/mp4"),
    "file": ("file", "application/octet-stream"),
}


def incoming(item: Mapping[str, Any], offers: Sequence[Mapping[str, str]]) -> Incoming:
    """`offers`: the buttons that this customer has been shown."""
    kind, msgid = str(item.get("msgtype")), str(item["msgid"])
    content = _part(item, kind)
    if kind == "text":
        pressed = content.get("menu_id")
        payload = next((each["payload"] for each in offers if menu_id(each["payload"]) == pressed), None)
        return Incoming(msgid, str(content.get("content", "")), payload=payload)
    if kind in _FILES and content.get("media_id"):
        name, content_type = _FILES[kind]
        return Incoming(msgid, media=(Media(str(content["media_id"]), name, content_type),))
    return Incoming(msgid, shown=shown(kind, content))


def said_by_person(item: Mapping[str, Any]) -> str:
    """What somebody has said in WeCom's own client."""
    kind = str(item.get("msgtype"))
    content = _part(item, kind)
    return str(content.get("content", "")) if kind == "text" else shown(kind, content)


def shown(kind: str, content: Mapping[str, Any]) -> str:
    """What agents see of something that is neither words nor a file."""
    if kind == "location":
        place = f"{content.get('latitude', '')}, {content.get('longitude', '')}"
        return _lines("（位置 · Location）", content.get("name"), content.get("address"), place)
    if kind == "link":
        return _lines("（链接 · Link）", content.get("title"), content.get("desc"), content.get("url"))
    if kind == "miniprogram":
        return _lines("（小程序 · Mini Program）", content.get("title"), content.get("pagepath"))
    if kind == "business_card":
        return _lines("（名片 · Business card）", content.get("userid"))
    return _lines(f"（{kind}）", content.get("title"))


def _lines(head: str, *more: Any) -> str:
    return "\n".join([head, *(str(each) for each in more if each)])


def _part(item: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    part = item.get(kind)
    return part if isinstance(part, Mapping) else {}
