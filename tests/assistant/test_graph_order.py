"""The graph's nodes run in an order that is worked out once, with the results that dask gives."""

from types import SimpleNamespace

import pytest
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner import dask as rasas_runner
from rasa.engine.runner.dask import DaskGraphRunner

from rasa_parts.graph_order import run_in_known_order

NEEDS = {
    "tokens": {"message": "__message__"},
    "words": {"tokens": "tokens"},
    "letters": {"tokens": "tokens"},
    "intent": {"words": "words", "letters": "letters", "domain": "domain"},
    "domain": {},
    "aside": {"tokens": "tokens"},
}
rasas_run = getattr(DaskGraphRunner.run, "__wrapped__", DaskGraphRunner.run)


class Schema:
    def __init__(self, nodes):
        self.nodes = nodes
        self.target_names = ["intent"]

    def minimal_graph_schema(self, targets):
        wanted, left = set(), list(targets)
        while left:
            name = left.pop()
            if name in self.nodes and name not in wanted:
                wanted.add(name)
                left += self.nodes[name].needs.values()
        return Schema({name: node for name, node in self.nodes.items() if name in wanted})


@pytest.fixture
def ran():
    return []


@pytest.fixture
def runner(ran):
    def node(name):
        def run(*inputs):
            ran.append(name)
            return name, (name, inputs)

        return run

    runner = object.__new__(DaskGraphRunner)
    runner._graph_schema = Schema({name: SimpleNamespace(needs=needs) for name, needs in NEEDS.items()})
    runner._instantiated_nodes = {name: node(name) for name in NEEDS}
    runner._execution_context = None
    return runner


@pytest.mark.parametrize("targets", [None, ["intent"], ["aside", "words"], ["domain"]])
@pytest.mark.parametrize("inputs", [{"__message__": ["hi"]}, {}, None])
def test_the_results_are_those_of_dask(runner, targets, inputs):
    run = run_in_known_order(rasas_run)
    for _ in range(2):
        assert run(runner, inputs, targets) == rasas_run(runner, inputs, targets)


def test_each_node_runs_once_and_only_those_that_are_needed(runner, ran):
    run_in_known_order(rasas_run)(runner, {"__message__": ["hi"]}, ["intent"])
    assert sorted(ran) == ["domain", "intent", "letters", "tokens", "words"]


def test_the_order_is_worked_out_once(runner, monkeypatch):
    run = run_in_known_order(rasas_run)
    run(runner, {"__message__": ["hi"]}, ["intent"])
    monkeypatch.setattr(Schema, "minimal_graph_schema", None)
    monkeypatch.setattr(rasas_runner, "dask", None)
    assert run(runner, {"__message__": ["ho"]}, ["intent"])["intent"]


def test_an_input_that_is_named_like_a_node_is_refused_as_ever(runner):
    with pytest.raises(GraphRunError, match="clashes with a node name"):
        run_in_known_order(rasas_run)(runner, {"x": "tokens"}, ["intent"])


def test_an_error_in_a_node_is_raised_as_it_is(runner):
    def broken(*_):
        raise ValueError("no")

    runner._instantiated_nodes["words"] = broken
    with pytest.raises(ValueError, match="no"):
        run_in_known_order(rasas_run)(runner, {"__message__": []}, ["intent"])
