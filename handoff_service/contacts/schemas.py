"""What is left with a message, and what is told of the customer's coming and going."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from handoff_service.conversations.schemas import ContactHint
from handoff_service.schemas import STORABLE, Body
from handoff_service.turns.schemas import StorableText

# They turn what stands behind a name around, wherever it is shown.
_DIRECTIONS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _one_line(value: str) -> str:
    plain = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in value)
    plain = plain.translate(_DIRECTIONS)
    return " ".join(plain.split())


class LeftMessage(Body):
    """`email` or `phone` must be there; both are checked by the service, which says which of them
    is wrong."""

    client_id: Annotated[str, Field(min_length=1, max_length=64), STORABLE]
    channel: Annotated[StorableText, Field(min_length=1, max_length=100)]
    text: Annotated[StorableText, Field(min_length=1, max_length=10_000, pattern=r"\S")]
    email: Annotated[StorableText, Field(max_length=320)] | None = None
    phone: Annotated[StorableText, Field(max_length=64)] | None = None
    name: Annotated[StorableText, Field(max_length=100), AfterValidator(_one_line)] | None = None
    language: Literal["zh", "en"] | None = None


class LeftMessageOut(BaseModel):
    conversation_id: str
    message_id: str
    contact: ContactHint | None


class PresenceOfCustomer(Body):
    connected: bool


class ContactOut(BaseModel):
    name: str | None
    email: str | None
    phone: str | None
