"""Approved templates: which ones an agent can fill in, and how one is sent. Pure.

An agent fills in the numbered variables of the text. Templates that want more (a picture in the head, a code
behind a button, named variables) are not offered.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from channels.answers import rows

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def usable(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Of what `message_templates` lists, each `{name, language, body}`."""
    offered = []
    for each in found:
        components = {str(part.get("type")): part for part in rows(each, "components")}
        body = components.get("BODY", {}).get("text")
        if (
            all(isinstance(text, str) for text in (each.get("name"), each.get("language"), body))
            and each.get("status") == "APPROVED"
            and each.get("category") != "AUTHENTICATION"
            and is_fillable(body)
            and not any(_wants_more(part) for kind, part in components.items() if kind != "BODY")
        ):
            offered.append({"name": each["name"], "language": each["language"], "body": body})
    return offered


def is_fillable(body: str) -> bool:
    """Whether the variables are {{1}} to {{n}}, none left out."""
    names = set(_VARIABLE.findall(body))
    return bool(body) and names == {str(number) for number in range(1, len(names) + 1)}


def request(template: Mapping[str, Any]) -> dict[str, Any]:
    """Of `{name, language, variables}`."""
    content: dict[str, Any] = {"name": template["name"], "language": {"code": template["language"]}}
    if template["variables"]:
        parameters = [{"type": "text", "text": value} for value in template["variables"]]
        content["components"] = [{"type": "body", "parameters": parameters}]
    return {"type": "template", "template": content}


def _wants_more(part: Mapping[str, Any]) -> bool:
    """Whether it cannot be sent without something that no agent is asked for."""
    if part.get("type") == "HEADER" and part.get("format", "TEXT") != "TEXT":
        return True
    if part.get("type") not in ("HEADER", "FOOTER", "BUTTONS"):
        return True
    buttons = rows(part, "buttons")
    texts = [part.get("text", ""), *(button.get("url", "") for button in buttons)]
    codes = any(button.get("type") in ("OTP", "COPY_CODE", "FLOW") for button in buttons)
    return codes or any(_VARIABLE.search(str(text)) for text in texts)
