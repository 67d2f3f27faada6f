"""`/customers`, for supervisors and for programs with the service key."""

from typing import Annotated

from fastapi import APIRouter, Path

from handoff_service.auth.dependencies import AssistantOrSupervisor, CorrelationId, InContext
from handoff_service.customers import repository, service
from handoff_service.customers.schemas import CustomerIn, CustomerOut
from handoff_service.errors import NotFound

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
