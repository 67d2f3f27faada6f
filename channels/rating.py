"""A customer's answer to how satisfied they are with a human stretch: the card that the state tells of."""

from collections.abc import Mapping
from typing import Any

from channels.content import storable
from channels.desk import DeskAway, DeskRefuses
from channels.refusals import AlreadyRated, InvalidPayload, NotFound, TooLong, Unavailable
from channels.visits import Visits

MAX_COMMENT = 2000
_MAX_ID = 64


async def give_rating(visits: Visits, conversation: str, payload: Mapping[str, Any]) -> None:
    """Pass `{id, score, comment?}` on, once; `id` is that of the state's `rating`. Raises RefusedError."""
    rating_id, score = payload.get("id"), payload.get("score")
    known = isinstance(rating_id, str) and 1 <= len(rating_id) <= _MAX_ID
    if not known or storable(rating_id) != rating_id:
        raise InvalidPayload("`id` must be that of the open question")
    if type(score) is not int or not 1 <= score <= 5:
        raise InvalidPayload("`score` must be a whole number from 1 to 5")
    comment = payload.get("comment")
    if comment is not None and not isinstance(comment, str):
        raise InvalidPayload("`comment` must be a string")
    if comment is not None and len(comment) > MAX_COMMENT:
        raise TooLong(f"a comment may have {MAX_COMMENT:,} characters at most")
    body = {"id": rating_id, "score": score, "comment": storable(comment) if comment else None}
    try:
        await visits.rate(conversation, body)
    except DeskAway:
        raise Unavailable("this did not work just now; please try again", retry_after=2) from None
    except DeskRefuses as refusal:
        if refusal.status == 409:
            raise AlreadyRated("this has been rated already") from None
        raise NotFound("this question is not open any more") from None
