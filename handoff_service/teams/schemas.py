"""Teams, as they are shown, made and changed."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from handoff_service.agents.schemas import Name, Skills
from handoff_service.schemas import Body, Text
from handoff_service.turns.schemas import Assignee

Id = Annotated[Text, Field(min_length=1, max_length=64)]
Members = Annotated[
    list[Id], Field(max_length=500), AfterValidator(lambda members: list(dict.fromkeys(members)))
]


class TeamOut(BaseModel):
    """`skills` say which waiting conversations are the team's own; `members` by name, the lead among them."""

    id: str
    name: str
    skills: list[str]
    lead: Assignee | None
    members: list[Assignee]


class TeamIn(Body):
    """Who becomes a member leaves the team they were in. The lead is a member."""

    name: Name
    skills: Skills = Field(default_factory=list)
    lead_id: Id | None = None
    member_ids: Members = Field(default_factory=list)


class TeamChange(Body):
    """Only what is given changes; `"lead_id": null` leaves the team without a lead."""

    name: Name | None = None
    skills: Skills | None = None
    lead_id: Id | None = None
    member_ids: Members | None = None
