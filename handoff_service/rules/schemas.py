"""The rules as supervisors read them."""

from typing import Any

from pydantic import BaseModel


class RulesOut(BaseModel):
    """`source` is the text of the file, `rules` the same as plain values."""

    version: int
    source: str
    rules: list[dict[str, Any]]
