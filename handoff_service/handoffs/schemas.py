"""A handoff that a caller outside a turn asks for."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from handoff_service.conversations.schemas import Mark
from handoff_service.schemas import Body
from handoff_service.turns.schemas import Assignee, SenderId, StorableText


class HandoffIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sender_id: SenderId
    channel: Annotated[StorableText, Field(min_length=1, max_length=100)]
    reason: Annotated[StorableText, Field(max_length=2000)] | None = None
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    skills: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=20)] = []
    language: Literal["zh", "en"] | None = None


class MarkIn(Body):
    mark: Mark


class HandoffRequested(BaseModel):
    id: str
    conversation_id: str
    owner: Literal["bot", "queue", "agent"]
    assignee: Assignee | None
    position: int | None
    estimated_wait_seconds: int | None
