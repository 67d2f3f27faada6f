"""Ratings, as they are given and shown."""

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints

from handoff_service.models import Rating
from handoff_service.schemas import STORABLE, Body
from handoff_service.turns.schemas import Assignee

Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), STORABLE]


class RatingIn(Body):
    """The answer to the open question `id`; `score` from 1 (very dissatisfied) to 5 (very satisfied)."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]
    score: Annotated[int, Field(ge=1, le=5)]
    comment: Comment | None = None


class RatingOut(BaseModel):
    """`agent` held the conversation last in the stretch that is rated."""

    id: str
    handoff_id: str
    conversation_id: str
    channel: str
    agent: Assignee
    score: int
    comment: str | None
    at: dt.datetime

    @classmethod
    def of(cls, rating: Rating, agent_name: str) -> Self:
        return cls.model_validate(
            {
                "id": rating.id,
                "handoff_id": rating.handoff_id,
                "conversation_id": rating.conversation_id,
                "channel": rating.channel,
                "agent": {"id": rating.agent_id, "name": agent_name},
                "score": rating.score,
                "comment": rating.comment,
                "at": rating.rated_at,
            }
        )


class Satisfaction(BaseModel):
    """`average` is null where nobody answered. `scores`: how many gave 1, 2, 3, 4 and 5."""

    asked: int
    answered: int
    average: float | None
    scores: list[int]


class SatisfactionOf(Satisfaction):
    """`name` and `id` are null for agents without a team; of a channel, `id` is what it is called."""

    id: str | None
    name: str | None


class SatisfactionOut(Satisfaction):
    """All together, and by agent, by team (the one they are in now) and by channel; each by name."""

    agents: list[SatisfactionOf]
    teams: list[SatisfactionOf]
    channels: list[SatisfactionOf]
