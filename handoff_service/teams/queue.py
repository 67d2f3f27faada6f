"""Which team each conversation is with, by the rows."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from handoff_service.models import Agent, Conversation
from handoff_service.teams import repository
from handoff_service.teams.belonging import TeamSkills, team_of


def known(session: Session) -> list[TeamSkills]:
    return [TeamSkills(team.id, team.name, frozenset(team.skills)) for team in repository.all_teams(session)]


def of(session: Session, conversation: Conversation, teams: Sequence[TeamSkills]) -> str | None:
    """The id of its team. `teams`: as `known` gave them."""
    if not teams:
        return None
    assignee = session.get(Agent, conversation.assignee_id) if conversation.assignee_id else None
    return team_of(
        conversation.owner,
        assignee_team_id=assignee.team_id if assignee else None,
        named_team_id=conversation.team_id,
        required=conversation.skills_required,
        teams=teams,
    )


def of_team(session: Session, waiting: Iterable[Conversation], team_id: str) -> list[str]:
    """The ids of those among the waiting that are that team's."""
    teams = known(session)
    return [each.id for each in waiting if of(session, each, teams) == team_id]
