"""`GET /conversations/{id}/explanation`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query

from handoff_service.auth.dependencies import InContext, SignedIn
from handoff_service.conversations.service import visible
from handoff_service.explaining.schemas import ExplanationOut
from handoff_service.explaining.service import explain
from handoff_service.explaining.words import preferred
from handoff_service.sanitize import storable

router = APIRouter(tags=["conversations"])


@router.get("/conversations/{conversation_id}/explanation")
def get_explanation(
    conversation_id: str,
    who: SignedIn,
    context: InContext,
    language: Annotated[
        Literal["zh", "en"] | None,
        Query(description="default: the first of both in Accept-Language, else en"),
    ] = None,
    turn: Annotated[
        int | None,
        Query(ge=1, lt=2**31, description="the customer's n-th message, from 1; default: as it stands now"),
    ] = None,
    accept_language: Annotated[str, Header(max_length=1000, include_in_schema=False)] = "",
) -> ExplanationOut:
    """Why the conversation was handed over, or why not yet, in a sentence. It is told from the stored facts
    and the version of the rules that decided, so it stays the same when the rules change."""
    with context.database.reading() as session:
        conversation = visible(session, who, storable(conversation_id))
        return explain(session, conversation, language or preferred(accept_language), turn)
