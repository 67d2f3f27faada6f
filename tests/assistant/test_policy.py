"""The policy's decision on trackers; what it leads to in a running bot is shown in test_handing_over.py."""

import pytest
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    ConversationResumed,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from rasa_parts.policy import HandoffPolicy, next_action

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  turn: {type: any, influence_conversation: false, mappings: [{type: custom, action: action_assess_turn}]}
forms: {order_form: {required_slots: []}}
actions: [action_assess_turn, action_handoff]
responses: {utter_greet: [{text: hi}]}
"""
)

LISTEN = ActionExecuted("action_listen")
HANDOFF = ActionExecuted("action_handoff")
BOT = ActionExecuted("utter_greet")
RESUME = ConversationResumed()
PAUSE = ConversationPaused()


def user(message_id="m1"):
    return UserUttered("hi", {"name": "greet"}, message_id=message_id)


def sounds_like_asking(message_id="m1"):
    return UserUttered("human resources", {"name": "request_human"}, message_id=message_id)


def photo(message_id="m1"):
    return UserUttered("/send_attachment", {"name": "send_attachment"}, message_id=message_id)


def external():
    return UserUttered.create_external("greet")


def turn(decision):
    return SlotSet("turn", {"decision": decision, "message_id": "m1", "handoff": None})


def tracker_of(*events):
    return DialogueStateTracker.from_events("a", list(events), DOMAIN.slots)


CASES = {
    "nothing said yet": ([LISTEN], None),
    "the service says stay": ([LISTEN, user(), turn("stay")], None),
    "the service was not reached": ([LISTEN, user(), turn("unreachable")], None),
    "a file came without words": ([LISTEN, photo(), turn("stay")], "utter_attachment_received"),
    "a file came, and the service was not reached": (
        [LISTEN, photo(), turn("unreachable")],
        "utter_attachment_received",
    ),
    "words were asked for": (
        [LISTEN, photo(), turn("stay"), ActionExecuted("utter_attachment_received")],
        "action_listen",
    ),
    "words came after the file": (
        [
            *(LISTEN, photo(), turn("stay"), ActionExecuted("utter_attachment_received"), LISTEN),
            *(user("m2"), turn("stay")),
        ],
        None,
    ),
    "a file in a form": (
        [LISTEN, user("m0"), ActiveLoop("order_form"), LISTEN, photo(), turn("stay")],
        "utter_attachment_received",
    ),
    "the second file hands over": ([LISTEN, photo(), turn("handoff")], "action_handoff"),
    "a file to a person": (
        [LISTEN, user(), turn("handoff"), HANDOFF, photo(), turn("silent")],
        "action_listen",
    ),
    "the service says handoff": ([LISTEN, user(), turn("handoff")], "action_handoff"),
    "handed over in a form": ([LISTEN, user(), ActiveLoop("order_form"), turn("handoff")], "action_handoff"),
    "decided in the middle of the turn": (
        [LISTEN, user(), turn("stay"), BOT, turn("handoff")],
        "action_handoff",
    ),
    "the service says silent": ([LISTEN, user(), turn("silent")], "action_listen"),
    "the service noted it": ([LISTEN, user(), turn("noted")], "action_listen"),
    "next turn, not assessed, after it was noted": ([user(), turn("noted"), LISTEN, user()], None),
    "next turn, service not reached, after it was noted": (
        [user(), turn("noted"), LISTEN, user(), turn("unreachable")],
        None,
    ),
    "noted after a handoff that is over": (
        [user(), turn("handoff"), HANDOFF, LISTEN, user(), turn("noted"), LISTEN, user()],
        None,
    ),
    "paused": ([LISTEN, user(), turn("stay"), LISTEN, PAUSE, user(), turn("stay")], "action_listen"),
    "the action returned nothing": ([LISTEN, user(), turn("handoff"), HANDOFF], "action_listen"),
    "the action refused": (
        [LISTEN, user(), turn("handoff"), ActionExecutionRejected("action_handoff")],
        "action_listen",
    ),
    "the action repeated the slot": (
        [LISTEN, user(), turn("handoff"), HANDOFF, turn("handoff")],
        "action_listen",
    ),
    "next turn, not assessed, after a handoff": (
        [user(), turn("handoff"), HANDOFF, LISTEN, user()],
        "action_listen",
    ),
    "next turn, not assessed, after silence": ([user(), turn("silent"), LISTEN, user()], "action_listen"),
    "next turn, not assessed, after a stay": ([user(), turn("stay"), BOT, LISTEN, user()], None),
    "next turn, service not reached, after a handoff": (
        [user(), turn("handoff"), HANDOFF, LISTEN, user(), turn("unreachable")],
        "action_listen",
    ),
    "the service gives the word back by a stay": (
        [user(), turn("silent"), LISTEN, user(), turn("stay")],
        None,
    ),
    "an external intent cannot give it back": (
        [user(), turn("handoff"), HANDOFF, LISTEN, external(), turn("stay")],
        "action_listen",
    ),
    "nor does it leave that behind": (
        [user(), turn("handoff"), HANDOFF, LISTEN, external(), turn("stay"), LISTEN, user()],
        "action_listen",
    ),
    "a message marked as external by its client is a customer's": (
        [
            user(),
            turn("silent"),
            LISTEN,
            UserUttered("x", {"name": "greet"}, message_id="m2", metadata={"is_external": True}),
            turn("stay"),
        ],
        None,
    ),
    "returned": (
        [user(), turn("handoff"), HANDOFF, LISTEN, PAUSE, SlotSet("turn", None), RESUME, user()],
        None,
    ),
    "returned, slot last": (
        [user(), turn("handoff"), HANDOFF, LISTEN, PAUSE, RESUME, SlotSet("turn", None)],
        None,
    ),
    "resumed by hand, without the slot": (
        [user(), turn("handoff"), HANDOFF, LISTEN, PAUSE, RESUME, user()],
        None,
    ),
    "only the slot reset": ([user(), turn("handoff"), HANDOFF, LISTEN, SlotSet("turn", None), user()], None),
    "an external intent after the return": (
        [user(), turn("handoff"), HANDOFF, LISTEN, PAUSE, SlotSet("turn", None), RESUME, external()],
        None,
    ),
    "rewound behind the return": (
        [
            *(user(), turn("handoff"), HANDOFF, LISTEN, PAUSE, SlotSet("turn", None), RESUME),
            *(user("m2"), turn("stay"), ActionExecuted("action_default_fallback"), UserUtteranceReverted()),
        ],
        None,
    ),
    "a new session with the slot carried over": (
        [LISTEN, SessionStarted(), turn("handoff"), LISTEN, user()],
        "action_listen",
    ),
    "it sounded like asking for a person and was none": (
        [LISTEN, sounds_like_asking(), turn("stay")],
        "utter_offer_person",
    ),
    "and that is said once": (
        [LISTEN, sounds_like_asking(), turn("stay"), ActionExecuted("utter_offer_person")],
        "action_listen",
    ),
    "a request that could not be decided": ([LISTEN, sounds_like_asking(), turn("unreachable")], None),
    "the turn after it": (
        [
            LISTEN,
            sounds_like_asking(),
            turn("stay"),
            ActionExecuted("utter_offer_person"),
            LISTEN,
            user("m2"),
        ],
        None,
    ),
    "a slot of an odd shape": ([LISTEN, user(), SlotSet("turn", "handoff")], None),
    "a decision of a later version": (
        [user(), turn("silent"), LISTEN, user(), turn("ponder")],
        "action_listen",
    ),
}


@pytest.mark.parametrize(("events", "expected"), CASES.values(), ids=CASES.keys())
def test_what_the_ownership_demands(events, expected):
    assert next_action(tracker_of(*events)) == expected


@pytest.fixture
def policy():
    context = ExecutionContext(GraphSchema({}))
    return HandoffPolicy.load(HandoffPolicy.get_default_config(), None, Resource("x"), context)


def test_a_demand_is_predicted_for_certain_and_as_no_user_prediction(policy):
    prediction = policy.predict_action_probabilities(tracker_of(user(), turn("handoff")), DOMAIN)
    assert (
        prediction.probabilities == PolicyPrediction.for_action_name(DOMAIN, "action_handoff").probabilities
    )
    assert prediction.is_no_user_prediction


def test_without_a_demand_nothing_is_predicted(policy):
    prediction = policy.predict_action_probabilities(tracker_of(user(), turn("stay")), DOMAIN)
    assert prediction.max_confidence == 0
    assert not prediction.is_no_user_prediction


def test_it_goes_before_the_rules(policy):
    assert policy.priority > RulePolicy.get_default_config()["priority"]


def test_rasa_knows_it_as_a_policy_that_is_not_trained():
    registered = DefaultV1Recipe._registered_components["HandoffPolicy"]
    assert registered.types == {DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT}
    assert not registered.is_trainable
