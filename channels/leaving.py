"""Leaving a message: the words and an address go to the handoff service, not to Rasa."""

from collections.abc import Mapping
from typing import Any

from channels.content import storable
from channels.desk import DeskAway, DeskRefuses
from channels.durable import DurableInput
from channels.refusals import Blocked, InvalidContact, InvalidPayload, SlowDown, Unavailable, WithAgent
from channels.store import Accepted
from channels.taking import admit, client_id_of, text_of
from channels.visits import Visits

_FIELDS = ("email", "phone", "name")
_LANGUAGES = ("zh", "en")
_LATER_SECONDS = 600  # the service takes five an hour


async def leave_message(
    channel: DurableInput, visits: Visits, conversation: str, payload: Mapping[str, Any]
) -> Accepted:
    """`{client_id, text, email? | phone?, name?, language?}`; the same client id again is answered the same.

    The service has it when this returns, and the timeline shows it.
    """
    client_id = client_id_of(payload)
    message_id = f"left:{client_id}"
    number = channel.store.number_of(conversation, message_id)
    if number is not None:
        return Accepted(message_id, number, new=False)
    body: dict[str, Any] = {"client_id": client_id, "channel": channel.name(), "text": text_of(payload)}
    for field in _FIELDS:
        given = payload.get(field)
        if given is not None and not isinstance(given, str):
            raise InvalidPayload(f"`{field}` must be a string")
        body[field] = None if given is None else storable(given)
    if payload.get("language") in _LANGUAGES:
        body["language"] = payload["language"]
    admit(channel, conversation)
    await _pass_on(visits, conversation, body)
    shown = {"author": "customer", "client_id": client_id, "text": body["text"]}
    await channel.say(conversation, message_id, shown)
    return Accepted(message_id, channel.store.number_of(conversation, message_id) or 0, new=True)


async def _pass_on(visits: Visits, conversation: str, body: dict[str, Any]) -> None:
    try:
        await visits.leave_message(conversation, body)
    except DeskAway:
        raise Unavailable("this did not work just now; please try again", retry_after=2) from None
    except DeskRefuses as refusal:
        if refusal.status == 400:
            raise InvalidContact("an e-mail address or a telephone number is needed") from None
        if refusal.kind == "customer-blocked":
            raise Blocked("you cannot leave a message here for now") from None
        if refusal.status == 409:
            raise WithAgent("a colleague is here; just write to them") from None
        if refusal.status == 429:
            raise SlowDown("enough messages for now", retry_after=_LATER_SECONDS) from None
        raise InvalidPayload("the message was not accepted") from None
