"""`GET /conversations/{id}/summary` and `GET /conversations/{id}/suggestions`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request

from handoff_service.assist import service, suggestions
from handoff_service.assist.harvest import spoken
from handoff_service.assist.library import Library
from handoff_service.assist.schemas import SuggestionsOut, SummaryOut
from handoff_service.assist.wording import Wording
from handoff_service.auth.dependencies import InContext, SignedIn
from handoff_service.conversations.service import visible
from handoff_service.explaining.words import preferred
from handoff_service.sanitize import storable

router = APIRouter(tags=["conversations"])


@router.get("/conversations/{conversation_id}/summary")
def get_summary(
    conversation_id: str,
    who: SignedIn,
    context: InContext,
    language: Annotated[
        Literal["zh", "en"] | None,
        Query(description="default: the first of both in Accept-Language, else en"),
    ] = None,
    accept_language: Annotated[str, Header(max_length=1000, include_in_schema=False)] = "",
) -> SummaryOut:
    """What the customer wants, what they named, what the bot tried, why it was handed over, and the mood."""
    with context.database.reading() as session:
        conversation = visible(session, who, storable(conversation_id))
        return service.summary_of(session, conversation, language or preferred(accept_language))


@router.get("/conversations/{conversation_id}/suggestions")
def get_suggestions(
    conversation_id: str,
    request: Request,
    who: SignedIn,
    context: InContext,
    worded: Annotated[
        bool, Query(description="have the configured endpoint word them; takes up to three seconds")
    ] = False,
) -> SuggestionsOut:
    """Up to three answers to what the customer asked last, from the FAQ and from agents' earlier answers, in
    the language of the conversation. Nothing is sent: an agent takes one over, or does not."""
    with context.database.reading() as session:
        conversation = visible(session, who, storable(conversation_id))
        question, before, messages = service.asked(session, conversation)
        given_id = conversation.id
        language = spoken(conversation)
        said = [each.text for each in messages if each.author in ("bot", "agent") and not each.private]
    library: Library = request.app.state.library
    wording: Wording = request.app.state.wording
    return suggestions.suggest(
        library,
        wording,
        conversation_id=given_id,
        language=language,
        question=question,
        before=before,
        said=said,
        worded=worded,
    )
