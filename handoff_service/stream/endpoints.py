"""`GET /stream`: Server-Sent Events, resumed by number."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from handoff_service.auth.dependencies import Principal, SignedIn, principal_of
from handoff_service.context import Context, context_of
from handoff_service.errors import Problem
from handoff_service.stream import repository
from handoff_service.stream.hub import Hub, Listener
from handoff_service.stream.repository import OF_THE_MOMENT, Event
from handoff_service.stream.visibility import View

router = APIRouter(tags=["stream"])

MAX_REPLAY = 1000  # beyond it, fetching a snapshot is quicker
_RETRY = "retry: 1000\n"  # milliseconds until a browser connects again; its own default is 3 to 5 seconds
_SILENT = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # neither kept nor buffered on the way


@router.get("/stream", response_class=StreamingResponse)
async def stream(
    request: Request,
    who: SignedIn,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> StreamingResponse:
    """Events from now on, or after `Last-Event-ID` (else `after`). `event: reset` asks to fetch all anew."""
    given = last_event_id if last_event_id is not None else after
    return StreamingResponse(_frames(request, who, given), media_type="text/event-stream", headers=_SILENT)


async def _frames(request: Request, who: Principal, given: str | None) -> AsyncIterator[str]:
    hub: Hub = request.app.state.stream
    view = View(who)
    with hub.listening() as listener:  # before looking at the table: nothing falls between the two
        number, missed, reset = await asyncio.to_thread(_catch_up, context_of(request), given)
        yield _RETRY + _frame(number if reset or not missed else None, "reset" if reset else None, {})
        for event in missed:
            if (shown := view.show(event)) is not None:
                yield _frame(event.number, *shown)
        async for frame in _live(request, who, hub, listener, view, number):
            yield frame


async def _live(
    request: Request, who: Principal, hub: Hub, listener: Listener, view: View, number: int
) -> AsyncIterator[str]:
    clock = asyncio.get_running_loop().time
    beat_at, check_at = clock() + hub.pace.heartbeat, clock() + hub.pace.recheck
    while True:
        try:
            event = await listener.next(max(0.0, min(beat_at, check_at) - clock()))
            if event is None:
                return
        except TimeoutError:
            event = None
        if event is not None and event.number == OF_THE_MOMENT and (shown := view.show(event)) is not None:
            yield _frame(None, *shown)
        if event is not None and event.number > number:
            number = event.number
            if event.type == "agent.updated" and event.payload["agent"]["id"] == who.id:
                check_at = 0
            if (shown := view.show(event)) is not None:
                yield _frame(number, *shown)
        if clock() >= check_at:
            check_at = clock() + hub.pace.recheck
            if not await asyncio.to_thread(_still_the_same, request, who):
                return
        if clock() >= beat_at:
            beat_at = clock() + hub.pace.heartbeat
            yield ": still here\n" + _frame(number, None, {})


def _catch_up(context: Context, given: str | None) -> tuple[int, list[Event], bool]:
    """The newest number, the events missed until then, and whether they cannot be told any more."""
    with context.database.reading() as session:
        newest = repository.newest(session)
        if given is None:
            return newest, [], False
        last = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
        if last is None or not _can_resume(session, last, newest):
            return newest, [], True
        return newest, repository.after(session, last, MAX_REPLAY, up_to=newest), False


def _can_resume(session: Session, last: int, newest: int) -> bool:
    if last > newest or newest - last > MAX_REPLAY:
        return False
    oldest = repository.oldest(session)
    return last == newest or (oldest is not None and oldest <= last + 1)


def _still_the_same(request: Request, who: Principal) -> bool:
    """Token and account are still good, and the role is the one that the stream was filtered by."""
    try:
        return principal_of(request).role == who.role
    except Problem:
        return False


def _frame(number: int | None, kind: str | None, data: dict[str, Any]) -> str:
    """An event; without a kind only the number to resume from, which a browser keeps to itself."""
    lines = [f"id: {number}"] if number is not None else []
    if kind is not None:
        lines += [f"event: {kind}", f"data: {json.dumps(data, separators=(',', ':'))}"]
    return "\n".join([*lines, "", ""])
