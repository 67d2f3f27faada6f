"""A batch of tracker events. Events are read tolerantly: a poisoned one is answered, not a crash."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class Batch(BaseModel):
    """Items are `{id, sender_id, event, reply_to, n}`; each is checked by itself."""

    events: list[Any] = Field(max_length=200)


class Result(BaseModel):
    id: Any
    status: Literal["stored", "duplicate", "rejected"]
    reason: str | None = None


class Results(BaseModel):
    results: list[Result]
