"""What WhatsApp's webhooks say, as a connector takes it. Pure; whatever is in a body, nothing here raises.

The shapes are those of Meta's "messages webhook reference"; `tests/assistant/test_whatsapp_reading.py` holds
them against pywa's reading of the same.
"""

import json
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from channels.provider import Incoming, Media

_FILES = ("image", "video", "audio", "document", "sticker")
_PERSON = re.compile(r"[A-Za-z0-9._+-]{1,150}")
_UNKNOWN_KEPT = 4_000  # characters of the JSON of what is not understood


@dataclass(frozen=True)
class Person:
    """Who writes: by the id that WhatsApp gives them for us, by their number, or by both."""

    user_id: str | None
    phone: str | None
    name: str | None = None

    def __bool__(self) -> bool:
        return bool(self.user_id or self.phone)


@dataclass(frozen=True)
class Renumbering:
    """The same person under another number, another id, or both."""

    old: Person
    new: Person


@dataclass(frozen=True)
class Status:
    """What became of a message of ours. `key`: what we sent it under. `at`: seconds since the epoch."""

    id: str
    state: str
    key: str | None
    code: int | None
    at: float | None


def values(body: Any) -> Iterator[dict[str, Any]]:
    """What each change of a batch says of messages."""
    for entry in _list(_dict(body).get("entry")):
        for change in _list(entry.get("changes")):
            if change.get("field") == "messages":
                yield _dict(change.get("value"))


def number_id(value: Mapping[str, Any]) -> str | None:
    """Which of the business's numbers it is about."""
    return _text(_dict(value.get("metadata")).get("phone_number_id"))


def messages(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each for each in _list(value.get("messages")) if _text(each.get("id"))]


def statuses(value: Mapping[str, Any]) -> list[Status]:
    return [
        Status(
            id=each["id"],
            state=str(each.get("status")),
            key=_text(each.get("biz_opaque_callback_data")),
            code=_code(each),
            at=time_of(each),
        )
        for each in _list(value.get("statuses"))
        if _text(each.get("id"))
    ]


def time_of(message: Mapping[str, Any]) -> float | None:
    """Seconds since the epoch."""
    given = str(message.get("timestamp", ""))
    return float(given) if given.isascii() and given.isdecimal() and len(given) < 12 else None


def sender(value: Mapping[str, Any], message: Mapping[str, Any]) -> Person:
    """Who wrote the message. Either name may be missing, and so may the contact that tells the rest."""
    user_id, phone = _person_id(message.get("from_user_id")), _person_id(message.get("from"))
    contacts = _list(value.get("contacts"))
    contact = next(
        (
            each
            for each in contacts
            if (user_id and each.get("user_id") == user_id) or (phone and each.get("wa_id") == phone)
        ),
        contacts[0] if len(contacts) == 1 else {},
    )
    return Person(
        user_id=user_id or _person_id(contact.get("user_id")),
        phone=phone or _person_id(contact.get("wa_id")),
        name=_text(_dict(contact.get("profile")).get("name")),
    )


def renumbering(message: Mapping[str, Any]) -> Renumbering | None:
    """Of a `system` message; None where it is about something else."""
    system = _dict(message.get("system"))
    if system.get("type") not in ("user_changed_number", "user_changed_user_id"):
        return None
    return Renumbering(
        old=Person(
            _person_id(system.get("previous_user_id")) or _person_id(message.get("from_user_id")),
            _person_id(message.get("from")),
        ),
        new=Person(
            _person_id(system.get("user_id")),
            _person_id(system.get("wa_id")) or _person_id(system.get("new_wa_id")),
        ),
    )


def original(message: Mapping[str, Any]) -> str | None:
    """Which message an `edit` or a `revoke` is about."""
    return _text(_dict(message.get(str(message.get("type")))).get("original_message_id"))


def edited(message: Mapping[str, Any]) -> str:
    """The words as they are now."""
    now = _dict(_dict(message.get("edit")).get("message"))
    content = _dict(now.get(str(now.get("type"))))
    return _text(content.get("body")) or _text(content.get("caption")) or ""


def reaction(message: Mapping[str, Any]) -> str:
    """The emoji; empty where one was taken away."""
    return _text(_dict(message.get("reaction")).get("emoji")) or ""


def reacted_to(message: Mapping[str, Any]) -> str | None:
    """Which message of ours."""
    return _text(_dict(message.get("reaction")).get("message_id"))


def next_page(answer: Mapping[str, Any]) -> str | None:
    """Where a list goes on; None at its end."""
    paging = _dict(answer.get("paging"))
    return _text(_dict(paging.get("cursors")).get("after")) if "next" in paging else None


def incoming(message: Mapping[str, Any]) -> Incoming:
    """Any message that says something itself."""
    kind = str(message.get("type"))
    content = _dict(message.get(kind))
    metadata: dict[str, Any] = {}
    if quoted := _text(_dict(message.get("context")).get("id")):
        metadata["quotes"] = quoted
    if kind in _FILES and (ref := _text(content.get("id"))):
        media = Media(ref, _file_name(kind, content), _text(content.get("mime_type")) or Media(ref).type)
        return Incoming(message["id"], _text(content.get("caption")) or "", media=[media], metadata=metadata)
    text, payload, shown = "", None, ""
    if kind == "text":
        text = _text(content.get("body")) or ""
    elif kind == "button":
        text, payload = _text(content.get("text")) or "", _text(content.get("payload"))
    elif kind == "interactive":
        chosen = _dict(content.get(str(content.get("type"))))
        text, payload = _text(chosen.get("title")) or "", _text(chosen.get("id"))
        shown = "" if text else _form(chosen)
    elif kind == "location":
        shown = _place(content)
    elif kind == "contacts":
        shown = "\n".join(_card(each) for each in _list(message.get("contacts")))
    elif kind == "order":
        text, shown = _text(content.get("text")) or "", _order(content)
        metadata["order"] = content
    if not (text or payload or shown):
        shown = f"（无法显示的 WhatsApp 消息 · A WhatsApp message that cannot be shown: {kind}）"
        metadata["unknown"] = json.dumps(message, ensure_ascii=False)[:_UNKNOWN_KEPT]
    if text and shown:
        text = f"{text}\n{shown}"
    return Incoming(message["id"], text, payload=payload, shown=shown, metadata=metadata)


def _file_name(kind: str, content: Mapping[str, Any]) -> str:
    if name := _text(content.get("filename")):
        return name
    plain = (_text(content.get("mime_type")) or "").partition(";")[0].strip()
    return f"{kind}{mimetypes.guess_extension(plain) or ''}"


def _place(content: Mapping[str, Any]) -> str:
    at = f"{content.get('latitude')},{content.get('longitude')}"
    named = [_text(content.get("name")), _text(content.get("address"))]
    return "\n".join(
        ["（位置 · Location）" + " · ".join(filter(None, named)), f"https://maps.google.com/?q={at}"]
    )


def _card(contact: Mapping[str, Any]) -> str:
    name = _text(_dict(contact.get("name")).get("formatted_name"))
    phones = [_text(each.get("phone")) for each in _list(contact.get("phones"))]
    emails = [_text(each.get("email")) for each in _list(contact.get("emails"))]
    return "（名片 · Contact）" + " · ".join(filter(None, [name, *phones, *emails]))


def _order(content: Mapping[str, Any]) -> str:
    items = [
        f"{each.get('product_retailer_id')} × {each.get('quantity')}"
        f" ({each.get('item_price')} {each.get('currency')})"
        for each in _list(content.get("product_items"))
    ]
    return "\n".join(["（订单 · Order）", *items])


def _form(content: Mapping[str, Any]) -> str:
    answers = _text(content.get("response_json"))
    return f"（表单 · Form）{answers}" if answers else ""


def _code(status: Mapping[str, Any]) -> int | None:
    codes = (error.get("code") for error in _list(status.get("errors")))
    return next((code for code in codes if isinstance(code, int)), None)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _person_id(value: Any) -> str | None:
    """It becomes part of names and addresses."""
    return value if isinstance(value, str) and _PERSON.fullmatch(value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _person_id(value: Any) -> str | None:
    """It becomes part of names and addresses."""
    return value if isinstance(value, str) and _PERSON.fullmatch(value) else None
