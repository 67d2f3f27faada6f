"""A message of a customer's on WeChat, as every connector hands it on. Pure."""

from channels.provider import Incoming, Media
from channels.wechat_post import Post

_VOICE = {"amr": "audio/amr", "mp3": "audio/mpeg", "speex": "audio/ogg"}


def incoming(post: Post, tapped: str | None) -> Incoming:
    """`tapped`: the payload of the button that was pressed."""
    kind = post["MsgType"]
    if kind == "text":
        return Incoming(post.id, post["Content"], payload=tapped)
    if media := _media(kind, post):
        return Incoming(post.id, media=(media,))
    return Incoming(post.id, shown=_shown(kind, post))


def _media(kind: str, post: Post) -> Media | None:
    ref = post["MediaId"]
    if not ref:
        return None
    if kind == "image":
        return Media(ref, "image.jpg", "image/jpeg")
    if kind == "voice":
        written = post["Format"].lower() or "amr"
        return Media(ref, f"voice.{written}", _VOICE.get(written, "application/octet-stream"))
    if kind in ("video", "shortvideo"):
        return Media(ref, "video.mp4", "video/mp4")
    return Media(ref, kind) if kind == "file" else None


def _shown(kind: str, post: Post) -> str:
    """What agents see of something that is neither words nor a file."""
    if kind == "location":
        place = f"{post['Location_X']}, {post['Location_Y']}"
        return f"（位置 · Location）{post['Label']} {place}".rstrip()
    if kind == "link":
        return "\n".join(filter(None, ("（链接 · Link）" + post["Title"], post["Description"], post["Url"])))
    if kind == "miniprogrampage":
        return "\n".join(filter(None, ("（小程序 · Mini Program）" + post["Title"], post["PagePath"])))
    return f"（{kind}）"
