"""`/ratings`: how satisfied customers were, for supervisors."""

from typing import Annotated

from fastapi import APIRouter, Query

from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.paging import Cursor, Limit, decode_place, encode_cursor
from handoff_service.ratings import repository
from handoff_service.ratings.schemas import RatingOut, SatisfactionOut
from handoff_service.ratings.summary import summarise
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
    commented: Annotated[bool, Query(description="only those with words of the customer")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RatingOut]:
    """What customers gave, newest first."""
    with context.database.reading() as session:
        found = repository.page(
            session,
            before=decode_place(cursor),
            limit=limit + 1,
            agent_id=agent_id,
            since=since,
            commented=commented,
        )
        ratings = [RatingOut.of(rating, name) for rating, name in found[:limit]]
    more = len(found) > limit
    last = encode_cursor(ratings[-1].at.isoformat(), ratings[-1].id) if more else None
    return Page(items=ratings, next_cursor=last)


@router.get("/ratings/summary")
def get_satisfaction(_who: Supervising, context: InContext, since: Since = None) -> SatisfactionOut:
    """How satisfied customers were who were asked since then."""
    with context.database.reading() as session:
        return summarise(repository.counts(session, since))
