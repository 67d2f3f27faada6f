"""What connectors tell of their templates, and what an agent may send of them."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, FromAssistant, InContext, SignedIn
from handoff_service.conversations import service as conversations
from handoff_service.sanitize import storable
from handoff_service.templates import service
from handoff_service.templates.schemas import TemplatesOf, TemplatesOut

router = APIRouter(tags=["templates"])


@router.put("/visits/templates", status_code=204)
def put_templates(
    given: TemplatesOf, context: InContext, _key: FromAssistant, correlation_id: CorrelationId
) -> None:
    """The templates that a network has approved for one account, by its connector."""
    with context.work("assistant", correlation_id) as unit:
        service.keep(unit, given)


@router.get("/conversations/{conversation_id}/templates")
def get_templates(conversation_id: str, context: InContext, who: SignedIn) -> TemplatesOut:
    """What may be sent to this customer also when the channel lets nothing else through."""
    with context.database.reading() as session:
        conversation = conversations.visible(session, who, storable(conversation_id))
        return TemplatesOut(items=service.offered(session, conversation))
