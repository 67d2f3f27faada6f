"""Closing categories, as they are given and shown."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from handoff_service.agents.schemas import Skill
from handoff_service.schemas import STORABLE, Body

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), STORABLE]
CategoryId = Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]


def _distinct(topics: list[str]) -> list[str]:
    return list(dict.fromkeys(topics))


Topics = Annotated[list[Skill], Field(max_length=20), AfterValidator(_distinct)]
"""What conversations it is for: topics as the rules know them (refund, fraud, loan …) or skills."""


class Names(Body):
    """By language; one of them at least."""

    zh: Name | None = None
    en: Name | None = None

    @model_validator(mode="after")
    def _one_at_least(self) -> Self:
        if self.zh is None and self.en is None:
            raise ValueError("give the name in one language at least")
        return self


class CategoryIn(Body):
    """A new category, below `parent_id` or at the top, behind the others there."""

    parent_id: CategoryId | None = None
    names: Names
    topics: Topics = Field(default_factory=list)


class CategoryChange(Body):
    """What is given changes. `parent_id`: below which it is from now on, with all that is below it; null for
    the top. `position` is among those with the same parent, from 0; who moves without one comes last."""

    parent_id: CategoryId | None = None
    names: Names | None = None
    topics: Topics | None = None
    active: bool | None = None
    position: Annotated[int, Field(ge=0, le=1000)] | None = None


class CategoryOut(BaseModel):
    """`usable`: it and all above it are active. `used`: a conversation has been closed with it."""

    id: str
    parent_id: str | None
    level: int
    names: dict[str, str]
    topics: list[str]
    active: bool
    usable: bool
    used: bool


class ClosingSuggestion(BaseModel):
    """What the closing form begins with; None where the conversation does not say what it is about."""

    category_id: str | None
