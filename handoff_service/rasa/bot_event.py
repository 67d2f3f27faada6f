"""A message of ours as the bot's event that Rasa says and keeps."""

import datetime as dt
from typing import Any

from handoff_service.attachments.showing import for_customer
from handoff_service.attachments.sniffing import IMAGES
from handoff_service.channels.table import channel_of
from handoff_service.models import Message
from handoff_service.settings import Settings


def said_by(
    message: Message,
    resend: int | None,
    channel: str,
    settings: Settings,
    now: dt.datetime,
    buttons: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """`resend`: a number that grows with each time that an agent wants it sent again. A channel of ours drops
    a message that it knows, unless it has failed there and the number is new.

    Files stand in the metadata, with links made now. A channel that does not read these gets them as
    Rasa's own channels understand it: the first picture as `image`, all else as lines of text.
    """
    files = for_customer(settings, message.attachments, now)
    metadata = {
        "message_id": message.id,
        "author": message.author,
        "author_name": message.author_name,
        **({"resend": resend} if resend else {}),
        **({"attachments": files} if files else {}),
        **({"template": message.template} if message.template else {}),
    }
    text = message.text
    data: dict[str, Any] = {"buttons": buttons} if buttons else {}
    if files and not channel_of(channel).attachments:
        picture = next((file for file in files if file["type"] in IMAGES), None)
        rest = [f"{file['name']}: {file['url']}" for file in files if file is not picture]
        text = "\n".join(filter(None, [message.text, *rest]))
        if picture:
            data["image"] = picture["url"]
    return {"event": "bot", "text": text, "data": data, "metadata": metadata}
