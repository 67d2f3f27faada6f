"""`GET /wall`."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.wall import service
from handoff_service.wall.schemas import WallOut

router = APIRouter(tags=["wall"])


@router.get("/wall")
def get_wall(_who: Supervising, context: InContext) -> WallOut:
    """How the desk stands now: who waits, who is there, what is being handled, how fast it was answered.

    `in_time` of `counted` handoffs were first answered within `answer_target_seconds`. Counted are those that
    customers asked for in the period (the last hour; the day on the clock of the business hours), unless
    they are, or ended, unanswered within that time.
    """
    with context.database.reading() as session:
        return service.look(session, context.settings, context.clock())
