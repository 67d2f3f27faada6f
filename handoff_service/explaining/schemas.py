"""An explanation as it is read."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel


class Because(BaseModel):
    """`text` says in words what the `field` shows."""

    field: str
    text: str


class Matched(BaseModel):
    """A rule that matched; `name` is None where it has none."""

    rule: str
    name: str | None
    hands_over: bool
    because: list[Because]


class Nearest(BaseModel):
    """A rule that would hand over, and all that it lacks."""

    rule: str
    name: str | None
    missing: list[Because]


class TurnExplained(BaseModel):
    """`number` counts the customer's messages in the conversation from 1. The versions are those that the
    decision was made with; the same facts under the same rules give the same decision."""

    number: int
    id: str
    message_id: str
    sent_at: dt.datetime
    decision: Literal["stay", "handoff", "silent", "noted"]
    rule: str | None
    rules_version: int
    signals_version: str
    learned_version: int | None


class HandoffExplained(BaseModel):
    """`source`: `turn`, `ingest` (assessed late), `api` (a caller asked) or `desk` (an agent took over)."""

    id: str
    source: str
    rule: str | None
    requested_at: dt.datetime
    ended_at: dt.datetime | None


class ExplanationOut(BaseModel):
    """`sentence` tells a person why the conversation was handed over, or why not yet; the rest is what it is
    told from. `nearest` is empty after a handoff, `matched` where nothing was assessed."""

    conversation_id: str
    language: Literal["zh", "en"]
    sentence: str
    turn: TurnExplained | None
    handoff: HandoffExplained | None
    matched: list[Matched]
    nearest: list[Nearest]
