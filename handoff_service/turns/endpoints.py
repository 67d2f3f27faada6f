"""`POST /turns`."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from handoff_service.auth.dependencies import CorrelationId, FromAssistant
from handoff_service.context import context_of
from handoff_service.decision.facts import Signals
from handoff_service.turns.schemas import TurnIn, TurnOut
from handoff_service.turns.service import take_turn

router = APIRouter(tags=["assistant"])


@router.post("/turns", response_model=TurnOut)
def post_turn(
    turn: TurnIn, request: Request, _key: FromAssistant, correlation_id: CorrelationId
) -> JSONResponse:
    """Assess a turn. Idempotent on (sender_id, message_id) for ever."""
    # Counted here rather than in the database: it says that the signal code is broken now.
    request.app.state.failed_signals.update(Signals.from_dict(turn.signals).failed)
    with context_of(request).work("assistant", correlation_id) as unit:
        answer = take_turn(unit, turn)
    # As it is: it is the stored one, and a customer waits while another thread would check it.
    return JSONResponse(answer)
