"""`/customers`, for supervisors and for programs with the service key; the customer of a conversation, for
agents."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from handoff_service.auth.dependencies import AssistantOrSupervisor, CorrelationId, InContext, SignedIn
from handoff_service.conversations.service import visible
from handoff_service.customers import profile as profiles
from handoff_service.customers import repository, service
from handoff_service.customers.schemas import CustomerIn, CustomerOut, Profile, ProfileChange
from handoff_service.errors import NotFound
from handoff_service.sanitize import storable

router = APIRouter(tags=["customers"])

CustomerId = Annotated[str, Path(min_length=1, max_length=100)]


@router.get("/customers/{customer_id}")
def get_customer(customer_id: CustomerId, _actor: AssistantOrSupervisor, context: InContext) -> CustomerOut:
    with context.database.reading() as session:
        customer = repository.get(session, customer_id)
        if customer is None:
            raise NotFound("No such customer.")
        return CustomerOut.of(customer)


@router.put("/customers/{customer_id}")
def put_customer(
    customer_id: CustomerId,
    given: CustomerIn,
    actor: AssistantOrSupervisor,
    context: InContext,
    correlation_id: CorrelationId,
) -> CustomerOut:
    """Create or replace. 409 when a `sender_id` leads to another customer already."""
    with context.work(actor, correlation_id) as unit:
        return CustomerOut.of(service.put(unit, customer_id, given))


@router.get("/conversations/{conversation_id}/customer", response_model=Profile)
def get_profile(conversation_id: str, who: SignedIn, context: InContext) -> Any:
    """Who the customer is, what they came with before, how satisfied they were, and what you may change."""
    with context.database.reading() as session:
        conversation = visible(session, who, storable(conversation_id))
        return Profile.model_validate(
            profiles.profile(session, who, conversation, context.settings, context.clock())
        )


@router.patch("/conversations/{conversation_id}/customer", response_model=Profile)
def patch_profile(
    conversation_id: str,
    given: ProfileChange,
    who: SignedIn,
    context: InContext,
    correlation_id: CorrelationId,
) -> Any:
    """Write down who they are; a visitor nobody knows becomes a customer with that. For supervisors, and for
    agents who hold a conversation of theirs; the tier for supervisors alone."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        conversation = profiles.change(unit, who, storable(conversation_id), given)
        return Profile.model_validate(
            profiles.profile(unit.session, who, conversation, context.settings, unit.now)
        )
