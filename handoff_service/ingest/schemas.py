"""A batch of tracker events. Events are read tolerantly: a poisoned one is answered, not a crash."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from handoff_service.sanitize import storable_json


class Batch(BaseModel):
    """Items are `{id, sender_id, event, reply_to, n}`; each is checked by itself."""

    events: list[Any] = Field(max_length=200)


class Result(BaseModel):
    id: Annotated[Any, BeforeValidator(storable_json)]  # as given, but for what cannot be sent
    status: Literal["stored", "duplicate", "rejected"]
    reason: str | None = None


class Results(BaseModel):
    results: list[Result]
