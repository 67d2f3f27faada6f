"""`GET /stream`: Server-Sent Events, resumed by number."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from handoff_service.agents import line
from handoff_service.auth.dependencies import Principal, SignedIn, principal_of
from handoff_service.context import context_of
from handoff_service.errors import Problem
from handoff_service.stream.repository import Event
from handoff_service.stream.serving import streaming
from handoff_service.stream.visibility import View

router = APIRouter(tags=["stream"])


@router.get("/stream", response_class=StreamingResponse)
async def stream(
    request: Request,
    who: SignedIn,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[str | None, Query(max_length=40)] = None,
) -> StreamingResponse:
    """Events from now on, or after `Last-Event-ID` (else `after`). `event: reset` asks to fetch all anew."""
    return streaming(request, _Desk(request, who), last_event_id if last_event_id is not None else after)


class _Desk(View):
    """An agent's or supervisor's view, for as long as token and account are good."""

    def __init__(self, request: Request, who: Principal) -> None:
        super().__init__(who)
        self._request = request

    def in_doubt(self, event: Event) -> bool:
        if event.type in ("team.updated", "team.removed"):
            return True
        return event.type == "agent.updated" and bool(event.payload["agent"]["id"] == self._who.id)

    def allowed(self) -> bool:
        """Token and account are still good; role and team led are those that the stream was filtered by.
        Then the agent is there."""
        try:
            now = principal_of(self._request)
        except Problem:
            return False
        line.note(context_of(self._request), now.id)
        return (now.role, now.leads) == (self._who.role, self._who.leads)
