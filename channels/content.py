"""What passes through a channel, made storable and safe. Pure functions.

Customers' words come in, Rasa's response dictionaries go out; neither may carry what SQLite, PostgreSQL or a
browser refuses, and a customer's words may never act as a command.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

# NUL is refused by PostgreSQL, a lone surrogate by SQLite's driver. Both are a customer's typing, so they are
# shown as the replacement character instead of being refused.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# Rasa reads a text whose first visible character is "/" as an intent with confidence 1.0 ("/restart",
# "/handoff{...}"). WORD JOINER is invisible, survives `str.strip()` and takes the slash away from the
# beginning.
_SLASH_GUARD = "\u2060"

# What handles a value later goes down into it as deep, from further down the stack; messages have a tenth.
_DEEPEST = 50
_BIGGEST = 2**63

_OF_A_FILE = ("id", "name", "type", "size", "width", "height")
AUTHORS = ("bot", "agent", "system")


def storable(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD; nothing else changes."""
    return _UNSTORABLE.sub("\ufffd", text)


def storable_json(value: Any, depth: int = _DEEPEST) -> Any:
    """The JSON value with every string in it (keys too) made storable. Numbers that are none elsewhere, and
    what is nested deeper than `depth`, become null."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if -_BIGGEST <= value < _BIGGEST else None
    if isinstance(value, Mapping | list | tuple) and not depth:
        return None
    if isinstance(value, Mapping):
        return {storable(str(key)): storable_json(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(item, depth - 1) for item in value]
    return value


def outside_json(raw: bytes | str) -> Any:
    """The JSON value that somebody else has written, made storable. Raises ValueError for what is none."""
    try:
        return storable_json(json.loads(raw))
    except RecursionError:
        raise ValueError("nested too deep") from None


def is_command(text: str) -> bool:
    """Whether Rasa would read the text as an intent instead of understanding it."""
    return text.strip().startswith("/")


def as_plain_words(text: str) -> str:
    """The text as Rasa may get it: words only. What is not a command is returned unchanged."""
    return _SLASH_GUARD + text if is_command(text) else text


def content_of(message: Mapping[str, Any]) -> dict[str, Any] | None:
    """One message for the customer out of one Rasa response, or None when it shows nothing.

    Result: `{text, buttons?: [{title, payload}], image?, custom?, attachments?}`. An agent's files come by
    way of the metadata; links to them are made when they are shown, so none is kept here. Cards and the
    like, which a chat bubble cannot show as such, become text, buttons and image, so that nothing the bot
    said is dropped in silence.
    """
    lines = [str(message["text"])] if message.get("text") else []
    buttons = [*_buttons(message.get("buttons")), *_buttons(message.get("quick_replies"))]
    image = message.get("image")
    for element in message.get("elements") or ():
        if isinstance(element, Mapping):
            lines.append(" : ".join(str(element[key]) for key in ("title", "subtitle") if element.get(key)))
            buttons += _buttons(element.get("buttons"))
            image = image or element.get("image_url")
    attachment = message.get("attachment")
    if isinstance(attachment, Mapping) and attachment.get("type") == "image":
        payload = attachment.get("payload")
        image = image or (payload.get("src") if isinstance(payload, Mapping) else None)
    elif attachment:
        lines.append(str(attachment))
    custom = message.get("custom")
    if isinstance(custom, Mapping) and not lines and custom.get("text"):
        lines.append(str(custom["text"]))

    content: dict[str, Any] = {"text": "\n".join(line for line in lines if line)}
    if buttons:
        content["buttons"] = buttons
    if isinstance(image, str) and image:
        content["image"] = image
    if custom:
        content["custom"] = custom
    if files := _files(message.get("attachments")):
        content["attachments"] = files
    if content == {"text": ""}:
        return None
    return storable_json(content)


def author_of(message: Mapping[str, Any]) -> dict[str, str]:
    """`{author, author_name?}`: the service says in the metadata who speaks; what says nothing is the bot."""
    author = message.get("author")
    known = {"author": author if author in AUTHORS else "bot"}
    if isinstance(message.get("author_name"), str):
        known["author_name"] = storable(message["author_name"])
    return known


def _files(attachments: Any) -> list[dict[str, Any]]:
    """The files of the handoff service's, each `{id, name, type, size, width?, height?}`."""
    if not isinstance(attachments, list | tuple):
        return []
    return [
        {key: file[key] for key in _OF_A_FILE if key in file}
        for file in attachments
        if isinstance(file, Mapping) and isinstance(file.get("id"), str)
    ]


def _buttons(buttons: Any) -> list[dict[str, str]]:
    """The usable buttons; a button without a payload sends its title, as Rasa's own channels do."""
    if not isinstance(buttons, list | tuple):
        return []
    return [
        {"title": str(button["title"]), "payload": str(button.get("payload") or button["title"])}
        for button in buttons
        if isinstance(button, Mapping) and button.get("title")
    ]
