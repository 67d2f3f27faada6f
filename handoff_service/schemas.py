"""Building blocks of request bodies that people and programs of ours send."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the character NUL")
    return value


Text = Annotated[str, AfterValidator(_without_nul)]
"""Text that every database can hold. (Lone surrogates are refused by pydantic itself.)"""


class Body(BaseModel):
    """A request body; a misspelt field is an error rather than silently nothing."""

    model_config = ConfigDict(extra="forbid")


class Page[Item](BaseModel):
    """One page of a list; `next_cursor` is None on the last."""

    items: list[Item]
    next_cursor: str | None
