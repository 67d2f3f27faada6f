"""TensorFlow is left out for pipelines that have no use for it, and only there."""

import importlib
import importlib.util
import inspect
import sys
from pathlib import Path

import pytest
from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS
from rasa.nlu.classifiers.diet_classifier import DIET

from rasa_parts.without_tensorflow import PACKAGES, RASAS, is_needed_by, named_in
from scripts import model, rasa_server, rasa_train
from scripts.settings import ROOT

CONFIG = ROOT / "config.yml"


def test_our_pipeline_has_no_use_for_it():
    assert not rasa_train.needs_tensorflow(CONFIG)
    assert not rasa_server.needs_tensorflow(["--model", str(model.model_path(ROOT))])


@pytest.mark.parametrize(
    "name",
    [
        "DIETClassifier",
        "TEDPolicy",
        "rasa.core.policies.ted_policy.TEDPolicy",
        "rasa.nlu.selectors.response_selector.ResponseSelector",
        "somebodys.own.Component",
    ],
)
def test_whatever_is_not_known_to_do_without_it_has_it(name):
    assert is_needed_by([*named_in(CONFIG), name])


def test_what_of_rasa_is_known_to_do_without_it_does():
    known = [component for component in DEFAULT_COMPONENTS if component.__name__ in RASAS]
    assert known
    for component in known:
        assert "tensorflow" not in inspect.getsource(inspect.getmodule(component))


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_what_is_no_model_is_left_to_rasa(content, tmp_path):
    path = tmp_path / "model.tar.gz"
    if content is not None:
        path.write_bytes(content)
    assert rasa_server.needs_tensorflow(["--model", str(path)])
    assert rasa_server.needs_tensorflow([])


@pytest.mark.parametrize(
    "content", ["", "pipeline:", "pipeline:\npolicies:", "pipeline: [name: [", "pipeline: [1]"]
)
def test_where_rasa_has_to_choose_the_components_or_to_refuse_them_it_has_all(content, tmp_path):
    path = tmp_path / "config.yml"
    assert rasa_train.needs_tensorflow(path)
    path.write_text(content)
    assert rasa_train.needs_tensorflow(path)


def test_rasas_own_networks_say_that_they_are_out_of_use():
    with pytest.raises(RuntimeError, match="TensorFlow was left out"):
        DIET()


def test_whoever_imports_it_later_gets_the_real_one():
    spec = importlib.util.find_spec("tensorflow")
    assert spec is not None
    assert Path(spec.origin).is_file()


def test_nothing_that_rasa_is_served_or_trained_with_asks_for_it():
    for module in ("rasa.__main__", "rasa.core.run", "rasa.server", "rasa.model_training"):
        importlib.import_module(module)
    assert not set(PACKAGES) & set(sys.modules)
