"""What a channel tells of the customer's leaving, and how agents open what was left."""

from typing import Any

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, FromAssistant, InContext, SignedIn
from handoff_service.contacts import service
from handoff_service.contacts.schemas import ContactOut, LeftMessage, LeftMessageOut, PresenceOfCustomer
from handoff_service.contacts.view import hint
from handoff_service.conversations.service import visible
from handoff_service.sanitize import storable

router = APIRouter()


@router.post(
    "/visits/{sender_id}/message", response_model=LeftMessageOut, status_code=201, tags=["assistant"]
)
def post_left_message(
    sender_id: str, given: LeftMessage, context: InContext, _key: FromAssistant, correlation_id: CorrelationId
) -> Any:
    """Leave a message with an e-mail address or a telephone number. The same `client_id` again is the same
    message. 400 `invalid-contact` names the `field`; 409 while a colleague talks with the customer."""
    with context.work("customer", correlation_id) as unit:
        conversation, message, contact = service.leave_message(unit, storable(sender_id), given)
        return {"conversation_id": conversation.id, "message_id": message.id, "contact": hint(contact)}


@router.post("/visits/{sender_id}/presence", status_code=204, tags=["assistant"])
def post_presence(
    sender_id: str,
    given: PresenceOfCustomer,
    context: InContext,
    _key: FromAssistant,
    correlation_id: CorrelationId,
) -> None:
    """Say that the customer has the chat open, or no longer."""
    with context.work("customer", correlation_id) as unit:
        service.present(unit, storable(sender_id), connected=given.connected)


@router.get("/conversations/{conversation_id}/contact", response_model=ContactOut, tags=["conversations"])
def get_contact(
    conversation_id: str, context: InContext, who: SignedIn, correlation_id: CorrelationId
) -> Any:
    """How the customer can be reached, in clear. That you looked is kept in the audit."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        contact = service.opened(unit, visible(unit.session, who, storable(conversation_id)))
        return ContactOut(name=contact.name, email=contact.email, phone=contact.phone)
