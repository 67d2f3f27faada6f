"""Agents, as they are shown, made and changed."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from handoff_service.models import Agent
from handoff_service.schemas import Body, Text

Presence = Literal["online", "away", "offline"]
Role = Literal["agent", "supervisor", "admin"]


def _distinct(skills: list[str]) -> list[str]:
    return list(dict.fromkeys(skills))


Name = Annotated[Text, Field(min_length=1, max_length=100)]
Email = Annotated[Text, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Password = Annotated[Text, Field(min_length=8, max_length=200)]
Skill = Annotated[Text, Field(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$")]
Skills = Annotated[list[Skill], Field(max_length=50), AfterValidator(_distinct)]
Capacity = Annotated[int, Field(ge=0, le=100)]


class AgentOut(BaseModel):
    """`invited`: they have not set a password yet, and cannot log in. `presence_since` is unknown (null)
    until the presence changes for the first time. `idled_at`: set to away then because nothing was heard of
    them or their desk was closed; the next thing they do brings them back."""

    id: str
    name: str
    email: str
    role: Role
    skills: list[str]
    capacity: int
    presence: Presence
    presence_since: dt.datetime | None
    idled_at: dt.datetime | None
    team_id: str | None
    active: bool
    invited: bool

    @classmethod
    def of(cls, agent: Agent) -> Self:
        return cls.model_validate(agent, from_attributes=True)


class ColleagueOut(BaseModel):
    """What agents see of each other. `has_room`: one conversation more is within their capacity."""

    id: str
    name: str
    presence: Presence
    skills: list[str]
    team_id: str | None
    has_room: bool

    @classmethod
    def of(cls, agent: Agent, *, load: int) -> Self:
        shown = {name: getattr(agent, name) for name in ("id", "name", "presence", "skills", "team_id")}
        return cls.model_validate({**shown, "has_room": load < agent.capacity})


class GiveTo(Body):
    give_to: Annotated[Text, Field(min_length=1, max_length=64)]


Parting = Literal["keep", "requeue"] | GiveTo
"""What becomes of an agent's open conversations when they leave."""


class PresenceIn(Body):
    """Who leaves may say what becomes of their open conversations: kept, back to the queue, or all to a
    colleague. Unsaid, they go back to the queue some minutes after the agent went offline."""

    status: Presence
    conversations: Parting | None = None

    @model_validator(mode="after")
    def _on_leaving(self) -> Self:
        if self.conversations is not None and self.status == "online":
            raise ValueError("conversations are passed on by who leaves; name away or offline")
        return self


class AgentIn(Body):
    """A new agent. Only admins make supervisors and admins. Without a password they set it themselves, by
    an invitation."""

    email: Email
    name: Name
    password: Password | None = None
    role: Role = "agent"
    skills: Skills = Field(default_factory=list)
    capacity: Capacity = 5


class AgentChange(Body):
    """Only what is given changes. `conversations`: what becomes of those of an agent who is deactivated;
    unsaid, they go back to the queue. Kept, they stay until the customer has waited too long."""

    name: Name | None = None
    skills: Skills | None = None
    capacity: Capacity | None = None
    role: Role | None = None
    active: bool | None = None
    password: Password | None = None
    conversations: Parting | None = None

    @model_validator(mode="after")
    def _on_leaving(self) -> Self:
        if self.conversations is not None and self.active is not False:
            raise ValueError("conversations are passed on by who is deactivated; set active to false")
        return self
