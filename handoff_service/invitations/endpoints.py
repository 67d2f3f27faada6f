"""`POST /agents/{id}/invitation` for supervisors; `/invitations/…` for whoever has the link."""

from fastapi import APIRouter, Response

from handoff_service.auth.dependencies import CorrelationId, InContext, Supervising, WithPasswords
from handoff_service.invitations import service
from handoff_service.invitations.schemas import (
    InvitationAccept,
    InvitationLook,
    InvitationOut,
    InvitedOut,
)

router = APIRouter(tags=["invitations"])


@router.post("/agents/{agent_id}/invitation", status_code=201)
def invite_agent(
    agent_id: str, who: Supervising, response: Response, context: InContext, correlation_id: CorrelationId
) -> InvitationOut:
    """A one-time link for a new agent, or for one who has forgotten the password, which works until then."""
    response.headers["Cache-Control"] = "no-store"
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return service.invite(unit, agent_id, by=who)


@router.post("/invitations/look")
def look_at_invitation(given: InvitationLook, response: Response, context: InContext) -> InvitedOut:
    """Whom the link is for. 404 when it is used or too old."""
    response.headers["Cache-Control"] = "no-store"
    return service.look(context, given.secret)


@router.post("/invitations/accept", status_code=204)
def accept_invitation(
    given: InvitationAccept, context: InContext, passwords: WithPasswords, correlation_id: CorrelationId
) -> None:
    """Set the password, once. It ends the sessions that the agent had."""
    service.accept(context, passwords, given, correlation_id)
