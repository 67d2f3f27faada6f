"""The policy that speaks when an action could not.

When a custom action fails (action server down, an exception), Rasa logs it as executed and goes on. The next
step of the rule then has nothing to stand on, and inside a form the customer's words are met with silence.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction, confidence_scores_for
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

APOLOGY = "utter_default"
PENDING = "utter_handoff_pending"  # the apology to somebody who asks for a person


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class FailedActionPolicy(Policy):
    """Apologises once in a turn in which an action failed, then waits; otherwise predicts nothing.

    An active form stays active: the same answer, sent again, is understood when the action server is back.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Above RulePolicy (6), below HandoffPolicy (10): a handover is told before any failure."""
        return {"priority": 8}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context)

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """There is nothing to learn."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FailedActionPolicy:
        """There is nothing to load."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Be certain or silent. In a form only a "no user" prediction beats the form's own."""
        action = next_action(list(tracker.events))
        if action is None:
            return self._prediction(self._default_predictions(domain))
        return self._prediction(confidence_scores_for(action, 1.0, domain), is_no_user_prediction=True)


def next_action(events: list[Event]) -> str | None:
    """The action that a failure in the latest turn demands, or None when nothing has failed."""
    said = (index for index in range(len(events) - 1, -1, -1) if isinstance(events[index], UserUttered))
    start = next(said, None)
    if start is None:
        return None
    turn = events[start:]
    if not _action_failed(turn):
        return None
    if any(isinstance(event, ActionExecuted) and event.action_name in (APOLOGY, PENDING) for event in turn):
        return ACTION_LISTEN_NAME
    return PENDING if turn[0].intent_name == "request_human" else APOLOGY


def _action_failed(turn: list[Event]) -> bool:
    """An action of ours or a form that worked leaves an event behind it: a slot, a message, the form's end.

    A response cannot fail, but in test stories, where nothing is really said, it stands alone.
    """
    return any(
        isinstance(event, ActionExecuted)
        and not (event.action_name or "").startswith(UTTER_PREFIX)
        and (after is None or isinstance(after, ActionExecuted))
        for event, after in pairwise([*turn, None])
    )
