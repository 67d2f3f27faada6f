"""The way back in through a mail's link."""

from typing import Any

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, FromAssistant, InContext
from handoff_service.mail.links import redeem
from handoff_service.mail.schemas import ResumeIn, ResumeOut

router = APIRouter(tags=["assistant"])


@router.post("/visits/resume", response_model=ResumeOut)
def post_resume(
    given: ResumeIn, context: InContext, _key: FromAssistant, correlation_id: CorrelationId
) -> Any:
    """Whose conversation the link in a mail opens, for the channel to let them in. 404 for any
    other token."""
    with context.work("customer", correlation_id) as unit:
        return {"sender_id": redeem(unit, given.token)}
