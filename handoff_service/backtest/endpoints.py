"""`POST /rules/backtest`: a backtest of bounded size; longer ones are for the command line."""

import threading
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session

from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.backtest import repository
from handoff_service.backtest.schemas import BacktestIn
from handoff_service.backtest.service import Draft, backtest, window_of
from handoff_service.errors import Conflict, NotFound, TooLarge, Unprocessable
from handoff_service.rules.errors import RuleError
from handoff_service.rules.parsing import parse_rules

router = APIRouter(tags=["rules"])

MOST_TURNS = 50_000
"""Some fifteen seconds of one core. A call that takes longer is cut off by browsers and proxies."""

_running = threading.Lock()  # one at a time in a process: the desk's own calls need the processor, too


class TooManyTurns(TooLarge):
    title = "Too many turns for one call"


class BacktestRunning(Conflict):
    title = "Another backtest is under way"


class RulesRefused(Unprocessable):
    title = "The rules are not valid"


class VersionNotFound(NotFound):
    title = "There is no such version of the rules"


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


def _draft(session: Session, given: BacktestIn) -> Draft:
    source = given.source
    if source is None:
        stored = repository.rule_version(session, given.version or 0)
        if stored is None:
            raise VersionNotFound()
        source = stored.source
    try:
        return Draft(parse_rules(source), source)
    except RuleError as error:
        raise RulesRefused(str(error), path=error.path, reason=error.reason) from None
