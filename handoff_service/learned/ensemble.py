"""How the trees and the networks are trained that decide from a turn's row of numbers.

Both learn the same from the same rows, yet err differently: their mean is better than either. scikit-learn is
loaded on first use.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff_service.learned.features import Floats
from handoff_service.learned.model import FARTHEST, Ensemble, Networks, Trees

TREES = 200
NETWORKS = 10

_LEAF = 4  # turns in a leaf at least
_SHARE = 0.3  # of the features that a split chooses from
_NEURONS = 50
_ROUNDS = 10  # over all turns; with many more it learns them by heart
_DECAY = 0.3
_STEP = 0.002
_BATCH = 100


def trained(rows: Floats, labels: NDArray[np.int64], seed: int) -> Ensemble:
    """The same for the same rows, labels and seed."""
    return Ensemble(_trees(rows, labels, seed), _networks(rows, labels, seed))


def _trees(rows: Floats, labels: NDArray[np.int64], seed: int) -> Trees:
    from sklearn.ensemble import ExtraTreesClassifier

    forest = ExtraTreesClassifier(
        TREES, min_samples_leaf=_LEAF, max_features=_SHARE, random_state=seed, n_jobs=2
    )
    return _flat([estimator.tree_ for estimator in forest.fit(rows, labels).estimators_])


def _flat(trees: list[Any]) -> Trees:
    """The trees' nodes in one row, with the places of children moved along."""
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])]).astype(np.int32)

    def moved(name: str) -> NDArray[np.int32]:
        parts = [getattr(tree, name) for tree in trees]
        return np.concatenate(
            [np.where(part >= 0, part + root, -1) for part, root in zip(parts, roots, strict=True)]
        ).astype(np.int32)

    values = [tree.value[:, 0, :] for tree in trees]
    return Trees(
        roots=roots,
        feature=np.concatenate([np.maximum(tree.feature, 0) for tree in trees]).astype(np.int32),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=moved("children_left"),
        right=moved("children_right"),
        value=np.concatenate([value[:, 1] / value.sum(axis=1) for value in values]),
    )


def _networks(rows: Floats, labels: NDArray[np.int64], seed: int) -> Networks:
    from sklearn.neural_network import MLPClassifier

    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    scaled = np.clip((rows - centre) / scale, -FARTHEST, FARTHEST)
    found = []
    for number in range(NETWORKS):
        network = MLPClassifier(
            (_NEURONS,),
            alpha=_DECAY,
            learning_rate_init=_STEP,
            batch_size=min(_BATCH, len(rows)),
            random_state=seed + number,
        )
        for _ in range(_ROUNDS):  # fit would warn that there is more to learn
            network.partial_fit(scaled, labels, classes=(0, 1))
        found.append(network)
    return Networks(
        centre=centre,
        scale=scale,
        hidden=np.stack([one.coefs_[0] for one in found]),
        hidden_bias=np.stack([one.intercepts_[0] for one in found]),
        outward=np.stack([one.coefs_[1][:, 0] for one in found]),
        outward_bias=np.array([one.intercepts_[1][0] for one in found]),
    )
