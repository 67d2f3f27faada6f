"""The audit as supervisors read it."""

import datetime as dt
from typing import Any

from pydantic import BaseModel


class AuditOut(BaseModel):
    """`actor` is `agent:<id>`, `assistant`, `customer`, `operator` (command line) or `service`."""

    id: str
    at: dt.datetime
    actor: str
    action: str
    conversation_id: str | None
    details: dict[str, Any]
    correlation_id: str | None
