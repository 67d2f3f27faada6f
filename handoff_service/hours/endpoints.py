"""`/business-hours`: everybody who is signed in may look, supervisors change them."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, InContext, SignedIn, Supervising
from handoff_service.hours import service
from handoff_service.hours.schemas import HoursIn, HoursOut

router = APIRouter(tags=["business hours"])


@router.get("/business-hours")
def get_business_hours(who: SignedIn, context: InContext) -> HoursOut:
    """When the desk is open, whether it is now, and when it opens next."""
    with context.work(f"agent:{who.id}") as unit:
        return service.shown(unit)


@router.put("/business-hours")
def put_business_hours(
    given: HoursIn, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> HoursOut:
    """Replace them. From then on they hold instead of the settings."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return service.change(unit, given)
