"""What was said as as few messages as a network allows: where each counts, texts go together. Pure.

A request is neutral here: `{text}`, `{text, buttons}`, `{file}` with one of our attachments, `{picture}` with
an address, or `{custom}` as the bot wrote it; the connector words it for its network.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from channels.lengths import pieces, utf8
from channels.menus import numbered
from channels.outgoing import Rendered


def bubbles(
    messages: Sequence[Mapping[str, Any]],
    *,
    most: int,
    head: int,
    fits: Callable[[Sequence[Mapping[str, str]]], bool] = bool,
) -> list[Rendered]:
    """`most`: bytes of a text. `head`: bytes of a text above buttons. `fits`: whether the network can show
    these buttons; others become numbered lines. What the bot, an agent and the system say is never joined."""
    found: list[Rendered] = []
    lines: list[str] = []
    ids: list[str] = []
    author = ""

    def flush() -> None:
        if lines:
            found.extend(
                Rendered(list(ids), author, {"text": each}) for each in pieces("\n".join(lines), most, utf8)
            )
        lines.clear()
        ids.clear()

    for message in messages:
        if message["author"] != author:
            flush()
            author = message["author"]
        custom = message.get("custom")
        typed = isinstance(custom, Mapping) and isinstance(custom.get("msgtype"), str)
        if message["text"] and not typed:
            lines.append(message["text"])
            ids.append(message["id"])
        if typed:
            flush()
            found.append(Rendered([message["id"]], author, {"custom": custom}))
        if message.get("image"):
            flush()
            found.append(Rendered([message["id"]], author, {"picture": message["image"]}))
        for file in message.get("attachments", ()):
            flush()
            found.append(Rendered([message["id"]], author, {"file": file}))
        buttons = message.get("buttons", ())
        if not buttons:
            continue
        if message["id"] not in ids:
            ids.append(message["id"])
        text = "\n".join(lines)
        lines.clear()
        if not fits(buttons) or utf8(numbered("", buttons)) + head >= most:
            lines.append(numbered(text, buttons))
            continue
        *before, last = pieces(text, head, utf8)
        found.extend(Rendered(list(ids), author, {"text": each}) for each in before)
        found.append(Rendered(list(ids), author, {"text": last, "buttons": list(buttons)}))
        ids.clear()
    flush()
    return found
