"""The policy that keeps the bot silent while a person owns the conversation, and hands it over."""

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction, confidence_scores_for
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, IS_EXTERNAL
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ConversationResumed,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

ACTION_HANDOFF = "action_handoff"
TURN_SLOT = "turn"
# Words that sound like asking for a person and, as the service found, do not. The rule of this intent says
# that nobody can be reached, which would be a lie then.
REQUEST_HUMAN = "request_human"
OFFER_PERSON = "utter_offer_person"
# A file that came without words. No rule answers it, so that a form that asks for something goes on asking.
SEND_ATTACHMENT = "send_attachment"
ASK_FOR_WORDS = "utter_attachment_received"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class HandoffPolicy(Policy):
    """Carries out what the service decided about the turn (slot `turn`, set by `action_assess_turn`).

    Its predictions are "no user" predictions: in a form only these can win against the form's own.
    Where there is nothing to carry out it predicts nothing, and the other policies decide.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Above RulePolicy (6), which is as confident as this one."""
        return {"priority": 10}

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
    ) -> "HandoffPolicy":
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        action = next_action(tracker)
        if action is None:
            return self._prediction(self._default_predictions(domain))
        return self._prediction(confidence_scores_for(action, 1.0, domain), is_no_user_prediction=True)


def next_action(tracker: DialogueStateTracker) -> str | None:
    """The action that the ownership of the conversation demands, or None where the bot may go on.

    - Paused: listen, whatever was typed, `/restart` too.
    - `action_handoff` was tried in this turn: listen. If it failed, the handoff stands nevertheless: the
      service has opened it, and the fallback's "I did not understand" would be a lie.
    - This message was decided as `handoff`: tell the customer (`action_handoff`).
    - A person owns the conversation, pause or no pause: listen.
    - This message was `noted`, an answer that the service had asked for: listen; the next is for the bot.
    - The intent is `request_human` and the service decided to stay: say how a person is asked for.
    - A file came without words: say that it is here, and ask for words.

    Read from the events as they happened, not from the slot: a later fallback rewinds the slot, and even the
    `pause` or `resume` before it, to what they were some turns ago.
    """
    if tracker.is_paused():
        return ACTION_LISTEN_NAME
    state = _Ownership()
    for event in tracker.events:
        state.apply(event)
    if state.handoff_tried:
        return ACTION_LISTEN_NAME
    if state.handoff_is_new:
        return ACTION_HANDOFF
    if state.person_owns or state.noted:
        return ACTION_LISTEN_NAME
    if state.sounded_like_asking and state.stays:
        return ACTION_LISTEN_NAME if state.offered else OFFER_PERSON
    if state.file_alone:
        return ACTION_LISTEN_NAME if state.asked_for_words else ASK_FOR_WORDS
    return None


class _Ownership:
    """Who owns the conversation, as far as its events tell, and how far the latest turn's handoff came."""

    def __init__(self) -> None:
        self.person_owns = False
        self.handoff_is_new = False
        self.handoff_tried = False
        self.sounded_like_asking = False
        self.stays = False
        self.noted = False
        self.offered = False
        self.file_alone = False
        self.asked_for_words = False
        self._external = False

    def apply(self, event: Event) -> None:
        # By their very types: `isinstance` is slow for Rasa's abstract classes, and histories are long.
        kind = type(event)
        if kind is UserUttered:
            self.handoff_is_new = self.handoff_tried = self.stays = self.noted = False
            self.offered = self.asked_for_words = False
            self.sounded_like_asking = event.intent.get("name") == REQUEST_HUMAN
            self.file_alone = event.intent.get("name") == SEND_ATTACHMENT
            # Nothing but Rasa itself leaves out the message id; the mark alone could come from a client.
            self._external = not event.message_id and bool(event.metadata.get(IS_EXTERNAL))
        elif kind is ConversationResumed:
            self._give_back()
        elif kind is SlotSet:
            if event.key == TURN_SLOT:
                self._decide(event.value)
        elif kind in (ActionExecuted, ActionExecutionRejected):
            self.handoff_tried |= event.action_name == ACTION_HANDOFF
            if kind is ActionExecuted:
                self.offered |= event.action_name == OFFER_PERSON
                self.asked_for_words |= event.action_name == ASK_FOR_WORDS

    def _decide(self, turn: Any) -> None:
        """`stay` and `noted` give the conversation to the bot only as the service's word on what the customer
        wrote.

        A reminder's or external intent's `stay` is no such word, and neither is `unreachable`.
        """
        decision = turn.get("decision") if isinstance(turn, dict) else None
        if decision in ("handoff", "silent"):
            self.person_owns = True
            self.handoff_is_new = decision == "handoff"
        elif turn is None or (decision in ("stay", "noted") and not self._external):
            self._give_back()
            self.stays = decision == "stay"
            self.noted = decision == "noted"

    def _give_back(self) -> None:
        self.person_owns = self.handoff_is_new = self.handoff_tried = False
