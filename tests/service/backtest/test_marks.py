"""Precision and recall where agents said what was right."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from handoff_service.backtest.marks import FEW, MarkTally, wilson
from tests.service.backtest.histories import history, replayed, rules

ONCE, TWICE = rules("fallback: true"), rules("consecutive_fallbacks: {gte: 2}")
THRICE = rules("consecutive_fallbacks: {gte: 3}")


def summary(draft, *marked: tuple[str, str | None]):
    """Of conversations given as history and the mark of their only handoff."""
    tally = MarkTally()
    for words, mark in marked:
        made = history(words)
        made.handoffs = [replace(handoff, mark=mark) for handoff in made.handoffs]
        for case in replayed(made, draft):
            tally.add(case)
    return tally.summary()


@pytest.mark.parametrize(
    ("draft", "made", "precision", "recall", "earlier"),
    [
        (TWICE, "same", (2, 3), (2, 2), 0),
        (ONCE, "earlier", (2, 3), (2, 2), 1),
        (THRICE, "not by then", (0, 0), (0, 2), 0),
    ],
)
def test_each_kind_of_mark(draft, made, precision, recall, earlier) -> None:
    marks = summary(draft, ("f H", "needed"), ("f H", "too_late"), ("f H", "not_needed"), ("f H", None))

    assert (marks["total"], marks["needed"], marks["too_late"], marks["not_needed"]) == (3, 1, 1, 1)
    assert (marks["draft"]["precision"]["hits"], marks["draft"]["precision"]["of"]) == precision
    assert (marks["draft"]["recall"]["hits"], marks["draft"]["recall"]["of"]) == recall
    assert (marks["real"]["precision"]["hits"], marks["real"]["precision"]["of"]) == (2, 3)
    assert marks["too_late_made_earlier"] == earlier


def test_a_needed_handoff_that_an_agent_had_to_take_was_missed_by_the_rules() -> None:
    marks = summary(ONCE, ("f c", "needed"))

    assert marks["real"]["recall"]["value"] == 0
    assert marks["draft"]["recall"]["value"] == 1


def test_what_would_be_new_has_no_mark_and_counts_nowhere() -> None:
    assert summary(ONCE, ("f .", None))["draft"]["precision"]["of"] == 0


def test_few_marks_are_called_few() -> None:
    assert summary(TWICE, ("f H", "needed"))["too_few"]
    assert not summary(TWICE, *[("f H", "needed")] * FEW)["too_few"]


def test_wilson_as_in_the_textbook() -> None:
    low, high = wilson(8, 10) or (0, 0)

    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(0, 0) is None


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_holds_the_share(hits: int, of: int) -> None:
    low, high = wilson(min(hits, of), of) or (1, 0)

    assert 0 <= low <= min(hits, of) / of + 1e-9
    assert min(hits, of) / of - 1e-9 <= high <= 1
