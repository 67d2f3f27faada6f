"""What channels tell of several customers at once: each item is taken, refused or failed at by itself."""

from collections.abc import Callable
from typing import Any, NamedTuple

import structlog
from pydantic import BaseModel, ValidationError

from handoff_service.contacts.schemas import PresenceOfCustomer
from handoff_service.contacts.service import note_window, present
from handoff_service.customers.service import named_by_site
from handoff_service.errors import Problem, TooMany, Unprocessable
from handoff_service.problems import kind_of
from handoff_service.sanitize import storable
from handoff_service.unit import Unit
from handoff_service.visits import service
from handoff_service.visits.changes import take_change
from handoff_service.visits.outside import take_outside
from handoff_service.visits.schemas import (
    Change,
    Feedback,
    NameOfCustomer,
    Outside,
    PersonWanted,
    Receipts,
    ToldItem,
    ToldResult,
    Window,
)

BEHIND = ToldResult(status=424)
"""Not looked at: something before it has to be told again."""

FOR_A_WHILE = (401, 403, 408, BEHIND.status, TooMany.status)
"""What a channel tells again."""

log = structlog.get_logger(__name__)


class _Kind(NamedTuple):
    body: type[BaseModel]
    take: Callable[[Unit, str, Any], None]


def _solved(unit: Unit, sender_id: str, given: Feedback) -> None:
    service.note_solved(unit, sender_id, given.message_id)


def _present(unit: Unit, sender_id: str, given: PresenceOfCustomer) -> None:
    present(unit, sender_id, connected=given.connected)


def _named(unit: Unit, sender_id: str, given: NameOfCustomer) -> None:
    named_by_site(unit, sender_id, given.channel, given.name)


def _window(unit: Unit, sender_id: str, given: Window) -> None:
    note_window(unit, sender_id, given.model_dump(mode="json"))


_KINDS = {
    "receipts": _Kind(Receipts, service.take_receipts),
    "feedback": _Kind(Feedback, _solved),
    "presence": _Kind(PresenceOfCustomer, _present),
    "name": _Kind(NameOfCustomer, _named),
    "window": _Kind(Window, _window),
    "changes": _Kind(Change, take_change),
    "handoff": _Kind(PersonWanted, service.want_person),
    "outside": _Kind(Outside, take_outside),
}


def take_told(unit: Unit, items: list[ToldItem]) -> list[ToldResult]:
    """One result per item, in order. What fails has to be told again, and what is behind it of the same
    customer, too."""
    results = []
    waiting: set[str] = set()
    for item in items:
        result = BEHIND if item.sender_id in waiting else _taken(unit, item)
        if result.status >= 500 or result.status in FOR_A_WHILE:
            waiting.add(item.sender_id)
        results.append(result)
    return results


def _taken(unit: Unit, item: ToldItem) -> ToldResult:
    kind = _KINDS[item.what]
    try:
        given = kind.body.model_validate(item.body)
    except ValidationError:
        return ToldResult(status=422, type=kind_of(Unprocessable()))
    try:
        with unit.savepoint():
            kind.take(unit, storable(item.sender_id), given)
            unit.session.flush()  # what the database refuses, it refuses here
    except Problem as refusal:
        return ToldResult(status=refusal.status, type=kind_of(refusal))
    except Exception:
        log.exception("told_in_vain", what=item.what, sender_id=item.sender_id)
        return ToldResult(status=500)
    return ToldResult(status=204)
