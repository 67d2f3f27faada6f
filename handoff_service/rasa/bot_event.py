"""A message of ours as the bot's event that Rasa says and keeps."""

import datetime as dt
from typing import Any

from handoff_service.attachments.showing import for_customer
from handoff_service.attachments.sniffing import IMAGES
from handoff_service.channels.table import channel_of
from handoff_service.models import Message
from handoff_service.settings import Settings


def said_by(message: Message, channel: str, settings: Settings, now: dt.datetime) -> dict[str, Any]:
    """Files stand in the metadata, with links made now. A channel that does not read these gets them as
    Rasa's own channels understand it: the first picture as `image`, all else as lines of text.
    """
    files = for_customer(settings, message.attachments, now)
    metadata = {
        "message_id": message.id,
        "author": message.author,
        "author_name": message.author_name,
        **({"attachments": files} if files else {}),
        **({"template": message.template} if message.template else {}),
    }
    text, data = message.text, {}
    if files and not channel_of(channel).attachments:
        picture = next((file for file in files if file["type"] in IMAGES), None)
        rest = [f"{file['name']}: {file['url']}" for file in files if file is not picture]
        text = "\n".join(filter(None, [message.text, *rest]))
        data = {"image": picture["url"]} if picture else {}
    return {"event": "bot", "text": text, "data": data, "metadata": metadata}
