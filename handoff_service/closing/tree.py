"""The tree of closing categories. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handoff_service.models import ClosingCategory

LEVELS = 3  # deeper than that nobody finds anything while a customer waits


@dataclass(frozen=True, slots=True)
class Place:
    """A category where it stands: `level` from 1, and whether it and all above it are active."""

    category: ClosingCategory
    level: int
    usable: bool


def in_order(categories: Iterable[ClosingCategory]) -> list[Place]:
    """Each category before what is below it, siblings by position."""
    children: dict[str | None, list[ClosingCategory]] = {}
    for category in categories:
        children.setdefault(category.parent_id, []).append(category)
    found: list[Place] = []

    def walk(parent_id: str | None, level: int, usable: bool) -> None:
        for category in sorted(children.get(parent_id, ()), key=lambda each: (each.position, each.id)):
            here = usable and category.active
            found.append(Place(category, level, here))
            walk(category.id, level + 1, here)

    walk(None, 1, True)
    return found


def height(places: Sequence[Place], category_id: str) -> int:
    """Of the category with what is below it, in levels: 1 where nothing is."""
    below = [each.category.id for each in places if each.category.parent_id == category_id]
    return 1 + max((height(places, each) for each in below), default=0)


def is_within(places: Sequence[Place], category_id: str, other_id: str) -> bool:
    """Whether it is the other one, or below it."""
    parents = {each.category.id: each.category.parent_id for each in places}
    at: str | None = category_id
    while at is not None and at != other_id:
        at = parents[at]
    return at == other_id


def suggested(places: Sequence[Place], topics: Iterable[str]) -> str | None:
    """The first category, from the top, that is for the first of the topics that any is for."""
    by_topic: Mapping[str, str] = {
        topic: place.category.id
        for place in reversed(places)
        if place.usable
        for topic in place.category.topics
    }
    return next((by_topic[topic] for topic in topics if topic in by_topic), None)
