"""Blocking a customer, by their id or from a conversation of theirs, and undoing it."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import (
    AssistantOrSupervisor,
    CorrelationId,
    InContext,
    Principal,
    SignedIn,
)
from handoff_service.blocks import repository, service
from handoff_service.blocks.schemas import BlockIn, BlockOut
from handoff_service.conversations.service import visible
from handoff_service.customers.endpoints import CustomerId
from handoff_service.errors import Forbidden
from handoff_service.models import Conversation
from handoff_service.sanitize import storable
from handoff_service.unit import Unit

router = APIRouter(tags=["customers"])


@router.post("/customers/{customer_id}/block")
def block_customer(
    customer_id: CustomerId,
    given: BlockIn,
    actor: AssistantOrSupervisor,
    context: InContext,
    correlation_id: CorrelationId,
) -> BlockOut:
    """On all of the customer's channels: what they write is stored, not answered and not routed. They are
    told once. A block that stands is replaced."""
    with context.work(actor, correlation_id) as unit:
        return BlockOut.model_validate(service.block_customer(unit, storable(customer_id), given))


@router.delete("/customers/{customer_id}/block", status_code=204)
def lift_block(
    customer_id: CustomerId, actor: AssistantOrSupervisor, context: InContext, correlation_id: CorrelationId
) -> None:
    with context.work(actor, correlation_id) as unit:
        service.lift_from_customer(unit, storable(customer_id))


@router.post("/conversations/{conversation_id}/block")
def block_conversation(
    conversation_id: str, given: BlockIn, who: SignedIn, context: InContext, correlation_id: CorrelationId
) -> BlockOut:
    """Block the customer of this conversation, or the visitor nobody knows. For supervisors, and where
    HANDOFF_AGENTS_MAY_BLOCK says so for the agent who holds it. The conversation is over with that."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        conversation = visible(unit.session, who, storable(conversation_id))
        if not may_block(unit, who, conversation):
            raise Forbidden("Supervisors block customers.")
        return BlockOut.model_validate(service.block_of_conversation(unit, conversation, given))


@router.delete("/conversations/{conversation_id}/block", status_code=204)
def lift_block_of_conversation(
    conversation_id: str, who: SignedIn, context: InContext, correlation_id: CorrelationId
) -> None:
    """For supervisors, and for agents who may block and did."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        conversation = visible(unit.session, who, storable(conversation_id))
        if not may_lift(unit, who, conversation):
            raise Forbidden("Supervisors lift blocks.")
        service.lift_from_conversation(unit, conversation)


def may_block(unit: Unit, who: Principal, conversation: Conversation) -> bool:
    mine = conversation.owner == "agent" and conversation.assignee_id == who.id
    return who.supervises or (unit.settings.agents_may_block and mine)


def may_lift(unit: Unit, who: Principal, conversation: Conversation) -> bool:
    block = repository.standing(unit.session, conversation.sender_id, unit.now)
    own = block is not None and block.blocked_by == f"agent:{who.id}"
    return who.supervises or (unit.settings.agents_may_block and own)
