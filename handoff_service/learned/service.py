"""Models by version: stored, put in force, taken out of it, and applied at a turn.

numpy is loaded with the first model: a service without one does not carry it.
"""

import hashlib
import threading
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.orm import Session

from handoff_service.errors import NotFound
from handoff_service.learned import repository
from handoff_service.learned.marked import WINDOW, as_turns
from handoff_service.models import Conversation, LearnedModel, Turn
from handoff_service.unit import Unit

if TYPE_CHECKING:
    from handoff_service.learned.metrics import Figures
    from handoff_service.learned.model import Model

log = structlog.get_logger(__name__)


class Failures:
    """How many turns went without a score since the process began, because something was broken."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def add(self) -> int:
        with self._lock:
            self.count += 1
            return self.count


failures = Failures()


def store(unit: Unit, model: "Model", *, source: str, dialogues: int, figures: "Figures") -> int:
    """Keep a model as the next version, not in force. Returns the version."""
    from handoff_service.learned.storing import to_bytes

    payload = to_bytes(model)
    version = repository.newest_version(unit.session) + 1
    told = {
        "f1": figures.f1,
        "macro_f1": figures.macro_f1,
        "auc": figures.auc,
        "gt": list(figures.gt),
        "threshold": model.threshold,
    }
    unit.session.add(
        LearnedModel(
            version=version,
            payload=payload,
            sha256=hashlib.sha256(payload).hexdigest(),
            source=source,
            dialogues=dialogues,
            figures=told,
            active=False,
            created_at=unit.now,
            created_by=unit.actor,
        )
    )
    unit.session.flush()
    unit.audit("learned.store", version=version, source=source, dialogues=dialogues)
    return version


def activate(unit: Unit, version: int) -> None:
    """Put a version in force from the next turn on; it must be loadable (BadModel)."""
    from handoff_service.learned.storing import from_bytes

    found = repository.find(unit.session, version)
    if found is None:
        raise NotFound(f"There is no model of version {version}; --list shows those that there are.")
    from_bytes(repository.payload(unit.session, version))
    repository.deactivate_all(unit.session)
    found.active = True
    unit.audit("learned.activate", version=version)


def deactivate(unit: Unit) -> int | None:
    """From the next turn on there is no learned score. Returns the version that was in force, if one was."""
    found = repository.active(unit.session)
    if found is None:
        return None
    repository.deactivate_all(unit.session)
    unit.audit("learned.deactivate", version=found[0])
    return found[0]


def score_of(unit: Unit, conversation: Conversation, turn: Turn) -> tuple[float | None, int | None]:
    """The score of the turn and the version it is of; both None without a model in force.

    Whatever is wrong with the model costs the score, never the turn.
    """
    found = repository.active(unit.session)
    if found is None:
        return None, None
    version, sha256 = found
    try:
        with unit.session.begin_nested():  # a query that fails would end the whole transaction on PostgreSQL
            model = _model(unit.session, version, sha256)
            messages = repository.up_to(
                unit.session, turn, after_seq=conversation.returned_seq, at_most=WINDOW
            )
        return round(model.score(as_turns(messages)), 4), version
    except Exception:
        log.exception("learned.score_failed", version=version, failures=failures.add())
        return None, None


_loaded: "dict[str, Model]" = {}


def _model(session: Session, version: int, sha256: str) -> "Model":
    """Loaded once per content; only the latest is kept."""
    model = _loaded.get(sha256)
    if model is None:
        from handoff_service.learned.storing import from_bytes

        model = from_bytes(repository.payload(session, version))
        _loaded.clear()
        _loaded[sha256] = model
    return model
