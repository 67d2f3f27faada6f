"""The customer of a conversation, as the agent sees them beside it: who they are, and what was before.

A visitor nobody knows has a profile too; they become a customer when somebody writes down who they are.
"""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from handoff_service.auth.dependencies import Principal
from handoff_service.blocks import repository as blocks
from handoff_service.conversations import repository as conversations
from handoff_service.conversations.service import visible
from handoff_service.conversations.view import may_see
from handoff_service.customers import repository
from handoff_service.customers.schemas import ProfileChange
from handoff_service.errors import Forbidden
from handoff_service.models import Conversation, Customer, Identity
from handoff_service.models.base import new_id
from handoff_service.ratings import repository as ratings
from handoff_service.settings import Settings
from handoff_service.unit import Unit

EARLIER = 20
"""As many conversations and ratings as somebody looks through in the middle of a conversation."""


def profile(
    session: Session, who: Principal, conversation: Conversation, settings: Settings, now: dt.datetime
) -> dict[str, Any]:
    """The API's Profile."""
    customer = conversations.customer_of(session, conversation.sender_id)
    sender_ids = _sender_ids(customer, conversation)
    standing = blocks.standing(session, conversation.sender_id, now)
    mine = repository.holds_one(session, who.id, sender_ids)
    own_block = standing is not None and standing.blocked_by == f"agent:{who.id}"
    holds = conversation.owner == "agent" and conversation.assignee_id == who.id
    return {
        "customer": customer,
        "identities": [
            {"channel": each.channel, "sender_id": each.sender_id}
            for each in sorted(customer.identities, key=lambda each: each.sender_id)
        ]
        if customer
        else [{"channel": conversation.channel or "unknown", "sender_id": conversation.sender_id}],
        "block": standing,
        "earlier": [
            _earlier(row)
            for row in repository.history(session, sender_ids, conversation.id, EARLIER)
            if may_see(who.role, who.id, _visibility(row), who.leads)
        ],
        "ratings": [
            {
                "conversation_id": rating.conversation_id,
                "agent": name,
                "score": rating.score,
                "comment": rating.comment,
                "at": rating.rated_at,
            }
            for rating, name in ratings.given_by(session, sender_ids, EARLIER)
        ],
        "may": {
            "edit": who.supervises or mine,
            "tier": who.supervises,
            "block": who.supervises or (settings.agents_may_block and holds),
            "unblock": who.supervises or (settings.agents_may_block and own_block),
        },
    }


def change(unit: Unit, who: Principal, conversation_id: str, given: ProfileChange) -> Conversation:
    """Name, tags and language by whoever holds a conversation of the customer; the tier by supervisors."""
    conversation = visible(unit.session, who, conversation_id)
    customer = conversations.customer_of(unit.session, conversation.sender_id)
    sender_ids = _sender_ids(customer, conversation)
    if not (who.supervises or repository.holds_one(unit.session, who.id, sender_ids)):
        raise Forbidden("Take a conversation of this customer over first.")
    changes = {name: getattr(given, name) for name in given.model_fields_set}
    if "tier" in changes and not who.supervises:
        raise Forbidden("Supervisors set the tier.")
    created = customer is None
    if customer is None:
        identity = Identity(sender_id=conversation.sender_id, channel=conversation.channel or "unknown")
        customer = Customer(id=new_id(), tags=[], identities=[identity])
        unit.session.add(customer)
    before = {name: getattr(customer, name) for name in changes}
    for name, value in changes.items():
        setattr(customer, name, value)
    if "name" in changes:
        customer.named_by_site = False
    unit.session.flush()
    for each in repository.live_conversations(unit.session, sender_ids, customer.id):
        each.customer_id = customer.id
        unit.touched.add(each)
    conversation.customer_id = customer.id
    unit.touched.add(conversation)
    unit.audit(
        "customer.create" if created else "customer.change",
        conversation.id,
        customer_id=customer.id,
        before=before,
        after=changes,
    )
    return conversation


def _sender_ids(customer: Customer | None, conversation: Conversation) -> list[str]:
    known = [identity.sender_id for identity in customer.identities] if customer else []
    return list(dict.fromkeys([conversation.sender_id, *known]))


def _visibility(row: repository.Episode) -> dict[str, Any]:
    return {"owner": row.owner, "assignee_id": row.assignee_id, "team_id": row.team_id}


def _earlier(row: repository.Episode) -> dict[str, Any]:
    return {
        "id": row.id,
        "channel": row.channel,
        "status": row.status,
        "created_at": row.created_at,
        "resolved_at": row.resolved_at,
        "outcome": row.outcome,
        "category": row.category,
        "agent": row.agent,
        "rating": row.rating,
    }
