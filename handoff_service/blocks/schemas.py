"""Blocks, as they are asked for and shown."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from handoff_service.schemas import STORABLE, Body
from handoff_service.turns.schemas import Moment

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE]


class BlockIn(Body):
    """Without `until` it stands until somebody lifts it."""

    reason: Reason
    until: Moment | None = None


class BlockOut(BaseModel):
    """`customer_id`, or the `sender_id` of a visitor nobody knows. `blocked_by`: as in the audit."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    customer_id: str | None
    sender_id: str | None
    reason: str
    until: dt.datetime | None
    blocked_by: str
    blocked_at: dt.datetime
