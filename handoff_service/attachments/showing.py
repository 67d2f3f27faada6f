"""What is told of a stored file: to a message that keeps it, to the desk, to the customer."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from handoff_service.attachments import links
from handoff_service.attachments.voices import DECODED
from handoff_service.models import Attachment
from handoff_service.settings import Settings

SHOWN = ("id", "name", "type", "size", "width", "height")


def shown(attachment: Attachment) -> dict[str, Any]:
    """What a message keeps of it; width and height only where there are any."""
    values = {name: getattr(attachment, name) for name in SHOWN}
    return {name: value for name, value in values.items() if value is not None}


def desk_url(attachment_id: str) -> str:
    """Where agents get it; they are asked who they are there."""
    return f"/api/v1/attachments/{attachment_id}"


def at_desk(kept: dict[str, Any]) -> dict[str, Any]:
    """A file as agents get it: with its `url`, and `sound_url` where a browser does not play it as it is."""
    url = desk_url(kept["id"])
    return {**kept, "url": url, **({"sound_url": f"{url}/sound"} if kept["type"] in DECODED else {})}


def customer_url(settings: Settings, attachment_id: str, now: dt.datetime) -> str:
    """Where everybody gets it who has the link, until it expires."""
    expires = int((now + settings.file_link_lifetime).timestamp())
    path = links.path(settings.service_key.get_secret_value(), attachment_id, expires)
    return settings.public_url.rstrip("/") + path


def for_desk(kept: Iterable[Any]) -> list[Any]:
    """A message's attachments as the API shows them: ours with their `url`, a bot's cards as they are."""
    return [at_desk(each) if is_ours(each) else each for each in kept]


def for_customer(settings: Settings, kept: Iterable[Any], now: dt.datetime) -> list[dict[str, Any]]:
    """The same for a channel: with links that expire."""
    return [{**each, "url": customer_url(settings, each["id"], now)} for each in kept if is_ours(each)]


def is_ours(kept: Any) -> bool:
    """Whether it is a stored file, and not a card or picture of the bot's own."""
    return isinstance(kept, dict) and isinstance(kept.get("id"), str) and isinstance(kept.get("size"), int)
