"""One shipped event, checked: what the rest of ingest may rely on."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from handoff_service.sanitize import storable, storable_json

WITHOUT_WORDS = "/send_attachment"
"""What a channel hands to Rasa for a file that came without words: an intent, so that nothing is guessed. A
customer who types it is not meant; the channels put a mark before every slash of theirs."""


class Poisoned(ValueError):
    """The event cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Event:
    """`reply_to` and `n` name a bot event's place in its turn, so a turn handled twice is stored once."""

    sender_id: str
    kind: str
    sent_at: dt.datetime
    body: dict[str, Any]
    reply_to: str | None
    n: int | None

    @property
    def text(self) -> str:
        text = self.body.get("text")
        return text if isinstance(text, str) else ""

    @property
    def words(self) -> str:
        """The customer's own: of a pressed button the words on it, not the intent that they stand for; where
        there are none, what the channel shows in their place."""
        title, shown = self.metadata.get("button_title"), self.metadata.get("shown")
        if self.text == WITHOUT_WORDS:
            return shown if isinstance(shown, str) else ""
        return title if self.text.startswith("/") and isinstance(title, str) else self.text

    @property
    def attachments(self) -> list[str]:
        """Ids of the customer's files that came with the message."""
        given = self.metadata.get("attachments")
        ids = [each.get("id") for each in given if isinstance(each, dict)] if isinstance(given, list) else []
        return [each for each in ids if isinstance(each, str)]

    @property
    def metadata(self) -> dict[str, Any]:
        metadata = self.body.get("metadata")
        return metadata if isinstance(metadata, dict) else {}

    @property
    def message_id(self) -> str | None:
        message_id = self.body.get("message_id")
        return message_id if isinstance(message_id, str) and message_id else None

    @property
    def intent(self) -> dict[str, Any]:
        parse_data = self.body.get("parse_data")
        intent = parse_data.get("intent") if isinstance(parse_data, dict) else None
        return intent if isinstance(intent, dict) else {}


def parse(item: Any) -> Event:
    """Raises `Poisoned`."""
    if not isinstance(item, dict):
        raise Poisoned("an item of a batch must be an object")
    sender_id, body = item.get("sender_id"), item.get("event")
    if not isinstance(sender_id, str) or not 1 <= len(sender_id) <= 500:
        raise Poisoned("sender_id must be a text of 1 to 500 characters")
    if not isinstance(body, dict) or not isinstance(body.get("event"), str):
        raise Poisoned("event must be an object with a type in `event`")
    reply_to, n = item.get("reply_to"), item.get("n")
    message_id = body.get("message_id")
    if isinstance(message_id, str) and len(message_id) > 200:
        raise Poisoned("message_id is longer than 200 characters")
    return Event(
        sender_id=storable(sender_id),
        kind=body["event"],
        sent_at=_time(body.get("timestamp")),
        body=storable_json(body),
        reply_to=storable(reply_to) if isinstance(reply_to, str) else None,
        n=n if isinstance(n, int) and not isinstance(n, bool) else None,
    )


def _time(timestamp: Any) -> dt.datetime:
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float) or not math.isfinite(timestamp):
        raise Poisoned("timestamp must be a number of seconds since 1970")
    try:
        return dt.datetime.fromtimestamp(timestamp, dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Poisoned(f"timestamp is out of range: {error}") from error
