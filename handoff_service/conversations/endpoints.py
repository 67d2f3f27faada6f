"""Conversations, as agents and supervisors work with them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request

from handoff_service.auth.dependencies import CorrelationId, Principal, SignedIn
from handoff_service.context import context_of
from handoff_service.conversations import repository, service
from handoff_service.conversations.messages import message_view
from handoff_service.conversations.repository import Filters
from handoff_service.conversations.schemas import (
    Answer,
    Assign,
    Claim,
    ConversationPage,
    ConversationView,
    Counts,
    Ending,
    HandoffRecord,
    MessagePage,
    MessageView,
    PriorityName,
    Say,
    Snooze,
    Transfer,
)
from handoff_service.conversations.view import conversation_view, conversation_views, handoff_record
from handoff_service.decision.priority import Priority
from handoff_service.models import Conversation
from handoff_service.sanitize import storable
from handoff_service.unit import Unit

router = APIRouter(prefix="/conversations", tags=["conversations"])

Limit = Annotated[int, Query(ge=1, le=200)]


def _actor(who: Principal) -> str:
    return f"agent:{who.id}"


def _view(unit: Unit, conversation: Conversation) -> dict[str, Any]:
    unit.session.flush()
    return conversation_view(unit.session, conversation, unit.settings, unit.now)


def _filters(
    who: SignedIn,
    kind: Literal["live", "message"] | None = None,
    owner: Literal["bot", "queue", "agent"] | None = None,
    assignee: Annotated[str | None, Query(max_length=64, description="an agent's id, or `me`")] = None,
    sender_id: Annotated[str | None, Query(max_length=500)] = None,
    status: Literal["open", "snoozed", "resolved"] | None = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
    channel: Annotated[str | None, Query(max_length=100)] = None,
    language: Annotated[str | None, Query(max_length=35)] = None,
    priority: PriorityName | None = None,
    topic: Annotated[str | None, Query(max_length=64)] = None,
    team: Annotated[
        str | None, Query(max_length=64, description="a team's id: what its members hold or its queue has")
    ] = None,
) -> Filters:
    return Filters(
        kind=kind,
        owner=owner,
        assignee_id=who.id if assignee == "me" else _text(assignee),
        sender_id=_text(sender_id),
        status=status,
        q=_text(q),
        channel=_text(channel),
        language=_text(language),
        priority=int(Priority[priority]) if priority else None,
        topic=_text(topic),
        team_id=_text(team),
    )


def _text(given: str | None) -> str | None:
    """Empty means any."""
    return storable(given) if given else None


Wanted = Annotated[Filters, Depends(_filters)]


@router.get("", response_model=ConversationPage)
def get_conversations(
    request: Request,
    who: SignedIn,
    filters: Wanted,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Limit = 50,
) -> Any:
    """Newest first: what waits, what the bot does, what you hold. Who leads a team also sees what its members
    hold, supervisors see all."""
    context = context_of(request)
    with context.database.reading() as session:
        page, next_cursor = service.list_conversations(session, who, filters, cursor, limit)
        views = conversation_views(session, page, context.settings, context.clock())
    return {"items": views, "next_cursor": next_cursor}


@router.get("/counts")
def get_counts(request: Request, who: SignedIn, filters: Wanted) -> Counts:
    """How many there are of what `GET /conversations` lists with the same filters, section by section."""
    context = context_of(request)
    with context.database.reading() as session:
        return service.count_conversations(session, who, filters, context.settings.outside_channels)


@router.get("/{conversation_id}", response_model=ConversationView)
def get_conversation(conversation_id: str, request: Request, who: SignedIn) -> Any:
    context = context_of(request)
    with context.database.reading() as session:
        conversation = service.visible(session, who, storable(conversation_id))
        return conversation_view(session, conversation, context.settings, context.clock())


@router.get("/{conversation_id}/messages", response_model=MessagePage)
def get_messages(
    conversation_id: str,
    request: Request,
    who: SignedIn,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Limit = 200,
) -> Any:
    """The whole conversation, the bot's part too, in the order in which it was said."""
    with context_of(request).database.reading() as session:
        conversation = service.visible(session, who, storable(conversation_id))
        page, next_cursor = service.list_messages(session, conversation, cursor, limit)
        return {"items": [message_view(message) for message in page], "next_cursor": next_cursor}


@router.get("/{conversation_id}/handoffs", response_model=list[HandoffRecord])
def get_handoffs(conversation_id: str, request: Request, who: SignedIn) -> Any:
    """Every handoff of the conversation, oldest first, with how it ended and how it was marked."""
    with context_of(request).database.reading() as session:
        conversation = service.visible(session, who, storable(conversation_id))
        return [handoff_record(handoff) for handoff in repository.handoffs(session, conversation.id)]


@router.post("/{conversation_id}/messages", response_model=MessageView, status_code=202)
def post_message(
    conversation_id: str, given: Answer, request: Request, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    """Answer the customer. 202: it is stored and will be said; `delivery` tells how far it is."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return message_view(service.say(unit, who, storable(conversation_id), given))


@router.post("/{conversation_id}/messages/{message_id}/resend", response_model=MessageView, status_code=202)
def post_resend(
    conversation_id: str, message_id: str, request: Request, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    with context_of(request).work(_actor(who), correlation_id) as unit:
        message = service.resend(unit, who, storable(conversation_id), storable(message_id))
        return message_view(message)


@router.post("/{conversation_id}/messages/{message_id}/recall", response_model=MessageView, status_code=202)
def post_recall(
    conversation_id: str, message_id: str, request: Request, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    """Take back your own words. 202: `recall` tells how far it is. 409 with the `reason`: the channel cannot,
    it is too late, or it never reached the customer."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        message = service.recall(unit, who, storable(conversation_id), storable(message_id))
        return message_view(message)


@router.post("/{conversation_id}/claim", response_model=ConversationView)
def post_claim(
    conversation_id: str,
    request: Request,
    who: SignedIn,
    correlation_id: CorrelationId,
    given: Claim | None = None,
) -> Any:
    """Take the conversation over, from the queue or from the bot. 409 when somebody else was faster."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return _view(unit, service.claim(unit, who, storable(conversation_id), given or Claim()))


@router.post("/{conversation_id}/transfer", response_model=ConversationView)
def post_transfer(
    conversation_id: str, given: Transfer, request: Request, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    """Pass it on to a colleague (409 with the `reason` when they are full, away, offline or inactive), or to
    the queue for whoever has the skill or is in the team. The note is private. Supervisors, and who leads its
    team, may transfer what they do not hold.
    """
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return _view(unit, service.transfer(unit, who, storable(conversation_id), given))


@router.post("/{conversation_id}/assign", response_model=ConversationView)
def post_assign(
    conversation_id: str, given: Assign, request: Request, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    """Give what waits, or what an agent holds, to somebody, or take it over yourself: for supervisors, and
    for who leads its team within the team. 409 with the `reason` (full, away, offline, inactive); `force`
    gives it all the same, though never to somebody inactive."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return _view(unit, service.assign(unit, who, storable(conversation_id), given))


@router.post("/{conversation_id}/notes", response_model=MessageView, status_code=201)
def post_note(
    conversation_id: str, given: Say, request: Request, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    """Leave a note for colleagues in the transcript. The customer never sees it."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return message_view(service.note(unit, who, storable(conversation_id), given))


@router.post("/{conversation_id}/typing", status_code=204)
def post_typing(conversation_id: str, request: Request, who: SignedIn) -> None:
    """Say that you are writing: `conversation.typing` on the stream of the others who see it.

    At most once in three seconds; what comes sooner is accepted and not passed on. It is kept nowhere, so it
    reaches those alone who listen to the same process: with several replicas of the service, the others'
    streams do not show it. Nothing else depends on it.
    """
    context = context_of(request)
    with context.database.reading() as session:
        payload = service.typing(session, who, storable(conversation_id))
    if request.app.state.typists.may_tell(who.id, payload["conversation_id"], context.clock()):
        request.app.state.stream.tell("conversation.typing", payload)


@router.post("/{conversation_id}/return", response_model=ConversationView)
def post_return(
    conversation_id: str,
    request: Request,
    who: SignedIn,
    correlation_id: CorrelationId,
    given: Ending | None = None,
) -> Any:
    """Give the conversation back to the bot, which carries on with what was agreed."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return _view(unit, service.give_back(unit, who, storable(conversation_id), given or Ending()))


@router.post("/{conversation_id}/resolve", response_model=ConversationView)
def post_resolve(
    conversation_id: str,
    request: Request,
    who: SignedIn,
    correlation_id: CorrelationId,
    given: Ending | None = None,
) -> Any:
    """Close the episode. The customer's next message opens a new one with the bot."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return _view(unit, service.resolve(unit, who, storable(conversation_id), given or Ending()))


@router.post("/{conversation_id}/snooze", response_model=ConversationView)
def post_snooze(
    conversation_id: str, given: Snooze, request: Request, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    """Put it off until a time to come: it stays yours and costs no capacity. It wakes then, or when the
    customer writes; if you are full or not online at that moment it goes to the queue."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return _view(unit, service.snooze(unit, who, storable(conversation_id), given))


@router.post("/{conversation_id}/reopen", response_model=ConversationView)
def post_reopen(
    conversation_id: str,
    request: Request,
    who: SignedIn,
    correlation_id: CorrelationId,
    given: Claim | None = None,
) -> Any:
    """Take a resolved conversation up again: it is yours. 409 once the same customer has begun another."""
    with context_of(request).work(_actor(who), correlation_id) as unit:
        return _view(unit, service.reopen(unit, who, storable(conversation_id), given or Claim()))


@router.post("/{conversation_id}/read", response_model=ConversationView)
def post_read(conversation_id: str, request: Request, who: SignedIn, correlation_id: CorrelationId) -> Any:
    """Say that the customer's messages have been seen."""
    # A page does this by itself for what is on the screen, whoever sits before it.
    with context_of(request).work(_actor(who), correlation_id, acting=False) as unit:
        return _view(unit, service.read(unit, who, storable(conversation_id)))
