"""Putting the wall together: everything as of one moment, from one look at the database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from handoff_service.hours.service import calendar
from handoff_service.models import Agent, Conversation
from handoff_service.settings import Settings
from handoff_service.teams import queue as team_queue
from handoff_service.turns.schemas import Assignee
from handoff_service.wall import repository
from handoff_service.wall.figures import HOUR, Asked, by_hour, level, midnight
from handoff_service.wall.schemas import AgentState, Figures, HourOut, LevelOut, TeamFigures, WallOut


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is counted; narrowed to a team by `of`."""

    now: dt.datetime
    midnight: dt.datetime
    target: dt.timedelta
    conversations: Sequence[tuple[str | None, Conversation]]  # each with its team
    agents: Sequence[Agent]  # active ones to whom conversations are assigned
    handoffs: Sequence[Asked]

    def of(self, team_id: str | None) -> "_Seen":
        return _Seen(
            self.now,
            self.midnight,
            self.target,
            [pair for pair in self.conversations if pair[0] == team_id],
            [agent for agent in self.agents if agent.team_id == team_id],
            [asked for asked in self.handoffs if asked.team_id == team_id],
        )

    def figures(self) -> Figures:
        conversations = [conversation for _, conversation in self.conversations]
        waiting = [each for each in conversations if each.owner == "queue"]
        held = [each for each in conversations if each.owner == "agent"]
        online = {agent.id: agent for agent in self.agents if agent.presence == "online"}
        hour_ago = self.now - HOUR
        return Figures(
            waiting=len(waiting),
            longest_wait_since=min((each.queued_at for each in waiting if each.queued_at), default=None),
            online=len(online),
            away=sum(agent.presence == "away" for agent in self.agents),
            load=sum(each.status == "open" and each.assignee_id in online for each in held),
            capacity=sum(agent.capacity for agent in online.values()),
            handled=sum(each.status == "open" for each in held),
            snoozed=sum(each.status == "snoozed" for each in held),
            last_hour=LevelOut(**asdict(level(self.handoffs, hour_ago, self.now, self.target))),
            today=LevelOut(**asdict(level(self.handoffs, self.midnight, self.now, self.target))),
        )


def look(session: Session, settings: Settings, now: dt.datetime) -> WallOut:
    teams = team_queue.known(session)
    begun = midnight(now, calendar(session, settings).zone)
    everybody = {agent.id: agent for agent in repository.agents(session)}
    outside = settings.outside_channels
    with_people = repository.with_people(session, outside)
    conversations = [(team_queue.of(session, each, teams), each) for each in with_people]
    team_of = {conversation.id: team_id for team_id, conversation in conversations}
    handoffs = [
        Asked(
            each.requested_at,
            each.answered_at,
            each.ended_at,
            everybody[each.agent_id].team_id
            if each.agent_id in everybody
            else team_of.get(each.conversation_id),
        )
        for each in repository.asked_since(session, min(begun, now - HOUR), outside)
    ]
    staff = [agent for agent in everybody.values() if agent.active and agent.role == "agent"]
    seen = _Seen(now, begun, settings.answer_target, conversations, staff, handoffs)
    parts = [(Assignee(id=team.id, name=team.name), seen.of(team.id)) for team in teams]
    rest = [(None, seen.of(None))] if teams else []
    return WallOut(
        at=now,
        answer_target_seconds=settings.answer_target.total_seconds(),
        total=seen.figures(),
        teams=[TeamFigures(team=team, **part.figures().model_dump()) for team, part in (*parts, *rest)],
        agents=_agents(list(everybody.values()), [conversation for _, conversation in conversations]),
        hours=[HourOut(at=at, handoffs=number) for at, number in by_hour(handoffs, begun, now)],
    )


def _agents(agents: Sequence[Agent], conversations: Sequence[Conversation]) -> list[AgentState]:
    held: dict[str, list[Conversation]] = {}
    for conversation in conversations:
        if conversation.assignee_id is not None:
            held.setdefault(conversation.assignee_id, []).append(conversation)
    return [
        AgentState.of(
            agent,
            load=sum(each.status == "open" for each in held.get(agent.id, ())),
            snoozed=sum(each.status == "snoozed" for each in held.get(agent.id, ())),
        )
        for agent in agents
        if agent.id in held or (agent.active and agent.role == "agent" and agent.presence != "offline")
    ]
