"""One stream of events: what was missed, then what comes, for whoever listens with whatever view."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from handoff_service.context import Context, context_of
from handoff_service.stream import repository
from handoff_service.stream.hub import Hub, Listener
from handoff_service.stream.repository import OF_THE_MOMENT, Event

MAX_REPLAY = 1000  # beyond it, fetching a snapshot is quicker
_RETRY = b"retry: 1000\n"  # milliseconds until a browser connects again; its own default is 3 to 5 seconds
_SILENT = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # neither kept nor buffered on the way


class Listening(Protocol):
    """Whose stream it is."""

    def show(self, event: Event) -> tuple[str, dict[str, Any]] | None:
        """Type and data as sent, or None when the event is not for this listener.

        What is sent under one type must be the same for all listeners: it is written once.
        """

    def in_doubt(self, event: Event) -> bool:
        """Whether the event may have ended the listener's leave to listen."""

    def allowed(self) -> bool:
        """Whether they may go on. Asked at the start, now and then, and when in doubt; it may use the
        database."""


def streaming(request: Request, view: Listening, given: str | None) -> StreamingResponse:
    """Events after the number `given`, else from now on."""
    return StreamingResponse(_frames(request, view, given), media_type="text/event-stream", headers=_SILENT)


async def _frames(request: Request, view: Listening, given: str | None) -> AsyncIterator[bytes]:
    hub: Hub = request.app.state.stream
    with hub.listening() as listener:  # before looking at the table: nothing falls between the two
        number, missed, reset = await asyncio.to_thread(_catch_up, context_of(request), given)
        yield _RETRY + _frame(number if reset or not missed else None, "reset" if reset else None, {})
        for event in missed:
            if frame := _shown(view, event):
                yield frame
        async for frames in _live(hub, listener, view, number):
            yield frames


async def _live(hub: Hub, listener: Listener, view: Listening, number: int) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    beat_at, check_at = clock() + hub.pace.heartbeat, clock()
    while (events := await listener.take(max(0.0, min(beat_at, check_at) - clock()))) is not None:
        frames = []
        for event in events:
            if OF_THE_MOMENT < event.number <= number:
                continue
            number = max(number, event.number)
            frames.append(_shown(view, event))
            if view.in_doubt(event) and not await asyncio.to_thread(view.allowed):
                yield b"".join(frames)
                return
        if any(frames):
            yield b"".join(frames)
        if clock() >= check_at:
            check_at = clock() + hub.pace.recheck
            if not await asyncio.to_thread(view.allowed):
                return
        if clock() >= beat_at:
            beat_at = clock() + hub.pace.heartbeat
            yield b": still here\n" + _frame(number, None, {})


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


def _shown(view: Listening, event: Event) -> bytes:
    """The event's frame, empty when it is not for this listener; written once for all who see it alike."""
    shown = view.show(event)
    if shown is None:
        return b""
    kind, data = shown
    if kind not in event.frames:
        number = None if event.number == OF_THE_MOMENT else event.number
        event.frames[kind] = _frame(number, kind, data)
    return event.frames[kind]


def _frame(number: int | None, kind: str | None, data: dict[str, Any]) -> bytes:
    """An event; without a kind only the number to resume from, which a browser keeps to itself."""
    lines = [f"id: {number}"] if number is not None else []
    if kind is not None:
        lines += [f"event: {kind}", f"data: {json.dumps(data, separators=(',', ':'))}"]
    return "\n".join([*lines, "", ""]).encode()
