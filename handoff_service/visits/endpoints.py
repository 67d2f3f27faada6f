"""`/visits`: for the connectors of channels, with the service key.

A connector keeps one connection to `/visits/stream` and asks for a customer's state when somebody comes. What
customers do (typing, reading, choosing) it tells here.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import StreamingResponse

from handoff_service.auth.dependencies import CorrelationId, FromAssistant, InContext
from handoff_service.contacts.service import note_window
from handoff_service.customers.service import named_by_site
from handoff_service.ratings.schemas import RatingIn
from handoff_service.ratings.service import rate
from handoff_service.sanitize import storable
from handoff_service.stream.serving import streaming
from handoff_service.visits import service
from handoff_service.visits.changes import take_change
from handoff_service.visits.outside import take_outside
from handoff_service.visits.schemas import (
    Change,
    Choice,
    Feedback,
    NameOfCustomer,
    Outside,
    PersonWanted,
    Receipts,
    ToldResults,
    ToldTogether,
    Visit,
    WaitingVisits,
    Window,
)
from handoff_service.visits.told import take_told
from handoff_service.visits.view import VisitView

router = APIRouter(prefix="/visits", tags=["channels"])

SenderId = Annotated[str, Path(max_length=500)]


@router.get("/stream", response_class=StreamingResponse)
async def visit_stream(
    request: Request,
    _key: FromAssistant,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> StreamingResponse:
    """`visit.updated {sender_id, state}` whenever a conversation changed, numbered and resumed as `/stream`;
    `visit.typing {sender_id}` of the moment, when an agent types. The places of others in the queue move
    with each event about it: `GET /visits/waiting` has them."""
    return streaming(request, VisitView(), last_event_id if last_event_id is not None else after)


@router.get("/waiting", response_model=WaitingVisits)
def waiting_visits(context: InContext, _key: FromAssistant) -> Any:
    """Everybody in the queue, with their place."""
    with context.database.reading() as session:
        return {"items": service.waiting(context, session)}


@router.post("/told", response_model=ToldResults)
def post_told(
    given: ToldTogether, context: InContext, _key: FromAssistant, correlation_id: CorrelationId
) -> Any:
    """What would else be a call each, of many customers at once; in order, and each is answered by itself:
    424 is behind another of the same customer that failed."""
    with context.work("customer", correlation_id) as unit:
        return {"results": take_told(unit, given.items)}


@router.get("/{sender_id}", response_model=Visit)
def get_visit(sender_id: SenderId, context: InContext, _key: FromAssistant) -> Any:
    """Where the customer's conversation stands; of one who has not written yet, with the bot."""
    with context.database.reading() as session:
        return service.visit(context, session, storable(sender_id))


@router.post("/{sender_id}/typing", status_code=204)
def post_visit_typing(sender_id: SenderId, request: Request, context: InContext, _key: FromAssistant) -> None:
    """The customer is writing: `conversation.customer_typing` on the stream of those who see the
    conversation, at most once in three seconds."""
    with context.database.reading() as session:
        payload = service.typing(session, storable(sender_id))
    if payload is None:
        return
    if request.app.state.typists.may_tell("customer", payload["conversation_id"], context.clock()):
        request.app.state.stream.tell("conversation.customer_typing", payload)


@router.post("/{sender_id}/receipts", status_code=204)
def post_receipts(
    sender_id: SenderId,
    given: Receipts,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """The customer's client has got these messages, or the customer has read them: their `delivery`."""
    with context.work("customer", correlation_id) as unit:
        service.take_receipts(unit, storable(sender_id), given)


@router.post("/{sender_id}/name", status_code=204)
def post_name(
    sender_id: SenderId,
    given: NameOfCustomer,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """What the site where the customer is logged in calls them: their name, unless somebody at the desk has
    written down another."""
    with context.work("customer", correlation_id) as unit:
        named_by_site(unit, storable(sender_id), given.channel, given.name)


@router.post("/{sender_id}/window", status_code=204)
def post_window(
    sender_id: SenderId,
    given: Window,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """What the channel's provider still lets be said to the customer: shown before an agent writes."""
    with context.work("customer", correlation_id) as unit:
        note_window(unit, storable(sender_id), given.model_dump(mode="json"))


@router.post("/{sender_id}/handoff", status_code=204)
def post_visit_handoff(
    sender_id: SenderId,
    given: PersonWanted,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """The channel asks for a person in the customer's name. Nothing happens where one is responsible already,
    or the key has been used."""
    with context.work("customer", correlation_id) as unit:
        service.want_person(unit, storable(sender_id), given)


@router.post("/{sender_id}/outside", status_code=204)
def post_outside(
    sender_id: SenderId,
    given: Outside,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """People who answer in the provider's own client have the customer: what they say is kept here, and the
    bot goes on when they have ended. Said again it changes nothing."""
    with context.work("customer", correlation_id) as unit:
        take_outside(unit, storable(sender_id), given)


@router.post("/{sender_id}/changes", status_code=204)
def post_change(
    sender_id: SenderId,
    given: Change,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """What the customer has done to an earlier message is shown there; nobody is asked to answer it."""
    with context.work("customer", correlation_id) as unit:
        take_change(unit, storable(sender_id), given)


@router.post("/{sender_id}/choice", status_code=204)
def post_choice(
    sender_id: SenderId,
    given: Choice,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """What a waiting customer wants to do. 409 when they do not wait (any more)."""
    with context.work("customer", correlation_id) as unit:
        service.choose(unit, storable(sender_id), given.choice)


@router.post("/{sender_id}/feedback", status_code=204)
def post_feedback(
    sender_id: SenderId,
    given: Feedback,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """A bot's answer has solved it. (That it has not comes as a turn.)"""
    with context.work("customer", correlation_id) as unit:
        service.note_solved(unit, storable(sender_id), given.message_id)


@router.post("/{sender_id}/rating", status_code=204)
def post_rating(
    sender_id: SenderId,
    given: RatingIn,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """The customer's answer to the open question of the state, once: 409 when it has been given, 404 when the
    question is another customer's or not open any more."""
    with context.work("customer", correlation_id) as unit:
        rate(unit, storable(sender_id), given.id, given.score, given.comment)
