"""Taking a customer's message: what it may look like, how fast they may come, and what Rasa gets of it."""

import re
from collections.abc import Mapping
from typing import Any

from channels.content import as_plain_words, is_command, storable
from channels.durable import DurableInput
from channels.refusals import EmptyMessage, InvalidPayload, NotFound, SlowDown, TooLong
from channels.store import Accepted

MAX_TEXT = 10_000
MAX_CLIENT_ID = 64
# Faster than anybody types, slower than a script: bursts of short lines pass, a flood does not.
RATE_MESSAGES, RATE_SECONDS = 20, 10.0
# While Rasa is away a customer's messages wait on disk; more than this is no conversation any more.
MAX_BACKLOG = 50
MAX_ATTACHMENTS = 10
# Rasa gets an intent for a file without words, so that nothing is guessed; a customer cannot type it, since
# `as_plain_words` keeps every slash of theirs from being read as one.
WITHOUT_WORDS = "/send_attachment"
_CLIENT_ID = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")


async def take_message(channel: DurableInput, conversation: str, payload: Mapping[str, Any]) -> Accepted:
    """Put `{client_id, text}` or `{client_id, payload}` into the inbox; once it returns it is on disk.
    `attachments`, ids of files that this customer has uploaded, go with a text or without one.

    The same client id again is answered the same, whatever else is in it. Text that begins with a slash,
    which Rasa would obey as an intent, goes on as plain words, unless it is the payload of a button that this
    customer has been shown: then the timeline shows what the customer pressed, not what it stands for.
    """
    client_id = client_id_of(payload)
    attached = _attachment_ids(payload)
    given = payload.get("text")
    wordless = attached and (given is None or (isinstance(given, str) and not given.strip()))
    text = "" if wordless else text_of(payload, "text" if payload.get("payload") is None else "payload")
    accepted = channel.store.accepted(conversation, client_id)
    if accepted is not None:
        return accepted
    admit(channel, conversation)
    if attached:
        files = [_uploaded(channel, conversation, each) for each in attached]
        return await channel.accept(
            conversation,
            client_id,
            as_plain_words(text) or WITHOUT_WORDS,
            shown=text,
            metadata={"attachments": files},
        )
    pressed = payload.get("payload") is not None or is_command(text)
    title = channel.store.offered_title(conversation, text.strip()) if pressed else None
    return await channel.accept(
        conversation,
        client_id,
        text.strip() if title is not None else as_plain_words(text),
        shown=text if title is None else title,
        metadata={} if title is None else {"button_title": title},
    )


def admit(channel: DurableInput, conversation: str) -> None:
    """Raises SlowDown for a customer whose messages come faster than they can be meant."""
    if channel.store.accepted_within(conversation, RATE_MESSAGES, RATE_SECONDS):
        raise SlowDown("too many messages at once; please wait a few seconds", retry_after=int(RATE_SECONDS))
    if channel.store.backlog(conversation) >= MAX_BACKLOG:
        raise SlowDown("your earlier messages are still being handled; please wait", retry_after=5)


def client_id_of(payload: Mapping[str, Any]) -> str:
    client_id = payload.get("client_id")
    if (
        not isinstance(client_id, str)
        or len(client_id) > MAX_CLIENT_ID
        or not _CLIENT_ID.fullmatch(client_id)
    ):
        raise InvalidPayload(f"`client_id` must be 1 to {MAX_CLIENT_ID} printable characters")
    return client_id


def _attachment_ids(payload: Mapping[str, Any]) -> list[str]:
    given = payload.get("attachments")
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise InvalidPayload("`attachments` must be a list of ids")
    if len(given) > MAX_ATTACHMENTS:
        raise TooLong(f"a message may have {MAX_ATTACHMENTS} files at most")
    return list(dict.fromkeys(given))


def _uploaded(channel: DurableInput, conversation: str, upload_id: str) -> dict[str, Any]:
    found = channel.store.upload(conversation, upload_id)
    if found is None:
        raise NotFound("there is no such upload; please send the file again")
    return found


def text_of(payload: Mapping[str, Any], name: str = "text") -> str:
    text = payload.get(name)
    if not isinstance(text, str):
        raise InvalidPayload("`text` must be a string")
    if len(text) > MAX_TEXT:
        raise TooLong(f"a message may have {MAX_TEXT:,} characters at most; this one has {len(text):,}")
    if not text.strip():
        raise EmptyMessage("the message is empty")
    return storable(text)
