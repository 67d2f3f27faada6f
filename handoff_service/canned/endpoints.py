"""`/canned`: agents keep their own answers, supervisors those that all share."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, InContext, SignedIn
from handoff_service.canned import repository, service
from handoff_service.canned.schemas import CannedIn, CannedOut, VariableOut
from handoff_service.canned.variables import VARIABLES
from handoff_service.paging import Cursor, Limit, decode_place, encode_cursor
from handoff_service.sanitize import storable
from handoff_service.schemas import Page

router = APIRouter(prefix="/canned", tags=["canned answers"])


@router.get("")
def list_canned(
    who: SignedIn, context: InContext, cursor: Cursor = None, limit: Limit = 200
) -> Page[CannedOut]:
    """Your own and the shared ones, oldest first. Changes come on the stream as `canned.updated` and
    `canned.removed`."""
    with context.database.reading() as session:
        found = repository.page(session, who.id, after=decode_place(cursor), limit=limit + 1)
        items = [CannedOut.of(answer) for answer in found[:limit]]
    last = items[-1] if len(found) > limit else None
    return Page(
        items=items, next_cursor=encode_cursor(last.created_at.isoformat(), last.id) if last else None
    )


@router.get("/variables")
def list_canned_variables(_who: SignedIn) -> list[VariableOut]:
    """What a text may leave open for the conversation to fill in; others are refused."""
    return [VariableOut(name=name) for name in VARIABLES]


@router.post("", status_code=201)
def post_canned(
    given: CannedIn, who: SignedIn, context: InContext, correlation_id: CorrelationId
) -> CannedOut:
    """Keep an answer: for yourself, or `shared` (supervisors). 409 when the shortcut is taken."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return CannedOut.of(service.create(unit, who, given))


@router.put("/{answer_id}")
def put_canned(
    answer_id: str, given: CannedIn, who: SignedIn, context: InContext, correlation_id: CorrelationId
) -> CannedOut:
    """Replace all of it."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        return CannedOut.of(service.replace(unit, who, storable(answer_id), given))


@router.delete("/{answer_id}", status_code=204)
def delete_canned(answer_id: str, who: SignedIn, context: InContext, correlation_id: CorrelationId) -> None:
    """Remove it for good. What was said with it stays."""
    with context.work(f"agent:{who.id}", correlation_id) as unit:
        service.remove(unit, who, storable(answer_id))
