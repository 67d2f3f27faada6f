"""Small mends of Rasa 3.6.21, each of one function; `apply()` puts them in place.

A mend is only applied to the very code it was written for. If Rasa's changes, Rasa runs unmended with a
warning, and the test of this module fails: look whether the mend is still needed, then renew its digest.
"""

import copy
import functools
import hashlib
import inspect
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jsonschema
from rasa.core.actions.action import ActionSessionStart, RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ConversationPaused, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import EndpointConfig

from rasa_parts.computing import another_may_compute
from rasa_parts.graph_order import run_in_known_order
from rasa_parts.history import copy_without_replaying, go_on_applying
from rasa_parts.rule_lookup import (
    ask_for_no_text_where_no_rule_has_any,
    compare_with_rules_that_can_match,
    look_back_as_far_as_rules_do,
)
from rasa_parts.storable import storable

logger = logging.getLogger(__name__)

TURN_SLOT = "turn"
ASSESS_ACTION = "action_assess_turn"


@dataclass(frozen=True)
class Mend:
    """Replaces `owner.attribute` by what `build(original)` returns.

    `sources`: the functions that the mend relies on; `digest`: of their source code, joined.
    """

    owner: type
    attribute: str
    build: Callable[[Callable], Any]
    sources: tuple[Callable, ...]
    digest: str

    @property
    def name(self) -> str:
        return f"{self.owner.__name__}.{self.attribute}"

    def fits(self) -> bool:
        return fingerprint(*self.sources) == self.digest


def fingerprint(*functions: Callable) -> str:
    """A digest of the functions' source code; of nothing where the source is not at hand."""
    try:
        source = "".join(inspect.getsource(function) for function in functions)
    except OSError:
        return ""
    return hashlib.sha256(source.encode()).hexdigest()


def _validate_once_built(original: Callable) -> Callable:
    """Rasa checks its own constant schema at every custom action, 28 ms each time, before using it once.

    And it compares each event with the schemas of all kinds of events. They differ in the event's name, so
    only that of its own kind can fit.
    """
    schema = RemoteAction.action_response_format_spec()
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    event_schema = schema["properties"]["events"]["items"]
    of_kind = {
        kind["properties"]["event"]["const"]: validator_class({**event_schema, "oneOf": [kind]})
        for kind in event_schema["oneOf"]
    }
    any_events = {"type": "array", "items": {"type": "object"}}
    of_result = validator_class({**schema, "properties": {**schema["properties"], "events": any_events}})

    def is_valid_event(event: dict[str, Any]) -> bool:
        name = event.get("event")
        return isinstance(name, str) and name in of_kind and of_kind[name].is_valid(event)

    @functools.wraps(original)
    def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
        if of_result.is_valid(result) and all(map(is_valid_event, result.get("events", []))):
            return True
        return original(self, result)  # words the error as ever

    return _validate_action_result


def _resolve_from_table(original: Callable) -> Any:
    """Rasa walks all event classes for each event of a tracker that it loads."""
    known: dict[str, type[Event]] = {}

    @functools.wraps(original)
    def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        event_class = known.get(type_name) if isinstance(type_name, str) else None
        if event_class is None:
            event_class = original(type_name, default)
            if event_class is not None and event_class is not default:
                known[type_name] = event_class
        return event_class

    return staticmethod(resolve_by_type)


def _storable_from_the_start(original: Callable) -> Callable:
    """The earliest point that every channel shares, Rasa's own included."""

    @functools.wraps(original)
    def __init__(self: UserMessage, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        original(self, *args, **kwargs)
        for name in ("text", "sender_id", "input_channel", "message_id", "metadata"):
            setattr(self, name, storable(getattr(self, name)))

    return __init__


def _session_starts_anyway(original: Callable) -> Callable:
    """Without the action server no session would start, and its first message would meet no rule.

    The customer would be told that nothing was understood, and a wish for a person would be rewound with
    the message. The events are those of `actions/session.py`.
    """

    @functools.wraps(original)
    async def run(
        self: RemoteAction, output_channel: Any, nlg: Any, tracker: DialogueStateTracker, domain: Domain
    ) -> list[Event]:
        try:
            return await original(self, output_channel, nlg, tracker, domain)
        except Exception:
            if self.name() != ACTION_SESSION_START_NAME:
                raise
            logger.warning("The action server is not there to start a session; Rasa starts it itself.")
        events = await ActionSessionStart().run(output_channel, nlg, tracker, domain)
        # What belongs to one turn or form would decide about the new session if it were said again.
        kept = [e for e in events if not (isinstance(e, SlotSet) and e.key in (TURN_SLOT, REQUESTED_SLOT))]
        pauses = [e for e in tracker.events if isinstance(e, ConversationPaused)]
        return [*kept, ConversationPaused(metadata=pauses[-1].metadata)] if tracker.is_paused() else kept

    return run


def _fails_where_the_store_does(original: Callable) -> Any:
    """Rasa wraps the tracker store: where it fails, a turn goes on with an empty tracker, in memory.

    The bot would forget the form it is in and the pause it is under, answer all the same, and the turn would
    never be stored. As an exception it is tried again: by our connectors, and by the service.
    """

    @functools.wraps(original)
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        return original(store, domain)._tracker_store

    return staticmethod(_create_tracker_store)


def _only_the_turn(original: Callable) -> Callable:
    """Rasa sends each custom action the whole conversation and the domain.

    The action that assesses every turn reads the turn alone, so its cost need not grow with the length.
    """

    @functools.wraps(original)
    def _action_call_format(
        self: RemoteAction, tracker: DialogueStateTracker, domain: Domain
    ) -> dict[str, Any]:
        if self.name() != ASSESS_ACTION:
            return original(self, tracker, domain)
        turn = copy.copy(tracker)
        turn.events = deque(_latest_turn(tracker))
        return original(self, turn, Domain.empty())

    return _action_call_format


def _latest_turn(tracker: DialogueStateTracker) -> list[Event]:
    """The customer's latest message and what followed it; everything where there is none."""
    turn: list[Event] = []
    for event in reversed(tracker.events):
        turn.append(event)
        if isinstance(event, UserUttered):
            break
    return turn[::-1]


# Taken while they still are Rasa's own: after `apply()` the attributes lead to the mended functions.
MENDS = (
    Mend(
        RemoteAction,
        "_validate_action_result",
        _validate_once_built,
        (RemoteAction._validate_action_result, RemoteAction.action_response_format_spec),
        "92c725034cf9d06a0bacc907e9a07deb21b7be90687a0dbd5002dd17aa5031b5",
    ),
    Mend(
        Event,
        "resolve_by_type",
        _resolve_from_table,
        (Event.resolve_by_type, all_subclasses),
        "e45e2e8fd25c45ff8b073e300414923ebf3bb96ae6bdf68bcbb5a2cf2ecdfb63",
    ),
    Mend(
        UserMessage,
        "__init__",
        _storable_from_the_start,
        (UserMessage.__init__,),
        "1a09604afc04796ed6fe017bf4711b64c8e3600549315091fc6fcbfbb4ebda66",
    ),
    Mend(
        RemoteAction,
        "_action_call_format",
        _only_the_turn,
        (RemoteAction._action_call_format, DialogueStateTracker.current_state),
        "f0da4ba7e1eefdafff275b07f0f334c3dd3848703bb8113af2539fa6d759e71d",
    ),
    Mend(
        Policy,
        "_prediction_states",
        look_back_as_far_as_rules_do,
        (
            Policy._prediction_states,
            RulePolicy._find_action_from_rules,
            RulePolicy._get_possible_keys,
            RulePolicy._is_rule_applicable,
            DialogueStateTracker.generate_all_prior_trackers,
        ),
        "4f95871feaa542820c4d2ca59b629c575bb1f4d3a5a3f26aeebe934b86df89b5",
    ),
    Mend(
        RulePolicy,
        "_get_possible_keys",
        compare_with_rules_that_can_match,
        (
            RulePolicy._get_possible_keys,
            RulePolicy._is_rule_applicable,
            RulePolicy._does_rule_match_state,
            RulePolicy._rule_key_to_state,
        ),
        "23e0c3f7ccc0c44f5150ea3e7eab226feda30c6f62486625d7f754eecd203df6",
    ),
    Mend(
        RulePolicy,
        "_find_action_from_rules",
        ask_for_no_text_where_no_rule_has_any,
        (
            RulePolicy._find_action_from_rules,
            RulePolicy._predict,
            RulePolicy._get_possible_keys,
            RulePolicy._is_rule_applicable,
        ),
        "a86dc27ad716788c8dde8fc26b9285c961329602a556b11166f9cf4915e88ffe",
    ),
    Mend(
        DialogueStateTracker,
        "copy",
        copy_without_replaying,
        (
            DialogueStateTracker.copy,
            DialogueStateTracker.travel_back_in_time,
            DialogueStateTracker.init_copy,
            DialogueStateTracker.__init__,
        ),
        "8e4d380f8d3d03ef82876050b3a53315987ac6f74b302dbdd8bf65ccf6d20ec3",
    ),
    Mend(
        DialogueStateTracker,
        "applied_events",
        go_on_applying,
        (DialogueStateTracker.applied_events,),
        "764d5065ea9997d613c1984d9357370f9ae32d31ca21346086f16c54f0487aae",
    ),
    Mend(
        DaskGraphRunner,
        "run",
        run_in_known_order,
        (
            DaskGraphRunner.run,
            DaskGraphRunner._build_dask_graph,
            DaskGraphRunner._add_inputs_to_graph,
            GraphNode.__call__,
            GraphSchema.minimal_graph_schema,
        ),
        "fb520baaf0dcd13c469b2b8cf2ed936f44000e9944539e3821cddb3bcfbaced1",
    ),
    Mend(
        RemoteAction,
        "run",
        _session_starts_anyway,
        (RemoteAction.run, ActionSessionStart.run),
        "27d95732013dbecd7ae15542198abc560a97151b8cefb0a0e9f855fd5ab93eeb",
    ),
    Mend(
        Agent,
        "_create_tracker_store",
        _fails_where_the_store_does,
        (Agent._create_tracker_store, FailSafeTrackerStore),
        "c9bc87cba18acbf8ed4dedd034554373611daf927afb556add5c10e933d4ee69",
    ),
    Mend(
        EndpointConfig,
        "request",
        another_may_compute,
        (EndpointConfig.request,),
        "ccdb778aed8208e23cde3c3f47eac7fbbbb735dac8f7ef7254d54451c64ad608",
    ),
)

_applied: set[str] = set()


def apply(mends: tuple[Mend, ...] = MENDS) -> None:
    """Puts the mends in place; those that are in place already stay as they are."""
    for mend in mends:
        if mend.name in _applied:
            continue
        if not mend.fits():
            logger.warning(
                "Rasa's %s has changed; it runs without its mend (rasa_parts/mends.py).", mend.name
            )
            continue
        original = getattr(mend.owner, mend.attribute)
        setattr(mend.owner, mend.attribute, mend.build(original))
        _applied.add(mend.name)
