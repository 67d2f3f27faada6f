"""What supervisors do with the closing categories, and what an ending may name.

Each change is a row, an audit entry and the stream's `closing.updated`, which tells desks to look again.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from handoff_service.closing import repository, shipped
from handoff_service.closing.schemas import CategoryChange, CategoryIn, CategoryOut, Names
from handoff_service.closing.tree import LEVELS, Place, height, in_order, is_within, suggested
from handoff_service.errors import Conflict, NotFound, Unprocessable
from handoff_service.models import ClosingCategory, Conversation
from handoff_service.unit import Unit

MOST = 300  # a list that long is no help to anybody


class NoSuchCategory(NotFound):
    title = "There is no such closing category"


class UnknownCategory(Unprocessable):
    title = "There is no such closing category"


class CategoryInactive(Conflict):
    title = "This closing category is not in use any more"


class CategoryInUse(Conflict):
    """`reason`: used (a conversation was closed with it) or has_others (below it)."""

    title = "This closing category cannot be removed"


class TooManyCategories(Conflict):
    title = "There are as many closing categories as there may be"


class TooDeep(Unprocessable):
    title = f"Closing categories have {LEVELS} levels"


class InsideItself(Unprocessable):
    title = "A closing category cannot be below itself"


def take_up_shipped(unit: Unit) -> None:
    """At the first start: the tree that Baton ships with. From then on it is the supervisors'."""
    if not repository.everything(unit.session):
        unit.session.add_all(shipped.categories())
        unit.session.flush()


def listed(session: Session) -> list[CategoryOut]:
    """All of them, each before what is below it."""
    used = repository.used(session)
    return [_shown(place, used) for place in in_order(repository.everything(session))]


def create(unit: Unit, given: CategoryIn) -> CategoryOut:
    places = in_order(repository.everything(unit.session))
    if len(places) >= MOST:
        raise TooManyCategories(f"There may be {MOST}.")
    _check_parent(places, given.parent_id, levels=1)
    category = ClosingCategory(
        parent_id=given.parent_id,
        position=len(_siblings(unit.session, given.parent_id)),
        names=_names(given.names),
        topics=given.topics,
        active=True,
    )
    unit.session.add(category)
    unit.session.flush()
    _record(unit, "closing.create", category, names=category.names)
    return _find(unit.session, category.id)


def change(unit: Unit, category_id: str, given: CategoryChange) -> CategoryOut:
    category = _get(unit.session, category_id)
    changed = given.model_dump(exclude_none=True)
    if "parent_id" in given.model_fields_set and given.parent_id != category.parent_id:
        changed["parent_id"] = given.parent_id
        _move(unit, category, given.parent_id)
    if given.names is not None:
        category.names = _names(given.names)
    if given.topics is not None:
        category.topics = given.topics
    if given.active is not None:
        category.active = given.active
    if given.position is not None:
        others = [each for each in _siblings(unit.session, category.parent_id) if each.id != category.id]
        others.insert(given.position, category)
        for position, each in enumerate(others):
            each.position = position
    unit.session.flush()
    _record(unit, "closing.change", category, **changed)
    return _find(unit.session, category.id)


def _move(unit: Unit, category: ClosingCategory, parent_id: str | None) -> None:
    """Below another one, behind the others there."""
    places = in_order(repository.everything(unit.session))
    _check_parent(places, parent_id, levels=height(places, category.id), but=category.id)
    category.position = len(_siblings(unit.session, parent_id))
    category.parent_id = parent_id
    unit.session.flush()


def _check_parent(
    places: Sequence[Place], parent_id: str | None, *, levels: int, but: str | None = None
) -> None:
    """Whether so many levels may stand below it, which is not one within `but`."""
    if parent_id is None:
        return
    parent = next((place for place in places if place.category.id == parent_id), None)
    if parent is None:
        raise UnknownCategory("parent_id names no category.")
    if but is not None and is_within(places, parent_id, but):
        raise InsideItself()
    if parent.level + levels > LEVELS:
        raise TooDeep()


def remove(unit: Unit, category_id: str) -> None:
    """Only what has never been used: conversations that were closed with it keep what they were about."""
    category = _get(unit.session, category_id)
    if category.id in repository.used(unit.session):
        raise CategoryInUse("Conversations have been closed with it. Deactivate it instead.", reason="used")
    if _siblings(unit.session, category.id):
        raise CategoryInUse("Remove what is below it first.", reason="has_others")
    unit.session.delete(category)
    _record(unit, "closing.remove", category, names=category.names)


def check_usable(session: Session, category_id: str | None) -> None:
    """Whether an ending may name it."""
    if category_id is None:
        return
    places = in_order(repository.everything(session))
    place = next((place for place in places if place.category.id == category_id), None)
    if place is None:
        raise UnknownCategory("category_id names no category.")
    if not place.usable:
        raise CategoryInactive("It has been deactivated. Choose another one.")


def suggestion(session: Session, conversation: Conversation) -> str | None:
    """What the newest turn with a topic was about, else what the skills that are asked for say."""
    topics = [*repository.topics_talked_about(session, conversation.id), *conversation.skills_required]
    return suggested(in_order(repository.everything(session)), topics)


def _siblings(session: Session, parent_id: str | None) -> list[ClosingCategory]:
    found = [each for each in repository.everything(session) if each.parent_id == parent_id]
    return sorted(found, key=lambda each: (each.position, each.id))


def _get(session: Session, category_id: str) -> ClosingCategory:
    category = repository.get(session, category_id)
    if category is None:
        raise NoSuchCategory()
    return category


def _find(session: Session, category_id: str) -> CategoryOut:
    return next(each for each in listed(session) if each.id == category_id)


def _shown(place: Place, used: set[str]) -> CategoryOut:
    category = place.category
    return CategoryOut(
        id=category.id,
        parent_id=category.parent_id,
        level=place.level,
        names=category.names,
        topics=category.topics,
        active=category.active,
        usable=place.usable,
        used=category.id in used,
    )


def _names(names: Names) -> dict[str, str]:
    given: dict[str, str] = names.model_dump(exclude_none=True)
    return given


def _record(unit: Unit, action: str, category: ClosingCategory, **details: Any) -> None:
    unit.audit(action, category_id=category.id, **details)
    unit.publish("closing.updated", {})
