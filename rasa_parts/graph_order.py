"""Rasa's graph of NLU components and policies, run node after node.

Rasa builds the part of the graph that is needed and has dask schedule it, at each message and each action
anew. The graph of a model never changes, and neither does an order in which its nodes can run.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner


def run_in_known_order(original: Callable) -> Callable:
    """A `DaskGraphRunner.run` that works out the order once per set of targets."""

    @functools.wraps(original)
    def run(
        self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        given = inputs or {}
        if any(isinstance(value, str) for value in given.values()):
            return original(self, inputs, targets)  # it refuses those that are named like a node
        wanted = tuple(targets or self._graph_schema.target_names)
        orders = self.__dict__.setdefault("_baton_orders", {})
        if wanted not in orders:
            orders[wanted] = _order(self._graph_schema.minimal_graph_schema(list(wanted)), wanted)
        # what a node puts out, together with its name, as nodes hand it on
        done: dict[str, Any] = {name: (name, value) for name, value in given.items()}
        for name, needs in orders[wanted]:
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        return dict(done[name] for name in wanted)

    return run


def _order(schema: GraphSchema, targets: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Nodes with what they need, each behind all that it needs."""
    ordered: dict[str, tuple[str, ...]] = {}

    def add(name: str) -> None:
        if name in ordered or name not in schema.nodes:
            return
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            add(need)
        ordered[name] = needs

    for target in targets:
        add(target)
    return list(ordered.items())
