"""What may happen to a team: each change is its row, an audit entry and a stream event in one unit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from handoff_service.agents.record import record
from handoff_service.errors import Conflict, NotFound, Unprocessable
from handoff_service.models import Agent, Team
from handoff_service.routing_service import assign_waiting
from handoff_service.teams import repository
from handoff_service.teams.schemas import TeamChange, TeamIn, TeamOut
from handoff_service.turns.schemas import Assignee
from handoff_service.unit import Unit


class TeamNotFound(NotFound):
    title = "There is no such team"


class NameTaken(Conflict):
    title = "There is a team with this name already"


def views(session: Session) -> list[TeamOut]:
    """All teams by name, with their active members."""
    members = repository.members(session)
    return [_view(team, members) for team in repository.all_teams(session)]


def view(session: Session, team: Team) -> TeamOut:
    return _view(team, repository.members(session, team.id))


def create(unit: Unit, given: TeamIn) -> Team:
    _expect_free(unit, given.name)
    team = Team(name=given.name, skills=given.skills, lead_id=None, created_at=unit.now)
    unit.session.add(team)
    unit.session.flush()
    _staff(unit, team, given.member_ids, given.lead_id)
    _changed(unit, team, "team.create", name=team.name, skills=team.skills, lead_id=team.lead_id)
    return team


def change(unit: Unit, team_id: str, given: TeamChange) -> Team:
    """Apply what is given; waiting conversations are looked at anew."""
    team = _get(unit, team_id)
    changed = given.model_dump(exclude_unset=True)
    if given.name is not None and given.name != team.name:
        _expect_free(unit, given.name)
        team.name = given.name
    if given.skills is not None:
        team.skills = given.skills
    lead_id = given.lead_id if "lead_id" in changed else team.lead_id
    if given.member_ids is not None and "lead_id" not in changed and lead_id not in given.member_ids:
        lead_id = None  # the lead has left with the others
    _staff(unit, team, given.member_ids, lead_id)
    _changed(unit, team, "team.change", **changed)
    return team


def remove(unit: Unit, team_id: str) -> None:
    """Its members stay agents, and what waits for it waits for whoever has the skills."""
    team = _get(unit, team_id)
    team.lead_id = None
    for agent in repository.everybody_in(unit.session, team.id):
        _move(unit, agent, None)
    unit.session.flush()
    repository.forget(unit.session, team.id)
    unit.session.expire_all()
    unit.session.delete(team)
    unit.session.flush()
    unit.audit("team.remove", team_id=team_id, name=team.name)
    unit.publish("team.removed", {"id": team_id})
    _settle(unit)


def _staff(unit: Unit, team: Team, member_ids: Sequence[str] | None, lead_id: str | None) -> None:
    """Exactly these are members, the lead with them; without a list, those who are, and the lead."""
    if member_ids is not None:
        wanted = {*member_ids, lead_id}
        for agent in repository.everybody_in(unit.session, team.id):
            if agent.id not in wanted:
                _move(unit, agent, None)
    for agent_id in dict.fromkeys([*(member_ids or ()), *([lead_id] if lead_id else [])]):
        joining = unit.session.get(Agent, agent_id)
        if joining is None:
            raise Unprocessable(f"There is no agent {agent_id}.")
        if joining.team_id != team.id:
            _move(unit, joining, team.id)
    team.lead_id = lead_id


def _move(unit: Unit, agent: Agent, team_id: str | None) -> None:
    left = repository.get(unit.session, agent.team_id) if agent.team_id else None
    agent.team_id = team_id
    record(unit, agent, "agent.team", team_id=team_id)
    if left is not None and left.id != team_id:
        if left.lead_id == agent.id:
            left.lead_id = None
        if team_id is not None:
            unit.session.flush()
            unit.publish("team.updated", {"team": view(unit.session, left).model_dump()})


def _changed(unit: Unit, team: Team, action: str, **details: Any) -> None:
    unit.session.flush()
    unit.audit(action, team_id=team.id, **details)
    unit.publish("team.updated", {"team": view(unit.session, team).model_dump()})
    _settle(unit)


def _settle(unit: Unit) -> None:
    """Who may take what, and who sees what, may be another now."""
    unit.touched.update(repository.with_people(unit.session))
    assign_waiting(unit)


def _view(team: Team, agents: Sequence[Agent]) -> TeamOut:
    members = [Assignee(id=agent.id, name=agent.name) for agent in agents if agent.team_id == team.id]
    lead = next((member for member in members if member.id == team.lead_id), None)
    return TeamOut(id=team.id, name=team.name, skills=team.skills, lead=lead, members=members)


def _get(unit: Unit, team_id: str) -> Team:
    team = repository.get(unit.session, team_id)
    if team is None:
        raise TeamNotFound()
    return team


def _expect_free(unit: Unit, name: str) -> None:
    if repository.by_name(unit.session, name) is not None:
        raise NameTaken()
