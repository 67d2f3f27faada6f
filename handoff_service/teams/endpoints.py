"""`/teams`: for everybody who is signed in to read, for supervisors to change."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, InContext, SignedIn, Supervising
from handoff_service.sanitize import storable
from handoff_service.teams import service
from handoff_service.teams.schemas import TeamChange, TeamIn, TeamOut

router = APIRouter(prefix="/teams", tags=["teams"])


@router.get("")
def list_teams(_who: SignedIn, context: InContext) -> list[TeamOut]:
    """By name, with their members."""
    with context.database.reading() as session:
        return service.views(session)


@router.post("", status_code=201)
def create_team(
    given: TeamIn, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> TeamOut:
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return service.view(unit.session, service.create(unit, given))


@router.patch("/{team_id}")
def change_team(
    team_id: str, given: TeamChange, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> TeamOut:
    """Only what is given changes. `member_ids` are all members; who is new among them leaves their team."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return service.view(unit.session, service.change(unit, storable(team_id), given))


@router.delete("/{team_id}", status_code=204)
def remove_team(team_id: str, who: Supervising, context: InContext, correlation_id: CorrelationId) -> None:
    """Its members stay, and what waits for it waits for whoever has the skills."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        service.remove(unit, storable(team_id))
