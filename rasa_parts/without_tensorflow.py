"""Rasa without TensorFlow, which is most of the time that Rasa takes to start and most of its memory.

Rasa imports TensorFlow for the components that a pipeline could name, whether this one names them or not.
`leave_out()` has them imported with hollow modules in its place: these can be derived from, which is all that
Rasa does with TensorFlow while it is imported, but nothing can be made of them. From then on
`import tensorflow` brings the real one. Rasa's own neural components are of no use in such a process, so
`is_needed_by()` comes first.
"""

import json
import sys
import tarfile
from collections.abc import Iterable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

PACKAGES = ("tensorflow", "keras")
# A component that is not known here only costs the time.
OURS = ("rasa_parts.", "rasa.graph_components.")
RASAS = ("RulePolicy", "FallbackClassifier", "RegexMessageHandler", "DefaultPolicyPredictionEnsemble")


def is_needed_by(components: Iterable[str]) -> bool:
    """Whether one of them may need it; each is named as in a pipeline, or with its module."""
    return not all(name.startswith(OURS) or name.rpartition(".")[2] in RASAS for name in components)


def named_in(config: Path) -> list[str]:
    """Those of pipeline and policies. Raises OSError, YAMLError, KeyError, TypeError where there are none."""
    given = yaml.safe_load(config.read_text(encoding="utf-8"))
    return [each["name"] for each in [*given["pipeline"], *given["policies"]]]


def run_by(model: Path) -> set[str]:
    """The components of a trained model. Raises OSError, TarError, KeyError, ValueError where it is none."""
    with tarfile.open(model, "r:gz") as archive:
        member = next((each for each in archive if Path(each.name).name == "metadata.json"), None)
        if member is None:
            raise KeyError("metadata.json")
        metadata = json.load(archive.extractfile(member))
    return {node["uses"] for node in metadata["predict_schema"]["nodes"].values()}


def leave_out() -> None:
    """Import what of Rasa imports TensorFlow, without it; nothing is done where it is there already."""
    if any(package in sys.modules for package in PACKAGES):
        return
    hollow = _Hollow()
    sys.meta_path.insert(0, hollow)
    try:
        import rasa.engine.recipes.default_components  # noqa: F401 - all components that Rasa has
    finally:
        sys.meta_path.remove(hollow)
        for name in filter(_is_tensorflows, list(sys.modules)):
            del sys.modules[name]


def _is_tensorflows(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


class _LeftOut(type):
    """A class without content, with as many more inside as are asked for."""

    def __getattr__(cls, name: str) -> "_LeftOut":
        return _left_out(name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "TensorFlow was left out when Rasa started, because its model did not need it:"
            " start Rasa with a model that does."
        )


def _left_out(name: str) -> _LeftOut:
    if name.startswith("__"):
        raise AttributeError(name)
    return _LeftOut(name, (), {})


class _Hollow(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if _is_tensorflows(name) else None

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = _left_out  # type: ignore[attr-defined]
