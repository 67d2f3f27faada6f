"""What a customer may know of where their conversation stands. The one function that says it."""

from typing import Any

from sqlalchemy.orm import Session

from handoff_service.contacts.view import may_leave
from handoff_service.conversations import repository
from handoff_service.models import Conversation

NOBODY_YET: dict[str, Any] = {
    "owner": "bot",
    "position": None,
    "wait_seconds": None,
    "agent": None,
    "read_message_id": None,
    "can_leave_message": True,
    "rating": None,
    "blocked": False,
}
"""Of a customer who has not written yet."""


def visit_state(conversation: Conversation, view: dict[str, Any]) -> dict[str, Any]:
    """`view` is the API's Conversation of the same moment. An agent is known to a customer by name alone."""
    assignee = view["assignee"]
    return {
        "owner": view["owner"],
        "position": view["position"],
        "wait_seconds": view["estimated_wait_seconds"],
        "agent": {"name": assignee["name"]} if assignee else None,
        "read_message_id": conversation.read_message_id,
        "can_leave_message": may_leave(conversation),
        "rating": {"id": conversation.rating_id} if conversation.rating_id else None,
        "blocked": view["blocked"],
    }


def visit_of(session: Session, conversation: Conversation, view: dict[str, Any]) -> dict[str, Any] | None:
    """The event's `{sender_id, state}`; None where the customer has a newer conversation."""
    if conversation.status == "resolved" and repository.live(session, conversation.sender_id) is not None:
        return None
    return {"sender_id": conversation.sender_id, "state": visit_state(conversation, view)}
