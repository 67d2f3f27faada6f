"""A model as bytes and back: numpy arrays in a zip file (npz), never a pickle, each checked when loaded."""

import io
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff_service.errors import Problem
from handoff_service.learned import features
from handoff_service.learned.dialogue import said
from handoff_service.learned.features import FAMILIES
from handoff_service.learned.model import Ensemble, Known, Model, Networks, Trees

FORMAT = 2
LARGEST = 500_000_000
"""Bytes of all arrays, unpacked; a model of a hundred thousand turns has a tenth of it."""

_OF_A_FAMILY = {"keys": np.uint64, "rarity": np.float64, "whole": np.float64, "bare": np.float64}
_OF_TREES = {
    "roots": np.int32,
    "feature": np.int32,
    "threshold": np.float64,
    "left": np.int32,
    "right": np.int32,
    "value": np.float64,
}
_OF_NETWORKS = ("centre", "scale", "hidden", "hidden_bias", "outward", "outward_bias")
_OTHERS = {
    "format": np.int64,
    "threshold": np.float64,
    "edges": np.float64,
    "bins": np.float64,
    "intercepts": np.float64,
    "directions": np.float32,
    "common_keys": np.uint64,
    "common_counts": np.int32,
}
_EXPECTED: dict[str, Any] = {
    **_OTHERS,
    **{f"trees.{name}": kind for name, kind in _OF_TREES.items()},
    **{f"networks.{name}": np.float64 for name in _OF_NETWORKS},
    **{f"{family}.{name}": kind for family in FAMILIES for name, kind in _OF_A_FAMILY.items()},
}


class BadModel(Problem):
    """Bytes that are no model of this version."""

    status = 422
    title = "This is no model"


def to_bytes(model: Model) -> bytes:
    arrays: dict[str, Any] = {
        "format": np.array([FORMAT, features.VERSION]),
        "threshold": np.array([model.threshold]),
        **{name: getattr(model, name) for name in _OTHERS if name not in ("format", "threshold")},
        **{f"trees.{name}": getattr(model.ensemble.trees, name) for name in _OF_TREES},
        **{f"networks.{name}": getattr(model.ensemble.networks, name) for name in _OF_NETWORKS},
        **{
            f"{family}.{name}": getattr(grams, name)
            for family, grams in model.families.items()
            for name in _OF_A_FAMILY
        },
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def from_bytes(payload: bytes) -> Model:
    """Raises BadModel for whatever `to_bytes` of this version has not written."""
    try:
        arrays = _arrays(payload)
        model = Model(
            threshold=float(arrays["threshold"][0]),
            families={
                family: Known(**{name: arrays[f"{family}.{name}"] for name in _OF_A_FAMILY})
                for family in FAMILIES
            },
            ensemble=Ensemble(
                Trees(**{name: arrays[f"trees.{name}"] for name in _OF_TREES}),
                Networks(**{name: arrays[f"networks.{name}"] for name in _OF_NETWORKS}),
            ),
            **{name: arrays[name] for name in _OTHERS if name not in ("format", "threshold")},
        )
        _check(model)
        if not 0 <= model.score([said("user", "?")]) <= 1:
            raise ValueError("its scores are no probabilities")
    except Exception as error:  # zipfile, zlib and numpy have a dozen names for it, MemoryError among them
        raise BadModel(f"The model cannot be used: {error}.") from error
    return model


def _arrays(payload: bytes) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(payload)) as file:
        if sum(entry.file_size for entry in file.infolist()) > LARGEST:
            raise ValueError("it is too large")
    with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
        if set(stored.files) != set(_EXPECTED):
            raise ValueError("it has other parts")
        arrays = {name: stored[name] for name in stored.files}
    if arrays["format"].tolist() != [FORMAT, features.VERSION]:
        raise ValueError("it is of another version of this program; train again")
    for name, kind in _EXPECTED.items():
        if arrays[name].dtype != kind:
            raise ValueError(f"{name} holds another kind of numbers")
        if arrays[name].dtype.kind == "f" and name != "edges" and not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name} holds what is no number")
    return arrays


def _check(model: Model) -> None:
    counts = len(features.counted([said("user", "?")], lambda _: 0)[0])
    width = counts + features.RUNNING + len(model.directions)
    _hold(model.edges.ndim == 2 and len(model.edges) == counts, "edges")
    _hold(not np.isnan(model.edges).any(), "edges")
    _hold(model.bins.shape == (2, counts, model.edges.shape[1] + 1), "bins")
    _hold(model.intercepts.shape == (2,), "intercepts")
    for family, grams in model.families.items():
        _hold(_sorted(grams.keys), family)
        _hold(len({getattr(grams, name).shape for name in _OF_A_FAMILY}) == 1, family)
    present = model.families[FAMILIES[0]]
    _hold(model.directions.ndim == 2 and model.directions.shape[1] == len(present.keys), "directions")
    _hold(_sorted(model.common_keys) and model.common_keys.shape == model.common_counts.shape, "common")
    _check_trees(model.ensemble.trees, width)
    _check_networks(model.ensemble.networks, width)


def _check_trees(trees: Trees, width: int) -> None:
    nodes = np.arange(trees.left.size)
    _hold(len({getattr(trees, name).shape for name in _OF_TREES if name != "roots"}) == 1, "trees")
    _hold(trees.roots.ndim == 1 and trees.roots.size > 0 and trees.left.ndim == 1, "trees")
    _hold(bool(((trees.roots >= 0) & (trees.roots < nodes.size)).all()), "trees")
    _hold(bool(((trees.feature >= 0) & (trees.feature < width)).all()), "trees")
    _hold(bool(((trees.value >= 0) & (trees.value <= 1)).all()), "trees")
    inner = trees.left >= 0
    for child in (trees.left, trees.right):  # further on than its parent, so that every way down ends
        _hold(bool(((child[inner] > nodes[inner]) & (child[inner] < nodes.size)).all()), "trees")


def _check_networks(networks: Networks, width: int) -> None:
    _hold(networks.hidden.ndim == 3 and networks.hidden.size > 0, "networks")
    count, _, neurons = networks.hidden.shape
    _hold(networks.centre.shape == networks.scale.shape == (width,), "networks")
    _hold(bool((networks.scale > 0).all()), "networks")
    _hold(networks.hidden.shape == (count, width, neurons), "networks")
    _hold(networks.hidden_bias.shape == networks.outward.shape == (count, neurons), "networks")
    _hold(networks.outward_bias.shape == (count,), "networks")


def _sorted(keys: NDArray[np.uint64]) -> bool:
    return keys.ndim == 1 and bool((keys[1:] > keys[:-1]).all())


def _hold(right: bool, part: str) -> None:
    if not right:
        raise ValueError(f"{part} does not fit")
