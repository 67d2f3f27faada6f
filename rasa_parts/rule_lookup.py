"""How far back RulePolicy has to look: as far as its longest rule, not to the conversation's beginning.

Rasa computes the state at every action since the session began, several times a turn, and then compares at
most as many of the latest as its longest rule has; the others are walked through and change nothing.
"""

import copy
import functools
from collections.abc import Callable, Iterator
from typing import Any

from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker


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
    twin.generate_all_prior_trackers = lambda: _prior_trackers(tracker, count)  # type: ignore[method-assign]
    return twin


def _prior_trackers(tracker: DialogueStateTracker, count: int) -> Iterator[tuple[DialogueStateTracker, bool]]:
    """Like `DialogueStateTracker.generate_all_prior_trackers`, but the last `count` of them."""
    applied = tracker.applied_events()
    skipped = sum(isinstance(event, ActionExecuted) for event in applied) + 1 - count
    replayed = tracker.init_copy()
    for event in applied:
        if isinstance(event, ActionExecuted):
            if skipped <= 0:
                yield replayed, event.hide_rule_turn
            skipped -= 1
        replayed.update(event)
    yield replayed, False
