"""What agents and supervisors do with canned answers: each change is a row, an audit entry and an event.

The audit tells which answer and whose, never the words of what an agent keeps for themselves.
"""

from handoff_service.auth.dependencies import Principal
from handoff_service.canned import repository
from handoff_service.canned.schemas import CannedIn, CannedOut
from handoff_service.canned.variables import VARIABLES, unknown_in
from handoff_service.errors import Conflict, Forbidden, NotFound, Unprocessable
from handoff_service.models import CannedAnswer
from handoff_service.unit import Unit

MOST_OWN = 200  # more than anybody remembers having
MOST_SHARED = 1_000
_SHOWN = 40  # of the mistakes in a refusal, and of the characters of each


class NoSuchAnswer(NotFound):
    title = "There is no such canned answer"


class ShortcutTaken(Conflict):
    title = "Another canned answer has this shortcut"


class TooMany(Conflict):
    title = "There are as many canned answers as there may be"


class UnknownVariable(Unprocessable):
    """`variables`: what the text names and nothing fills in; `known`: what may stand there."""

    title = "The text names a variable that there is not"


def create(unit: Unit, who: Principal, given: CannedIn) -> CannedAnswer:
    owner_id = _owner(who, given)
    _room(unit, owner_id)
    _free_shortcut(unit, owner_id, given.shortcut, None)
    answer = CannedAnswer(owner_id=owner_id, created_at=unit.now)
    return _write(unit, answer, given, "canned.create")


def replace(unit: Unit, who: Principal, answer_id: str, given: CannedIn) -> CannedAnswer:
    """All of it, also whose it is: a supervisor may share an own one, or take a shared one for themselves."""
    answer = _changeable(unit, who, answer_id)
    owner_id = _owner(who, given)
    if owner_id != answer.owner_id:
        _room(unit, owner_id)
        _publish_removed(unit, answer)
    _free_shortcut(unit, owner_id, given.shortcut, answer.id)
    answer.owner_id = owner_id
    return _write(unit, answer, given, "canned.change")


def remove(unit: Unit, who: Principal, answer_id: str) -> None:
    answer = _changeable(unit, who, answer_id)
    unit.session.delete(answer)
    unit.audit("canned.remove", canned_id=answer.id, title=answer.title, shared=answer.owner_id is None)
    _publish_removed(unit, answer)


def add_shared(unit: Unit, given: CannedIn) -> CannedAnswer:
    """For the operator, who acts without being an agent."""
    return _write(unit, CannedAnswer(owner_id=None, created_at=unit.now), given, "canned.create")


def _write(unit: Unit, answer: CannedAnswer, given: CannedIn, action: str) -> CannedAnswer:
    _check_variables(given)
    answer.category = given.category
    answer.title = given.title
    answer.shortcut = given.shortcut
    answer.texts = given.texts.model_dump(exclude_none=True)
    answer.updated_at = unit.now
    answer.updated_by = unit.actor
    unit.session.add(answer)
    unit.session.flush()
    unit.audit(action, canned_id=answer.id, title=answer.title, shared=answer.owner_id is None)
    shown = CannedOut.of(answer).model_dump(mode="json")
    unit.publish("canned.updated", {"answer": shown, "owner_id": answer.owner_id})
    return answer


def _publish_removed(unit: Unit, answer: CannedAnswer) -> None:
    unit.publish("canned.removed", {"id": answer.id, "owner_id": answer.owner_id})


def _owner(who: Principal, given: CannedIn) -> str | None:
    if given.shared and not who.supervises:
        raise Forbidden("Only supervisors change the answers that all share.")
    return None if given.shared else who.id


def _changeable(unit: Unit, who: Principal, answer_id: str) -> CannedAnswer:
    """What is another agent's own does not exist for anybody else, supervisors included."""
    answer = repository.get(unit.session, answer_id)
    if answer is None or answer.owner_id not in (None, who.id):
        raise NoSuchAnswer()
    if answer.owner_id is None and not who.supervises:
        raise Forbidden("Only supervisors change the answers that all share.")
    return answer


def _room(unit: Unit, owner_id: str | None) -> None:
    most = MOST_SHARED if owner_id is None else MOST_OWN
    if repository.count(unit.session, owner_id) >= most:
        raise TooMany(f"There may be {most}; remove one that nobody uses first.")


def _free_shortcut(unit: Unit, owner_id: str | None, shortcut: str | None, own_id: str | None) -> None:
    if shortcut is None:
        return
    taken = repository.by_shortcut(unit.session, owner_id, shortcut)
    if taken is not None and taken.id != own_id:
        raise ShortcutTaken(f"“{taken.title}” has the shortcut {shortcut}.")


def _check_variables(given: CannedIn) -> None:
    texts = (given.texts.zh, given.texts.en)
    unknown = [name[:_SHOWN] for text in texts if text for name in unknown_in(text)][:_SHOWN]
    if unknown:
        told = ", ".join(name if name == "{{" else f"{{{{{name}}}}}" for name in unknown[:3])
        raise UnknownVariable(f"Not known: {told}.", variables=unknown, known=list(VARIABLES))
