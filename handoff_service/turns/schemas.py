"""The turn as the assistant posts it, and the answer."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from handoff_service.sanitize import storable


def _storable(value: object) -> object:
    return storable(value) if isinstance(value, str) else value


StorableText = Annotated[str, BeforeValidator(_storable)]


def _in_utc(value: dt.datetime) -> dt.datetime:
    try:
        return value.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""Also at the edges of time, where the offset would lead beyond what a date can be."""
SenderId = Annotated[StorableText, Field(min_length=1, max_length=500)]


class TurnIn(BaseModel):
    """`signals` is read tolerantly: a broken signal costs that signal, not the turn."""

    model_config = ConfigDict(extra="ignore")

    sender_id: SenderId
    channel: Annotated[StorableText, Field(min_length=1, max_length=100)]
    message_id: Annotated[StorableText, Field(min_length=1, max_length=200)]
    sent_at: Moment
    text: StorableText
    attachments: list[Annotated[StorableText, Field(max_length=64)]] = []  # ids of the customer's files
    signals: dict[str, Any] = {}
    tail: list[Any] = []


class Assignee(BaseModel):
    id: str
    name: str


class HandoffOut(BaseModel):
    """`notice` is the complete text for the customer, in their language."""

    id: str
    owner: Literal["queue", "agent"]
    assignee: Assignee | None
    position: int | None
    estimated_wait_seconds: int | None
    notice: str


class TurnOut(BaseModel):
    """`stay`: the bot answers. `handoff`: it tells the notice and falls silent. `silent`: somebody else has
    it, or nobody serves this customer. `noted`: the bot has it, and these words want no answer."""

    decision: Literal["stay", "handoff", "silent", "noted"]
    turn_id: str
    conversation_id: str
    epoch: int
    reasons: list[dict[str, Any]]
    rule: str | None
    rules_version: int
    handoff: HandoffOut | None


def at_utc(timestamp: float) -> dt.datetime:
    """A Rasa timestamp (seconds since 1970) as a time. Raises ValueError or OverflowError for nonsense."""
    return dt.datetime.fromtimestamp(timestamp, dt.UTC)
