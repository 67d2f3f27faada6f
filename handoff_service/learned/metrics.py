"""How good predictions are. Positions count from 0 within a dialogue."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOLERANCES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Figures:
    """`f1` is of the positive class. `gt` holds Golden Transfer within Tolerance for T = 1, 2, 3. `auc` is
    None where only one class occurs."""

    f1: float
    macro_f1: float
    auc: float | None
    gt: tuple[float, float, float]


def figures(
    scores: Sequence[NDArray[np.float64]],
    chosen: Sequence[NDArray[np.bool_]],
    labels: Sequence[Sequence[int]],
) -> Figures:
    """Per dialogue: the scores, the turns chosen for a handoff, the labels."""
    gold = np.concatenate([np.asarray(one, dtype=bool) for one in labels])
    picked = np.concatenate(list(chosen))
    positive = f1(picked, gold)
    one, two, three = (golden_transfer(chosen, labels, tolerance) for tolerance in TOLERANCES)
    return Figures(
        f1=positive,
        macro_f1=(positive + f1(~picked, ~gold)) / 2,
        auc=auc(np.concatenate(list(scores)), gold),
        gt=(one, two, three),
    )


def f1(picked: NDArray[np.bool_], gold: NDArray[np.bool_]) -> float:
    """0 where nothing is picked and nothing gold."""
    both = int((picked & gold).sum())
    all_ = int(picked.sum()) + int(gold.sum())
    return 2 * both / all_ if all_ else 0.0


def auc(scores: NDArray[np.float64], gold: NDArray[np.bool_]) -> float | None:
    """How often a positive scores above a negative; a tie counts half."""
    positives, negatives = int(gold.sum()), int((~gold).sum())
    if not positives or not negatives:
        return None
    _, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    return float((ranks[gold].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def golden_transfer(
    chosen: Sequence[Sequence[int] | NDArray[np.bool_]], labels: Sequence[Sequence[int]], tolerance: int
) -> float:
    """Mean over dialogues of: the mean over predicted positions p of max over gold positions q of
    exp(−(p−q)² / (2T²)). A dialogue where both are empty counts 1, where exactly one is empty 0."""
    return sum(_transfer(p, q, tolerance) for p, q in zip(chosen, labels, strict=True)) / len(labels)


def _transfer(chosen: Sequence[int] | NDArray[np.bool_], labels: Sequence[int], tolerance: int) -> float:
    predicted = [position for position, one in enumerate(chosen) if one]
    gold = [position for position, one in enumerate(labels) if one]
    if not predicted or not gold:
        return 1.0 if not predicted and not gold else 0.0
    nearest = [min(abs(p - q) for q in gold) for p in predicted]
    return sum(math.exp(-(d**2) / (2 * tolerance**2)) for d in nearest) / len(predicted)
