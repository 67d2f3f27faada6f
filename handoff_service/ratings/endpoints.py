"""`/ratings`: how satisfied customers were, for supervisors."""

from typing import Annotated

from fastapi import APIRouter, Query

from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.paging import Cursor, Limit, decode_place, encode_cursor
from handoff_service.ratings import repository
from handoff_service.ratings.schemas import AverageOut, RatingOut
from handoff_service.schemas import Page
from handoff_service.turns.schemas import Moment

router = APIRouter(tags=["ratings"])

Since = Annotated[Moment | None, Query(description="left out: from the beginning")]


@router.get("/ratings")
def list_ratings(
    _who: Supervising,
    context: InContext,
    agent_id: Annotated[str | None, Query(max_length=64)] = None,
    since: Since = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RatingOut]:
    """What customers gave, newest first."""
    with context.database.reading() as session:
        found = repository.page(
            session, before=decode_place(cursor), limit=limit + 1, agent_id=agent_id, since=since
        )
        ratings = [RatingOut.of(rating, name) for rating, name in found[:limit]]
    more = len(found) > limit
    last = encode_cursor(ratings[-1].at.isoformat(), ratings[-1].id) if more else None
    return Page(items=ratings, next_cursor=last)


@router.get("/ratings/averages")
def list_averages(_who: Supervising, context: InContext, since: Since = None) -> list[AverageOut]:
    """Per agent of whose stretches customers were asked, by name."""
    with context.database.reading() as session:
        return [
            AverageOut.model_validate(
                {
                    "agent": {"id": agent_id, "name": name},
                    "asked": asked,
                    "answered": answered,
                    "average": average,
                }
            )
            for agent_id, name, asked, answered, average in repository.averages(session, since)
        ]
