"""Customers, as they are stored and shown."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field

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


class CustomerIn(Body):
    """All of a customer: what is not given is empty afterwards."""

    name: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    tier: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    tags: Annotated[
        list[Annotated[Text, Field(min_length=1, max_length=64)]],
        Field(max_length=100),
        AfterValidator(_distinct),
    ] = Field(default_factory=list)
    identities: Annotated[list[IdentityIn], Field(max_length=100), AfterValidator(_each_once)] = Field(
        default_factory=list
    )


class CustomerOut(BaseModel):
    id: str
    name: str | None
    tier: str | None
    tags: list[str]
    identities: list[IdentityIn]

    @classmethod
    def of(cls, customer: Customer) -> Self:
        return cls.model_validate(
            {
                "id": customer.id,
                "name": customer.name,
                "tier": customer.tier,
                "tags": customer.tags,
                "identities": [
                    {"channel": identity.channel, "sender_id": identity.sender_id}
                    for identity in sorted(customer.identities, key=lambda each: each.sender_id)
                ],
            }
        )
