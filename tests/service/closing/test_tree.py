"""The tree of closing categories, and which of them a conversation suggests."""

from typing import Any

import pytest

from handoff_service.closing.shipped import categories
from handoff_service.closing.tree import LEVELS, in_order, suggested
from handoff_service.decision.fields import FIELDS
from handoff_service.models import ClosingCategory


def category(id: str, parent_id: str | None = None, position: int = 0, **given: Any) -> ClosingCategory:
    values = {"active": True, "topics": [], **given}
    return ClosingCategory(id=id, parent_id=parent_id, position=position, names={"en": id}, **values)


TREE = [
    category("b", position=1, topics=["refund"]),
    category("a", position=0, topics=["order"]),
    category("b2", "b", 1, topics=["loan"]),
    category("b1", "b", 0, active=False, topics=["fraud"]),
    category("b1x", "b1", topics=["account"]),
]


def test_each_stands_before_what_is_below_it() -> None:
    places = in_order(TREE)

    assert [(place.category.id, place.level, place.usable) for place in places] == [
        ("a", 1, True),
        ("b", 1, True),
        ("b1", 2, False),
        ("b1x", 3, False),
        ("b2", 2, True),
    ]


@pytest.mark.parametrize(
    ("topics", "found"),
    [
        (["refund"], "b"),
        (["nothing", "order", "refund"], "a"),
        (["fraud", "loan"], "b2"),  # what is not active suggests nothing
        (["account"], None),  # nor what is below it
        ([], None),
    ],
)
def test_the_first_topic_that_any_is_for_decides(topics: list[str], found: str | None) -> None:
    assert suggested(in_order(TREE), topics) == found


def test_the_shipped_tree_has_a_place_for_every_topic() -> None:
    places = in_order(categories())
    by_id = {place.category.id: place for place in places}

    assert len(by_id) == len(places) == len(categories())
    assert max(place.level for place in places) == LEVELS
    assert all(set(place.category.names) == {"zh", "en"} for place in places)
    for topic in FIELDS["topic"].choices or ():
        found = suggested(places, [topic])
        assert found is not None, topic
        assert by_id[found].level == 1
