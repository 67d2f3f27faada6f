"""What a channel asks for a customer, and tells of them."""

from typing import Any

from sqlalchemy.orm import Session

from handoff_service.contacts.service import seen
from handoff_service.context import Context
from handoff_service.conversations import messages
from handoff_service.conversations import repository as conversations
from handoff_service.conversations.messages import visibility
from handoff_service.conversations.view import conversation_views
from handoff_service.errors import Conflict, NotFound
from handoff_service.handoffs import service as handoffs
from handoff_service.handoffs.schemas import HandoffIn
from handoff_service.models import Conversation
from handoff_service.rasa import delivery
from handoff_service.unit import Unit
from handoff_service.visits import answers, repository
from handoff_service.visits.schemas import PersonWanted, Receipts
from handoff_service.visits.state import NOBODY_YET, visit_state


class VisitNotFound(NotFound):
    title = "This customer has no conversation"


class NotWaiting(Conflict):
    title = "The customer is not waiting in the queue"


def visit(context: Context, session: Session, sender_id: str) -> dict[str, Any]:
    """`{sender_id, state}`, also of a customer who has not written yet."""
    conversation = conversations.live(session, sender_id) or conversations.latest(session, sender_id)
    if conversation is None:
        return {"sender_id": sender_id, "state": NOBODY_YET}
    return _visits(context, session, [conversation])[0]


def waiting(context: Context, session: Session) -> list[dict[str, Any]]:
    """All who wait in the queue."""
    return _visits(context, session, list(conversations.waiting(session)))


def typing(session: Session, sender_id: str) -> dict[str, Any] | None:
    """What the desks are told of a customer who writes; None where there is no conversation to show it in."""
    conversation = conversations.live(session, sender_id)
    if conversation is None:
        return None
    return {"conversation_id": conversation.id, "visibility": visibility(session, conversation)}


def take_receipts(unit: Unit, sender_id: str, given: Receipts) -> None:
    """Raise the delivery of our messages; what is not this customer's, or is further on already, is left."""
    for message, conversation in repository.told(unit.session, sender_id, given.message_ids):
        if given.state == "failed":
            delivery.not_received(unit, conversation, message, given.reason or "unknown")
        elif given.state == "not_recalled":
            delivery.not_recalled(unit, conversation, message)
        else:
            delivery.received(unit, conversation, message, given.state)
    if given.state == "failed":
        answers.not_received(unit, sender_id, given.message_ids, given.reason or "unknown")
    if given.state == "read":
        seen(unit, sender_id)


def choose(unit: Unit, sender_id: str, choice: str) -> None:
    """In the queue: go on waiting, or go on with the bot. The second said twice is said once."""
    conversation = _live(unit.session, sender_id)
    if choice == "bot" and conversation.owner == "bot":
        return
    if conversation.owner != "queue":
        raise NotWaiting()
    if choice == "bot":
        handoffs.give_up(unit, conversation)
    else:
        unit.audit("conversation.wait", conversation.id)


def want_person(unit: Unit, sender_id: str, given: PersonWanted) -> None:
    """Hand over, unless a person is responsible already; with a note for them."""
    conversation = conversations.live(unit.session, sender_id)
    if conversation is not None and conversation.owner != "bot":
        return
    if repository.asked_before(unit.session, given.key):
        return
    wanted = HandoffIn(sender_id=sender_id, channel=given.channel, reason=given.reason)
    _answer, conversation = handoffs.open_for_caller(unit, wanted, given.key)
    if given.note:
        messages.system_note(unit, conversation, given.note)


def note_solved(unit: Unit, sender_id: str, message_id: str) -> None:
    """A bot's answer has helped: recorded, and nothing else happens."""
    unit.audit("answer.solved", _live(unit.session, sender_id).id, message_id=message_id)


def _live(session: Session, sender_id: str) -> Conversation:
    conversation = conversations.live(session, sender_id)
    if conversation is None:
        raise VisitNotFound()
    return conversation


def _visits(context: Context, session: Session, found: list[Conversation]) -> list[dict[str, Any]]:
    views = conversation_views(session, found, context.settings, context.clock())
    return [
        {"sender_id": conversation.sender_id, "state": visit_state(conversation, view)}
        for conversation, view in zip(found, views, strict=True)
    ]
