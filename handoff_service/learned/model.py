"""A trained model and what it says of a dialogue. Nothing but numpy is needed here."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from handoff_service.learned.dialogue import Said
from handoff_service.learned.features import FAMILIES, Floats, Grams, Keys, counted, grams, running

FARTHEST = 4.0
"""Standard deviations from the mean that networks are given at most: a rarity must not outweigh all else."""

BIN_WEIGHT = 0.3
"""Scale of the counted features beside the grams, whose rows have length one per family."""


@dataclass(frozen=True, slots=True)
class Known:
    """The grams of one family that the model knows (sorted), how rare each is, and its weight in both
    linear models (0 where a model does not look at the family)."""

    keys: Keys
    rarity: Floats
    whole: Floats
    bare: Floats


@dataclass(frozen=True, slots=True)
class Trees:
    """Randomised trees, their nodes one after another. A leaf's `left` is -1, its `value` a probability."""

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats

    def probability(self, row: Floats) -> float:
        node = self.roots
        rounded = row.astype(np.float32)  # as they were grown
        while True:
            inner = self.left[node] >= 0
            if not inner.any():
                return float(self.value[node].mean())
            at_most = rounded[self.feature[node]] <= self.threshold[node]
            node = np.where(inner, np.where(at_most, self.left[node], self.right[node]), node)


@dataclass(frozen=True, slots=True)
class Networks:
    """Networks with one hidden layer; the first axis of their weights is the network. `centre` and `scale`:
    of each number of a row."""

    centre: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    outward: Floats
    outward_bias: Floats

    def probability(self, row: Floats) -> float:
        given = np.clip((row - self.centre) / self.scale, -FARTHEST, FARTHEST)
        seen = np.maximum(given @ self.hidden + self.hidden_bias, 0)
        log_odds = (seen * self.outward).sum(axis=1) + self.outward_bias
        return float((1 / (1 + np.exp(-log_odds))).mean())


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Trees and networks, each of the same weight."""

    trees: Trees
    networks: Networks

    def probability(self, row: Floats) -> float:
        return (self.trees.probability(row) + self.networks.probability(row)) / 2


@dataclass(frozen=True, slots=True)
class Model:
    """`threshold`: the score from which on a turn should be handed over, as chosen in training.

    `edges`: per counted feature the upper bounds of its bins, padded with infinity; `bins`: the weight by
    (role, feature, bin) in the first linear model. `directions`: what the present turn's grams are
    projected on. `common_keys`: (sorted) of what the bot has said, with the number of dialogues.
    """

    threshold: float
    families: dict[str, Known] = field(hash=False)
    edges: Floats
    bins: Floats
    intercepts: Floats  # of the linear model with context, of the turn alone
    directions: NDArray[np.float32]
    common_keys: Keys
    common_counts: NDArray[np.int32]
    ensemble: Ensemble

    def score(self, turns: Sequence[Said]) -> float:
        """Probability, 0…1, that the last of these turns should be handed over."""
        return self.ensemble.probability(self._rows(turns)[-1])

    def scores(self, turns: Sequence[Said]) -> Floats:
        """The same for each turn, as if it were the last."""
        return np.array([self.ensemble.probability(row) for row in self._rows(turns)])

    def _rows(self, turns: Sequence[Said]) -> Floats:
        counts = counted(turns, self._frequency)
        bots = counts[:, 0] == 1
        whole = self.intercepts[0] + self._from_bins(counts, bots)
        bare = np.full(len(turns), self.intercepts[1])
        projected = np.zeros((len(turns), len(self.directions)))
        for family, given in grams(turns).items():
            known = self.families[family]
            turn, place, weight = weighted(given, len(turns), known.keys, known.rarity)
            whole = whole + np.bincount(turn, weight * known.whole[place], len(turns))
            bare = bare + np.bincount(turn, weight * known.bare[place], len(turns))
            if family == FAMILIES[0]:
                np.add.at(projected, turn, (self.directions[:, place] * weight).T)
        return np.hstack([counts, running(whole, bare, bots), projected])

    def _frequency(self, key: int) -> int:
        found = int(np.searchsorted(self.common_keys, np.uint64(key)))
        known = found < len(self.common_keys) and int(self.common_keys[found]) == key
        return int(self.common_counts[found]) if known else 0

    def _from_bins(self, counts: Floats, bots: NDArray[np.bool_]) -> Floats:
        features = np.arange(counts.shape[1])
        return np.asarray(
            BIN_WEIGHT
            * self.bins[bots.astype(int)[:, None], features, binned(counts, self.edges)].sum(axis=1)
        )


def binned(counts: Floats, edges: Floats) -> NDArray[np.int64]:
    """Per turn and feature, the number of its bin: how many bounds it has reached."""
    return np.asarray((counts[:, :, None] >= edges[None, :, :]).sum(axis=2))


def weighted(
    given: Grams, turns: int, keys: Keys, rarity: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The known grams as (turn, place among `keys`, weight); a turn's weights have length one."""
    place = np.searchsorted(keys, given.keys)
    place[place == len(keys)] = 0
    known = keys[place] == given.keys if len(keys) else np.zeros(len(place), dtype=bool)
    turn, place = given.turns[known], place[known]
    weight = rarity[place]
    length = np.sqrt(np.bincount(turn, weight**2, turns))
    return turn, place, weight / length[turn]
