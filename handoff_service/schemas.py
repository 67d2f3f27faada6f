"""Building blocks of request bodies that people and programs of ours send."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from handoff_service.sanitize import storable


def _storable(value: str) -> str:
    if storable(value) != value:
        raise ValueError("must not contain NUL or lone surrogates")
    return value


STORABLE = AfterValidator(_storable)
"""Refuses text that not every database can hold. (A customer's words are mended instead.)"""
Text = Annotated[str, STORABLE]


class Body(BaseModel):
    """A request body; a misspelt field is an error rather than silently nothing."""

    model_config = ConfigDict(extra="forbid")


class Page[Item](BaseModel):
    """One page of a list; `next_cursor` is None on the last."""

    items: list[Item]
    next_cursor: str | None
