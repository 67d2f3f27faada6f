"""How a model is trained: two linear models on grams and counted features, trees and networks above them.

These are trained on what the linear models say of dialogues that the linear models did not see, and the
threshold is chosen by what trees and networks say of dialogues that they did not see. scikit-learn is loaded
on first use: a service without training does not carry it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from handoff_service.errors import Problem
from handoff_service.learned import ensemble, metrics
from handoff_service.learned.dialogue import Dialogue, labels_of
from handoff_service.learned.features import (
    BARE_FAMILIES,
    FAMILIES,
    Floats,
    Grams,
    Keys,
    counted,
    grams,
    running,
    utterance_key,
)
from handoff_service.learned.model import BIN_WEIGHT, Known, Model, binned, weighted

INNER_FOLDS = 5
SEED = 0
MINIMUM = 40
"""Dialogues to learn from at least; fewer teach nothing that the next ten would not overturn."""
MINIMUM_POSITIVE = 10
"""Of them with a turn to hand over, and as many turns not to: each fold needs both."""

_BINS = 8
_DIRECTIONS = 25
_STRENGTH = (1.0, 2.0)  # C of the linear models: with context, the turn alone
_PLACING = 0.3  # weight of the place beside the F1 when the threshold is chosen


class Progress(Protocol):
    """Told when a step begins, by the name that its text has (`texts.TEXTS`), and the numbers in it."""

    def __call__(self, step: str, **values: int) -> None: ...


def silent(step: str, **values: int) -> None:
    """For whoever does not watch."""


def fold_of(count: int, folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for each of `count` dialogues, by chance and of even size."""
    fold = np.empty(count, dtype=np.int64)
    fold[np.random.default_rng(seed).permutation(count)] = np.arange(count) % folds
    return fold


class TooFew(Problem):
    """There is not enough to learn from; the message says what is missing."""

    status = 422
    title = "Too few dialogues"


def enough(dialogues: Sequence[Dialogue], folds: int = INNER_FOLDS) -> None:
    """Refuse (TooFew) what could not be learned from, or not be divided into so many folds."""
    positive = sum(any(dialogue.labels) for dialogue in dialogues)
    negative = sum(not all(dialogue.labels) for dialogue in dialogues)
    if len(dialogues) >= MINIMUM and min(positive, negative) >= max(MINIMUM_POSITIVE, 2 * folds):
        return
    least = max(MINIMUM_POSITIVE, 2 * folds)
    raise TooFew(
        f"Too few to learn from: {len(dialogues)} dialogues, {positive} with a turn to hand over, {negative} "
        f"with one not to. Needed are {MINIMUM}, {least} and {least}; from the service's own conversations "
        "count those whose handoff an agent has marked."
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """All turns of the dialogues, one after another; `dialogue` says whose each is."""

    labels: NDArray[np.int64]
    dialogue: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: Floats
    edges: Floats
    known: dict[str, tuple[Keys, Floats]]
    context: Any  # sparse matrices: for the linear model with context, for the turn alone, for directions
    bare: Any
    present: Any

    def cut(self, values: Floats) -> list[Floats]:
        """Per dialogue."""
        return np.split(values, self.starts[1:])


def train(dialogues: Sequence[Dialogue], *, seed: int = SEED, progress: Progress = silent) -> Model:
    """A model of the dialogues; the same for the same dialogues and seed."""
    from sklearn.decomposition import TruncatedSVD

    progress("features")
    frequency = Counter(key for dialogue in dialogues for key in _said_by_bot(dialogue))
    table = _table(dialogues, frequency)
    fold = fold_of(len(dialogues), INNER_FOLDS, seed)[table.dialogue]
    progress("linear")
    unseen = np.zeros((len(table.labels), 2))
    for number in range(INNER_FOLDS):
        learn, rest = fold != number, fold == number
        for column, matrix in enumerate((table.context, table.bare)):
            linear = _linear(matrix[learn], table.labels[learn], _STRENGTH[column])
            unseen[rest, column] = linear.decision_function(matrix[rest])
    with_context = _linear(table.context, table.labels, _STRENGTH[0])
    alone = _linear(table.bare, table.labels, _STRENGTH[1])
    projection = TruncatedSVD(min(_DIRECTIONS, table.present.shape[1] - 1), random_state=seed).fit(
        table.present
    )
    directions = projection.components_.astype(np.float32)
    bots = table.counts[:, 0] == 1
    rows = np.hstack(
        [
            table.counts,
            np.vstack(
                [
                    running(one[:, 0], one[:, 1], who)
                    for one, who in zip(table.cut(unseen), np.split(bots, table.starts[1:]), strict=True)
                ]
            ),
            table.present @ directions.T,
        ]
    )
    progress("ensemble")
    checked = np.zeros(len(rows))
    for number in range(INNER_FOLDS):
        learn, rest = fold != number, fold == number
        judges = ensemble.trained(rows[learn], table.labels[learn], seed)
        checked[rest] = [judges.probability(row) for row in rows[rest]]
    common = sorted(frequency.items())
    families, bins = _families(table, with_context.coef_[0], alone.coef_[0])
    return Model(
        threshold=_threshold(table.cut(checked), dialogues),
        families=families,
        edges=table.edges,
        bins=bins,
        intercepts=np.array([with_context.intercept_[0], alone.intercept_[0]]),
        directions=directions,
        common_keys=np.array([key for key, _ in common], dtype=np.uint64),
        common_counts=np.array([count for _, count in common], dtype=np.int32),
        ensemble=ensemble.trained(rows, table.labels, seed),
    )


def _said_by_bot(dialogue: Dialogue) -> set[int]:
    return {utterance_key(turn) for turn in dialogue.turns if turn.role == "bot"}


def _table(dialogues: Sequence[Dialogue], frequency: Counter[int]) -> _Table:
    from scipy import sparse

    counts: list[Floats] = []
    per_family: dict[str, list[Grams]] = {family: [] for family in FAMILIES}
    first = 0
    for dialogue in dialogues:
        own = _said_by_bot(dialogue)
        # Its own saying must not count: a dialogue to come is not among the counted either.
        counts.append(counted(dialogue.turns, _others(frequency, own)))
        for family, its_grams in grams(dialogue.turns).items():
            per_family[family].append(Grams(its_grams.turns + first, its_grams.keys))
        first += len(dialogue.turns)
    labels = np.array(labels_of(dialogues))
    lengths = [len(dialogue.turns) for dialogue in dialogues]
    all_counts = np.vstack(counts)
    edges = _edges(all_counts)
    known, matrices = {}, {}
    for family, parts in per_family.items():
        together = Grams(
            np.concatenate([one.turns for one in parts]), np.concatenate([one.keys for one in parts])
        )
        keys, found = np.unique(together.keys, return_counts=True)
        keys, found = keys[found > 1], found[found > 1]
        rarity = np.log((1 + len(labels)) / (1 + found)) + 1
        turn, place, weight = weighted(together, len(labels), keys, rarity)
        known[family] = keys, rarity
        matrices[family] = sparse.csr_matrix((weight, (turn, place)), shape=(len(labels), len(keys)))
    return _Table(
        labels=labels,
        dialogue=np.repeat(np.arange(len(dialogues)), lengths),
        starts=np.cumsum([0, *lengths[:-1]]),
        counts=all_counts,
        edges=edges,
        known=known,
        context=sparse.hstack([*matrices.values(), _one_hot(all_counts, edges) * BIN_WEIGHT]).tocsr(),
        bare=sparse.hstack([matrices[family] for family in BARE_FAMILIES]).tocsr(),
        present=matrices[FAMILIES[0]],
    )


def _others(frequency: Counter[int], own: set[int]) -> Callable[[int], int]:
    return lambda key: frequency[key] - (key in own)


def _edges(counts: Floats) -> Floats:
    """Inner bounds of bins with about as many turns each; infinity where a feature needs fewer."""
    shares = np.linspace(0, 1, _BINS + 1)[1:-1]
    edges = np.full((counts.shape[1], len(shares)), np.inf)
    for feature in range(counts.shape[1]):
        bounds = np.unique(np.quantile(counts[:, feature], shares))
        edges[feature, : len(bounds)] = bounds
    return edges


def _one_hot(counts: Floats, edges: Floats) -> Any:
    """Per turn one column of (role, feature, bin) for each feature."""
    from scipy import sparse

    turns, features = counts.shape
    bots = (counts[:, 0] == 1).astype(int)
    place = (bots[:, None] * features + np.arange(features)) * _BINS + binned(counts, edges)
    shape = (turns, 2 * features * _BINS)
    return sparse.csr_matrix(
        (np.ones(place.size), (np.repeat(np.arange(turns), features), place.ravel())), shape=shape
    )


def _linear(matrix: Any, labels: NDArray[np.int64], strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="liblinear", tol=1e-3).fit(matrix, labels)


def _families(table: _Table, context: Floats, alone: Floats) -> tuple[dict[str, Known], Floats]:
    """The weights, family by family, and those of the bins."""
    families, at, at_bare = {}, 0, 0
    for family, (keys, rarity) in table.known.items():
        bare = np.zeros(len(keys))
        if family in BARE_FAMILIES:
            bare = alone[at_bare : at_bare + len(keys)]
            at_bare += len(keys)
        families[family] = Known(keys, rarity, context[at : at + len(keys)], bare)
        at += len(keys)
    return families, context[at:].reshape(2, table.counts.shape[1], _BINS)


def _threshold(scores: Sequence[Floats], dialogues: Sequence[Dialogue]) -> float:
    """The score that parts best, by F1 and by place (GT-III)."""
    labels = [dialogue.labels for dialogue in dialogues]
    gold = np.array(labels_of(dialogues), dtype=bool)
    together = np.concatenate(scores)

    def worth(threshold: float) -> float:
        chosen = [one >= threshold for one in scores]
        place = metrics.golden_transfer(chosen, labels, metrics.TOLERANCES[-1])
        return metrics.f1(together >= threshold, gold) + _PLACING * place

    candidates = np.unique(np.quantile(together, np.linspace(0.6, 0.95, 36)))
    worths = np.pad([worth(float(one)) for one in candidates], 2, mode="edge")
    smoothed = np.convolve(worths, np.full(5, 1 / 5), mode="valid")  # a lone peak is chance
    return float(candidates[smoothed.argmax()])
