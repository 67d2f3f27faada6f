"""`POST /rules/backtest`: a backtest of bounded size; longer ones are for the command line."""

import threading
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session

from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.backtest import repository
from handoff_service.backtest.drafts import stored_draft, stored_version
from handoff_service.backtest.schemas import BacktestIn
from handoff_service.backtest.service import backtest, window_of
from handoff_service.errors import Conflict, TooLarge
from handoff_service.rules.editing import checked
from handoff_service.rules.file import Source
from handoff_service.rules.schemas import RulesText

router = APIRouter(tags=["rules"])

MOST_TURNS = 50_000
"""Some fifteen seconds of one core. A call that takes longer is cut off by browsers and proxies."""

_running = threading.Lock()  # one at a time in a process: the desk's own calls need the processor, too


class TooManyTurns(TooLarge):
    title = "Too many turns for one call"


class BacktestRunning(Conflict):
    title = "Another backtest is under way"


@router.post("/rules/backtest")
def post_backtest(given: BacktestIn, _who: Supervising, context: InContext) -> dict[str, Any]:
    """What would have been different under these rules. Reads only; at most 50,000 turns (413 beyond)."""
    with context.database.reading() as session:
        repository.snapshot(session)
        draft = _draft(session, given)
        window = window_of(session, given.since, given.until)
        if repository.count_turns(session, window, MOST_TURNS + 1) > MOST_TURNS:
            raise TooManyTurns(
                f"More than {MOST_TURNS:,} turns: move since closer to until, or use ./handoff backtest."
            )
        if not _running.acquire(blocking=False):
            raise BacktestRunning("Try again when it has ended.")
        try:
            return backtest(session, context.settings, draft, window)
        finally:
            _running.release()


def _draft(session: Session, given: BacktestIn) -> Source:
    if given.version is not None:
        return stored_version(session, given.version)
    if given.source is None and given.rules is None:
        return stored_draft(session)
    return checked(RulesText(source=given.source, rules=given.rules).text)
