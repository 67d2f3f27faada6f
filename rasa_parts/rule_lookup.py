"""What RulePolicy has to look at: as many states as its longest rule has, and the rules that can match them.

Rasa computes the state at every action since the session began, several times a turn, and then compares at
most as many of the latest as its longest rule has; the others are walked through and change nothing. And it
compares them with each of its rules, though the latest state alone rules out almost all.
"""

import copy
import functools
from collections.abc import Callable
from typing import Any

from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from rasa_parts.history import latest_prior_trackers

ANY = (None, None)
_NO_RULES: dict[str, str] = {}


def look_back_as_far_as_rules_do(original: Callable) -> Callable:
    """A `Policy._prediction_states` that gives RulePolicy the latest states alone."""

    @functools.wraps(original)
    def _prediction_states(
        self: Policy, tracker: DialogueStateTracker, domain: Domain, *args: Any, **kwargs: Any
    ) -> list[State]:
        if isinstance(self, RulePolicy) and self.lookup:
            tracker = _latest(tracker, _longest_rule(self))
        states: list[State] = original(self, tracker, domain, *args, **kwargs)
        return states

    return _prediction_states


def _longest_rule(policy: RulePolicy) -> int:
    """States of the longest rule. Worked out once per lookup; training fills it, a loaded model keeps it."""
    lookup = policy.lookup
    known = getattr(policy, "_baton_longest_rule", None)
    size = sum(len(lookup.get(part, {})) for part in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))
    if known is None or known[0] != size:
        rules = [*lookup.get(RULES, {}), *lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {})]
        known = (size, max((len(policy._rule_key_to_state(rule)) for rule in rules), default=0))
        policy._baton_longest_rule = known  # type: ignore[attr-defined]
    return known[1]


def _latest(tracker: DialogueStateTracker, count: int) -> DialogueStateTracker:
    """The tracker with no more than its `count` latest prior trackers."""
    twin = copy.copy(tracker)
    twin.generate_all_prior_trackers = lambda: latest_prior_trackers(tracker, count)  # type: ignore[method-assign]
    return twin


def compare_with_rules_that_can_match(original: Callable) -> Callable:
    """Rasa compares every rule with the latest state; most demand another last action or another intent."""

    @functools.wraps(original)
    def _get_possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states:
            return original(self, lookup, states)
        index = _index_of(self, lookup)
        action, intent = _action_of(states[-1]), _intent_of(states[-1])
        keys = {key for demand in {(action, intent), (action, None), ANY} for key in index.get(demand, ())}
        return original(self, dict.fromkeys(keys), states)

    return _get_possible_keys


def ask_for_no_text_where_no_rule_has_any(original: Callable) -> Callable:
    """Rasa predicts from the customer's very words first, which no rule here has, then from the intent."""

    @functools.wraps(original)
    def _find_action_from_rules(
        self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not _some_rule_fits_without_intent(self):
            return None, None, False
        return original(self, tracker, domain, use_text_for_last_user_input)

    return _find_action_from_rules


def _some_rule_fits_without_intent(policy: RulePolicy) -> bool:
    """Whether any could match right after a message of which only the text is looked at."""
    lookups = (policy.lookup.get(part, _NO_RULES) for part in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))
    indexes = [_index_of(policy, lookup) for lookup in lookups]
    return any(index.get(demand) for index in indexes for demand in ((ACTION_LISTEN_NAME, None), ANY))


def _index_of(policy: RulePolicy, lookup: dict[str, str]) -> dict[tuple[Any, Any], list[str]]:
    """The rules by the last action and the intent that they demand; those without an action at `ANY`."""
    kept = policy.__dict__.setdefault("_baton_indexes", {})
    known = kept.get(id(lookup))
    if known is None or known[0] is not lookup or known[1] != len(lookup):
        index: dict[tuple[Any, Any], list[str]] = {}
        for key in lookup:
            last = policy._rule_key_to_state(key)[-1]
            action = _action_of(last)
            index.setdefault((action, _intent_of(last)) if action else ANY, []).append(key)
        known = kept[id(lookup)] = (lookup, len(lookup), index)
    return known[2]


def _action_of(state: State) -> Any:
    return _demanded(state, PREVIOUS_ACTION, ACTION_NAME)


def _intent_of(state: State) -> Any:
    return _demanded(state, USER, INTENT)


def _demanded(state: State, part: str, key: str) -> Any:
    value = state.get(part, {}).get(key)
    return value if value != SHOULD_NOT_BE_SET else None
