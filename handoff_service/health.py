"""`/healthz`: the process lives. `/readyz`: it can serve, and how its surroundings are."""

import datetime as dt
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from handoff_service.context import context_of
from handoff_service.migrations.runner import is_current
from handoff_service.models import DeadLetter, OutboxEntry
from handoff_service.rasa.outbox import OPEN

router = APIRouter(tags=["health"])
log = structlog.get_logger(__name__)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Not ready"}})
def readyz(request: Request) -> JSONResponse:
    """503 while the database does not answer or is not migrated. The rest informs and does not decide.

    `failed_signals`: by signal, how many turns came without it since the start because its code crashed.
    """
    answers = migrated = False
    about: dict[str, Any] = {}
    try:
        with context_of(request).database.reading() as session:
            migrated = is_current(session)
            answers = True
            if migrated:
                about = _about(session)
    except SQLAlchemyError:
        log.exception("readyz.database")
    seen: dt.datetime | None = request.app.state.assistant_seen_at
    body = {
        "ready": answers and migrated,
        "database": "ok" if answers else "does not answer",
        "migrations": "at head" if migrated else "missing" if answers else "unknown",
        "assistant_seen_at": seen.isoformat().replace("+00:00", "Z") if seen else None,
        "failed_signals": dict(sorted(request.app.state.failed_signals.items())),
        **about,
    }
    return JSONResponse(body, 200 if body["ready"] else 503)


def _about(session: Session) -> dict[str, int]:
    return {
        "dead_letters": session.scalar(select(func.count()).select_from(DeadLetter)) or 0,
        "outbox_open": session.scalar(
            select(func.count()).select_from(OutboxEntry).where(OutboxEntry.state.in_(OPEN))
        )
        or 0,
    }
