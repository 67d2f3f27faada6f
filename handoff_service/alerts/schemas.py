"""An alert as supervisors see it."""

import datetime as dt

from pydantic import BaseModel


class AlertOut(BaseModel):
    """`text` is what to tell, by language. `acknowledged_by` is an agent's id, None while it is open."""

    id: str
    conversation_id: str
    turn_id: str
    rule: str
    rules_version: int
    text: dict[str, str]
    at: dt.datetime
    acknowledged_by: str | None
    acknowledged_at: dt.datetime | None
