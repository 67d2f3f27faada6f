"""Canned answers, as they are given and shown."""

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from handoff_service.models import CannedAnswer
from handoff_service.schemas import STORABLE, Body

MAX_TEXT = 5_000
SHORTCUT = r"^[\w-]+$"  # a word as it is typed after "/", in any script

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), STORABLE]
Category = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), STORABLE]
Shortcut = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=32, pattern=SHORTCUT),
    STORABLE,
]
CannedText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S"), STORABLE]


class CannedTexts(Body):
    """By language; one of them at least."""

    zh: CannedText | None = None
    en: CannedText | None = None

    @model_validator(mode="after")
    def _one_at_least(self) -> Self:
        if self.zh is None and self.en is None:
            raise ValueError("give the text in one language at least")
        return self


class CannedIn(Body):
    """All of a canned answer. `shared` ones are everybody's, and supervisors' to change."""

    shared: bool = False
    category: Category = ""
    title: Title
    shortcut: Shortcut | None = None
    texts: CannedTexts


class CannedOut(BaseModel):
    id: str
    shared: bool
    category: str
    title: str
    shortcut: str | None
    texts: dict[str, str]
    created_at: dt.datetime
    updated_at: dt.datetime

    @classmethod
    def of(cls, answer: CannedAnswer) -> Self:
        return cls(
            id=answer.id,
            shared=answer.owner_id is None,
            category=answer.category,
            title=answer.title,
            shortcut=answer.shortcut,
            texts=answer.texts,
            created_at=answer.created_at,
            updated_at=answer.updated_at,
        )


class VariableOut(BaseModel):
    """What a text may leave open, written `{{name}}`."""

    name: Annotated[str, Field(examples=["customer.name"])]
