"""`/closing/categories`, for all to read and supervisors to change; what a closing form begins with."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, InContext, SignedIn, Supervising
from handoff_service.closing import service
from handoff_service.closing.schemas import CategoryChange, CategoryIn, CategoryOut, ClosingSuggestion
from handoff_service.conversations.service import visible
from handoff_service.sanitize import storable

router = APIRouter(tags=["closing"])


@router.get("/closing/categories")
def list_closing_categories(_who: SignedIn, context: InContext) -> list[CategoryOut]:
    """All, each before what is below it. Changes come on the stream as `closing.updated`: then ask again."""
    with context.database.reading() as session:
        return service.listed(session)


@router.post("/closing/categories", status_code=201)
def post_closing_category(
    given: CategoryIn, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> CategoryOut:
    """Add one. There are three levels."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return service.create(unit, given)


@router.patch("/closing/categories/{category_id}")
def patch_closing_category(
    category_id: str,
    given: CategoryChange,
    who: Supervising,
    context: InContext,
    correlation_id: CorrelationId,
) -> CategoryOut:
    """Rename it, move it among its siblings or below another one, or (de)activate it; what is below it goes
    along."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return service.change(unit, storable(category_id), given)


@router.delete("/closing/categories/{category_id}", status_code=204)
def delete_closing_category(
    category_id: str, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> None:
    """Remove one that was never used and has nothing below it (else 409 with the `reason`)."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        service.remove(unit, storable(category_id))


@router.get("/conversations/{conversation_id}/closing", tags=["conversations"])
def get_closing_suggestion(conversation_id: str, who: SignedIn, context: InContext) -> ClosingSuggestion:
    """The category that fits what the conversation is about."""
    with context.database.reading() as session:
        conversation = visible(session, who, storable(conversation_id))
        return ClosingSuggestion(category_id=service.suggestion(session, conversation))
