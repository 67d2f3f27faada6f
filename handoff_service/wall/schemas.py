"""The wall as supervisors see it."""

import datetime as dt
from typing import Self

from pydantic import BaseModel

from handoff_service.agents.schemas import Presence
from handoff_service.models import Agent
from handoff_service.turns.schemas import Assignee


class LevelOut(BaseModel):
    """The share of handoffs first answered in time is `in_time` of `counted`; no share where none counts."""

    in_time: int
    counted: int


class Figures(BaseModel):
    """`longest_wait_since`: when the one that waits longest came into the queue. `load` of `capacity`: what
    the agents who are online hold open, and could at most. `handled`: held open by anybody."""

    waiting: int
    longest_wait_since: dt.datetime | None
    online: int
    away: int
    load: int
    capacity: int
    handled: int
    snoozed: int
    last_hour: LevelOut
    today: LevelOut


class TeamFigures(Figures):
    """`team` is null for what is no team's."""

    team: Assignee | None


class AgentState(BaseModel):
    """`since`: when the presence last changed, where that is known."""

    id: str
    name: str
    team_id: str | None
    presence: Presence
    since: dt.datetime | None
    load: int
    snoozed: int
    capacity: int

    @classmethod
    def of(cls, agent: Agent, *, load: int, snoozed: int) -> Self:
        shown = {name: getattr(agent, name) for name in ("id", "name", "team_id", "presence", "capacity")}
        return cls.model_validate({**shown, "since": agent.presence_since, "load": load, "snoozed": snoozed})


class HourOut(BaseModel):
    """`handoffs`: asked for in the hour that began at `at`."""

    at: dt.datetime
    handoffs: int


class WallOut(BaseModel):
    """`teams` is empty where there are none. `agents`: who is online or away, and who holds something."""

    at: dt.datetime
    answer_target_seconds: float
    total: Figures
    teams: list[TeamFigures]
    agents: list[AgentState]
    hours: list[HourOut]
