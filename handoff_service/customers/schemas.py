"""Customers, as they are stored and shown."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from handoff_service.blocks.schemas import BlockOut
from handoff_service.models import Customer
from handoff_service.schemas import Body, Text


class IdentityIn(Body):
    """A `sender_id` of a channel; it leads to one customer at most."""

    channel: Annotated[Text, Field(min_length=1, max_length=100)]
    sender_id: Annotated[Text, Field(min_length=1, max_length=500)]


def _each_once(identities: list[IdentityIn]) -> list[IdentityIn]:
    if len({identity.sender_id for identity in identities}) < len(identities):
        raise ValueError("a sender_id is listed twice")
    return identities


def _distinct(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Name = Annotated[Text, Field(min_length=1, max_length=200)]
Tier = Annotated[Text, Field(min_length=1, max_length=64)]
Tags = Annotated[
    list[Annotated[Text, Field(min_length=1, max_length=64)]],
    Field(max_length=100),
    AfterValidator(_distinct),
]
Language = Literal["zh", "en"]
"""What a new conversation begins in, until the customer writes in another."""


class CustomerIn(Body):
    """All of a customer: what is not given is empty afterwards."""

    name: Name | None = None
    tier: Tier | None = None
    tags: Tags = Field(default_factory=list)
    language: Language | None = None
    identities: Annotated[list[IdentityIn], Field(max_length=100), AfterValidator(_each_once)] = Field(
        default_factory=list
    )


class CustomerOut(BaseModel):
    id: str
    name: str | None
    tier: str | None
    tags: list[str]
    language: str | None
    identities: list[IdentityIn]

    @classmethod
    def of(cls, customer: Customer) -> Self:
        return cls.model_validate(
            {
                "id": customer.id,
                "name": customer.name,
                "tier": customer.tier,
                "tags": customer.tags,
                "language": customer.language,
                "identities": [
                    {"channel": identity.channel, "sender_id": identity.sender_id}
                    for identity in sorted(customer.identities, key=lambda each: each.sender_id)
                ],
            }
        )


class ProfileChange(Body):
    """What is given is changed, null empties it; the rest stays."""

    name: Name | None = None
    tier: Tier | None = None
    tags: Tags = Field(default_factory=list)
    language: Language | None = None


class Known(BaseModel):
    """Somebody has written down who they are."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str | None
    tier: str | None
    tags: list[str]
    language: str | None


class Earlier(BaseModel):
    """`outcome`, `category` (its names by language) and `agent` are those of its last handoff."""

    id: str
    channel: str
    status: Literal["open", "snoozed", "resolved"]
    created_at: dt.datetime
    resolved_at: dt.datetime | None
    outcome: str | None
    category: dict[str, str] | None
    agent: str | None
    rating: int | None


class Given(BaseModel):
    """How satisfied the customer was, 1 to 5, with a stretch that the agent ended."""

    conversation_id: str
    agent: str
    score: int
    comment: str | None
    at: dt.datetime


class Rights(BaseModel):
    """What the caller may do here; `tier` needs `edit` too."""

    edit: bool
    tier: bool
    block: bool
    unblock: bool


class Profile(BaseModel):
    """`customer` is None for a visitor nobody knows; `earlier` and `ratings` newest first, 20 at most."""

    customer: Known | None
    identities: list[IdentityIn]
    block: BlockOut | None
    earlier: list[Earlier]
    ratings: list[Given]
    may: Rights
