"""Messages of the timeline as WhatsApp takes them, and how much it takes. Pure.

A request is the body of `POST /{phone number}/messages` without the recipient, who may have another number
by the time; of a file it is `{file, caption}`, since the file has to be uploaded first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from channels import file_kinds, whatsapp_templates
from channels.file_kinds import MEGABYTE
from channels.lengths import pieces
from channels.menus import numbered

# Meta's limits, in characters.
TEXT = 4096
CAPTION = 1024
BODY = 1024  # of what has buttons or a list
_BUTTONS, _BUTTON_TITLE, _BUTTON_ID = 3, 20, 256
_ROWS, _ROW_TITLE, _ROW_DESCRIPTION, _ROW_ID = 10, 24, 72, 200

# What is none of these, or larger, goes as a document.
_SHOWN_AS = {
    "image/jpeg": ("image", 5 * MEGABYTE),
    "image/png": ("image", 5 * MEGABYTE),
    "video/mp4": ("video", 16 * MEGABYTE),
    "video/3gpp": ("video", 16 * MEGABYTE),
    "audio/aac": ("audio", 16 * MEGABYTE),
    "audio/amr": ("audio", 16 * MEGABYTE),
    "audio/mpeg": ("audio", 16 * MEGABYTE),
    "audio/mp4": ("audio", 16 * MEGABYTE),
    "audio/ogg": ("audio", 16 * MEGABYTE),
}


def requests(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a message becomes, in order; words go with the first picture where they fit."""
    if template := message.get("template"):
        return [whatsapp_templates.request(template)]
    text, buttons = message.get("text", ""), message.get("buttons", ())
    files: list[dict[str, Any]] = [{"file": each} for each in message.get("attachments", ())]
    if image := message.get("image"):
        files.insert(0, {"type": "image", "image": {"link": image}})
    if buttons:
        return [*files, *_offer(text, buttons)]
    if text and files and len(text) <= CAPTION and _takes_caption(files[0]):
        if "file" in files[0]:
            files[0]["caption"] = text
        else:
            files[0]["image"]["caption"] = text
        return files
    return [*_texts(text), *files]


def kind_of(attachment: Mapping[str, Any]) -> str:
    """As what WhatsApp shows the file: image, video, audio or document."""
    return file_kinds.kind_of(attachment, _SHOWN_AS, "document")


def _takes_caption(request: Mapping[str, Any]) -> bool:
    return "file" not in request or kind_of(request["file"]) != "audio"


def _texts(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": {"body": piece}} for piece in pieces(text, TEXT) if piece]


def _offer(text: str, buttons: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """As buttons, else as a list, else numbered: whatever holds all of it."""
    titles = {button["title"] for button in buttons}
    distinct = len(titles) == len(buttons) == len({button["payload"] for button in buttons})
    if not text or len(text) > BODY or not distinct:
        return _texts(numbered(text, buttons))
    if len(buttons) <= _BUTTONS and all(
        len(each["title"]) <= _BUTTON_TITLE and len(each["payload"]) <= _BUTTON_ID for each in buttons
    ):
        action: dict[str, Any] = {
            "buttons": [
                {"type": "reply", "reply": {"id": each["payload"], "title": each["title"]}}
                for each in buttons
            ]
        }
        return [_interactive("button", text, action)]
    if len(buttons) <= _ROWS and all(
        len(each["title"]) <= _ROW_DESCRIPTION and len(each["payload"]) <= _ROW_ID for each in buttons
    ):
        rows = [_row(each) for each in buttons]
        chinese = any("一" <= character <= "鿿" for character in text)
        action = {"button": "请选择" if chinese else "Choose", "sections": [{"rows": rows}]}
        return [_interactive("list", text, action)]
    return _texts(numbered(text, buttons))


def _row(button: Mapping[str, str]) -> dict[str, str]:
    title = button["title"]
    if len(title) <= _ROW_TITLE:
        return {"id": button["payload"], "title": title}
    return {"id": button["payload"], "title": title[: _ROW_TITLE - 1] + "…", "description": title}


def _interactive(kind: str, text: str, action: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
