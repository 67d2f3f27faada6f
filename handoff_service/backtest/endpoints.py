"""`POST /rules/backtest`, `POST /rules/tune`: of bounded size; longer ones are for the command line."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session

from handoff_service.auth.dependencies import InContext, Supervising
from handoff_service.backtest import repository
from handoff_service.backtest.drafts import active, stored_draft, stored_version
from handoff_service.backtest.history import Window
from handoff_service.backtest.schemas import BacktestIn, TuneIn
from handoff_service.backtest.service import backtest, window_of
from handoff_service.backtest.tune import tune
from handoff_service.errors import Conflict, TooLarge
from handoff_service.rules.editing import checked
from handoff_service.rules.file import Source
from handoff_service.rules.schemas import RulesText

router = APIRouter(tags=["rules"])

MOST_TURNS = 50_000
"""Some ten seconds of one core. A call that takes longer is cut off by browsers and proxies."""

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
        with _bounded(session, given.since, given.until) as window:
            return backtest(session, context.settings, draft, window)


@router.post("/rules/tune")
def post_tune(given: TuneIn, _who: Supervising, context: InContext) -> dict[str, Any]:
    """Thresholds that fit agents' marks better, as a rule set (`source`) with its backtest. It is not kept
    anywhere. Bounded like a backtest; 422 where there are too few marks."""
    with context.database.reading() as session:
        repository.snapshot(session)
        rules = active(session)
        with _bounded(session, given.since, given.until) as window:
            tuned = tune(session, context.settings, rules, window, only=given.rules, beta=given.beta)
            return tuned.result


@contextmanager
def _bounded(session: Session, since: dt.datetime | None, until: dt.datetime | None) -> Iterator[Window]:
    """The window, if it holds few enough turns for one call; nobody else replays in the meantime."""
    window = window_of(session, since, until)
    if repository.count_turns(session, window, MOST_TURNS + 1) > MOST_TURNS:
        raise TooManyTurns(f"More than {MOST_TURNS:,} turns: move since closer to until, or use ./handoff.")
    if not _running.acquire(blocking=False):
        raise BacktestRunning("Try again when it has ended.")
    try:
        yield window
    finally:
        _running.release()


def _draft(session: Session, given: BacktestIn) -> Source:
    if given.version is not None:
        return stored_version(session, given.version)
    if given.source is None and given.rules is None:
        return stored_draft(session)
    return checked(RulesText(source=given.source, rules=given.rules).text)
