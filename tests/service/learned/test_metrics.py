"""The figures, against values worked out by hand."""

from math import exp

import numpy as np
import pytest

from handoff_service.learned.metrics import auc, f1, figures, golden_transfer


@pytest.mark.parametrize(
    ("chosen", "gold", "tolerance", "expected"),
    [
        ([0, 0, 0], [0, 0, 0], 1, 1.0),
        ([1, 0, 0], [0, 0, 0], 1, 0.0),
        ([0, 0, 0], [0, 1, 0], 3, 0.0),
        ([0, 1, 0], [0, 1, 0], 1, 1.0),
        ([1, 0, 0], [0, 1, 0], 1, exp(-1 / 2)),
        ([1, 0, 0], [0, 0, 1], 1, exp(-4 / 2)),
        ([1, 0, 0], [0, 0, 1], 2, exp(-4 / 8)),
        ([1, 0, 0], [0, 0, 1], 3, exp(-4 / 18)),
        ([1, 1, 0], [0, 1, 0], 1, (exp(-1 / 2) + 1) / 2),  # the mean over what is predicted
        ([0, 1, 0, 0], [1, 0, 0, 1], 1, exp(-1 / 2)),  # the nearest counts
        ([0, 1, 0], [1, 1, 1], 1, 1.0),  # what was not predicted costs nothing here
    ],
)
def test_golden_transfer_of_one_dialogue(chosen, gold, tolerance, expected):
    assert golden_transfer([chosen], [gold], tolerance) == pytest.approx(expected)


def test_golden_transfer_is_averaged_over_dialogues():
    assert golden_transfer([[0], [1, 0]], [[0], [0, 1]], 1) == pytest.approx((1 + exp(-1 / 2)) / 2)


def test_f1_and_its_mean_over_both_classes():
    scores = [np.array([0.9, 0.8, 0.1]), np.array([0.2])]
    told = figures(scores, [one > 0.5 for one in scores], [[1, 0, 1], [0]])
    assert told.f1 == pytest.approx(1 / 2)  # one right, one too many, one missed
    assert told.macro_f1 == pytest.approx(1 / 2)
    assert f1(np.array([False]), np.array([False])) == 0


@pytest.mark.parametrize(
    ("scores", "gold", "expected"),
    [
        ([0.1, 0.2, 0.3], [0, 0, 1], 1.0),
        ([0.3, 0.2, 0.1], [0, 0, 1], 0.0),
        ([0.5, 0.5], [0, 1], 0.5),
        ([0.1, 0.4, 0.4, 0.9], [0, 0, 1, 1], 3.5 / 4),
        ([0.1, 0.2], [1, 1], None),
    ],
)
def test_auc(scores, gold, expected):
    found = auc(np.array(scores), np.array(gold, dtype=bool))
    assert found == (None if expected is None else pytest.approx(expected))
