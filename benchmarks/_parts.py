"""Timers around the parts of a turn, in the process that does it: `python -m benchmarks._parts MODULE ARG…`.

Runs MODULE as `python -m` would, with a timer around each function named in `PARTS`. After each turn one line
is appended to the file TURN_PARTS: a JSON object, part → [calls, seconds]. The seconds are a part's own: what
another part took within it is that part's. `TOTAL` is the whole turn, with everything that has no timer.
"""

import contextvars
import functools
import importlib
import inspect
import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from typing import Any

TOTAL = "total"
ACTION_SERVER = "action server"
SIGNALS, POST_TURNS = "signals", "POST /turns"
DECIDING, SQL, COMMIT = "deciding and storing", "SQL", "commit"

# By the module that is run: what one turn is, and its parts. `package.module:Class.function`
RASA = {
    "rasa.core.agent:Agent.handle_message": TOTAL,
    "rasa.core.processor:MessageProcessor._parse_message_with_graph": "NLU",
    "rasa.core.processor:MessageProcessor._predict_next_with_tracker": "policies",
    "rasa.core.processor:MessageProcessor.run_action_extract_slots": "slot mappings",
    "rasa.core.actions.action:RemoteAction.run": ACTION_SERVER,
    "rasa.core.actions.action:ActionBotResponse.run": "wording the answer",
    "rasa.core.tracker_store:FailSafeTrackerStore.retrieve": "tracker store: load",
    "rasa.core.tracker_store:FailSafeTrackerStore.save": "tracker store: save",
    "rasa.shared.core.trackers:DialogueStateTracker.copy": "copies of the tracker",
    "rasa.core.lock_store:LockStore.issue_ticket": "lock",
    "rasa.core.lock_store:LockStore._acquire_lock": "lock",
    "rasa.core.lock_store:LockStore.cleanup": "lock",
}
PARTS = {
    "rasa": RASA,
    "scripts.rasa_server": {**RASA, "rasa_parts.broker:SpoolBroker.publish_all": "broker and spool"},
    "scripts.action_server": {
        "actions.assess:ActionAssessTurn._assess": TOTAL,
        "actions.assess:ActionAssessTurn._turn_of": SIGNALS,
        "actions.desk:Desk.assess": POST_TURNS,
    },
    "uvicorn": {
        "handoff_service.turns.endpoints:take_turn": DECIDING,
        "handoff_service.context:publish_touched": DECIDING,
    },
}


class Turn:
    """The times of one turn so far."""

    def __init__(self) -> None:
        self.parts: dict[str, list[float]] = {}
        self._within: list[float] = [0.0]  # per part under way, what other parts took within it

    def begin(self) -> float:
        self._within.append(0.0)
        return time.perf_counter()

    def end(self, part: str, started: float) -> None:
        took = time.perf_counter() - started
        own = took - self._within.pop()
        self._within[-1] += took
        known = self.parts.setdefault(part, [0, 0.0])
        known[0] += 1
        known[1] += took if part == TOTAL else own


_turn: contextvars.ContextVar[Turn | None] = contextvars.ContextVar("turn", default=None)


def _begin(part: str) -> tuple[Turn | None, float]:
    if part == TOTAL:
        _turn.set(Turn())
    turn = _turn.get()
    return turn, turn.begin() if turn else 0.0


def _end(part: str, turn: Turn | None, started: float) -> None:
    if turn is None:
        return
    turn.end(part, started)
    if part == TOTAL:
        _turn.set(None)
        with open(os.environ["TURN_PARTS"], "a", encoding="utf-8") as lines:
            lines.write(json.dumps(turn.parts) + "\n")


def timed(part: str, function: Callable) -> Callable:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def asynchronous(*args: Any, **kwargs: Any) -> Any:
            turn, started = _begin(part)
            try:
                return await function(*args, **kwargs)
            finally:
                _end(part, turn, started)

        return asynchronous

    @functools.wraps(function)
    def synchronous(*args: Any, **kwargs: Any) -> Any:
        turn, started = _begin(part)
        try:
            return function(*args, **kwargs)
        finally:
            _end(part, turn, started)

    return synchronous


def put_in_place(parts: dict[str, str]) -> None:
    for name, part in parts.items():
        module, _, path = name.partition(":")
        owner = importlib.import_module(module)
        *between, attribute = path.split(".")
        for step in between:
            owner = getattr(owner, step)
        setattr(owner, attribute, timed(part, getattr(owner, attribute)))


def time_service() -> None:
    """A turn is one `POST /turns`; within it, each statement and each commit."""
    from sqlalchemy import Engine, event
    from sqlalchemy.engine.default import DefaultDialect

    from handoff_service.middleware import Correlation

    request = Correlation.__call__
    turn = timed(TOTAL, request)

    async def call(self: Correlation, scope: Any, receive: Any, send: Any) -> None:
        await (turn if scope.get("path") == "/api/v1/turns" else request)(self, scope, receive, send)

    Correlation.__call__ = call  # type: ignore[method-assign]

    started: contextvars.ContextVar[tuple[Turn | None, float]] = contextvars.ContextVar("started")

    @event.listens_for(Engine, "before_cursor_execute")
    def before(*_: Any) -> None:
        started.set(_begin(SQL))

    @event.listens_for(Engine, "after_cursor_execute")
    def after(*_: Any) -> None:
        _end(SQL, *started.get())

    DefaultDialect.do_commit = timed(COMMIT, DefaultDialect.do_commit)  # type: ignore[method-assign]


def main() -> None:
    module, sys.argv = sys.argv[1], sys.argv[1:]
    if module == "scripts.rasa_server":
        from rasa_parts import mends

        mends.apply()  # the timers go around the mended functions
    put_in_place(PARTS[module])
    if module == "uvicorn":
        time_service()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
