"""RulePolicy predicts the same, however little of the conversation it is shown, and looks at no more."""

import asyncio
import random

import pytest
from rasa.core.agent import load_agent
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.model_training import train
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Restarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from rasa_parts.rule_lookup import (
    ask_for_no_text_where_no_rule_has_any,
    compare_with_rules_that_can_match,
    look_back_as_far_as_rules_do,
)

CONFIG = (
    "{recipe: default.v1, assistant_id: tiny, language: en, pipeline: [], policies: [{name: RulePolicy}]}"
)
DOMAIN = """
version: "3.1"
intents: [greet, ask, order, stop]
slots:
  number: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  known: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
forms: {order_form: {required_slots: [number]}}
responses:
  utter_hello: [{text: "Hello."}]
  utter_welcome: [{text: "Welcome."}]
  utter_answer: [{text: "So it is."}]
  utter_more: [{text: "More?"}]
  utter_done: [{text: "Done."}]
  utter_stopped: [{text: "Stopped."}]
"""
RULES = """
version: "3.1"
rules:
- rule: first
  conversation_start: true
  steps: [{intent: greet}, {action: utter_welcome}, {action: utter_hello}]
- {rule: greet, steps: [{intent: greet}, {action: utter_hello}]}
- {rule: ask, steps: [{intent: ask}, {action: utter_answer}, {action: utter_more}]}
- rule: known
  condition: [{slot_was_set: [{known: true}]}]
  steps: [{intent: stop}, {action: utter_done}]
- {rule: order, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]}
- rule: done
  condition: [{active_loop: order_form}]
  steps:
  - action: order_form
  - active_loop: null
  - slot_was_set: [{requested_slot: null}]
  - action: utter_done
- rule: stop in the form
  condition: [{active_loop: order_form}]
  steps: [{intent: stop}, {action: utter_stopped}, {action: action_deactivate_loop}, {active_loop: null}]
"""


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    for name, content in {"config.yml": CONFIG, "domain.yml": DOMAIN, "rules.yml": RULES}.items():
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
        result = train(
            str(folder / "domain.yml"),
            str(folder / "config.yml"),
            str(folder / "rules.yml"),
            output=str(folder),
        )
    agent = asyncio.run(load_agent(result.model))
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    [policy] = [node._component for node in nodes if isinstance(node._component, RulePolicy)]
    return policy


@pytest.fixture
def domain():
    return Domain.from_yaml(DOMAIN)


@pytest.fixture(scope="module")
def unmended():
    return getattr(Policy._prediction_states, "__wrapped__", Policy._prediction_states)


@pytest.fixture
def rasas_own(mend):
    mend(False)


@pytest.fixture
def mend(monkeypatch):
    """Puts all mends of rules in place, or takes them out."""
    mends = {
        (Policy, "_prediction_states"): look_back_as_far_as_rules_do,
        (RulePolicy, "_get_possible_keys"): compare_with_rules_that_can_match,
        (RulePolicy, "_find_action_from_rules"): ask_for_no_text_where_no_rule_has_any,
    }
    rasas = {place: getattr(getattr(*place), "__wrapped__", getattr(*place)) for place in mends}

    def put(in_place):
        for place, build in mends.items():
            monkeypatch.setattr(*place, build(rasas[place]) if in_place else rasas[place])

    return put


ACTIONS = [
    "action_listen",
    "utter_hello",
    "utter_welcome",
    "utter_answer",
    "utter_more",
    "utter_done",
    "order_form",
]


def some_event(dice):
    intent = {"name": dice.choice(["greet", "ask", "order", "stop"])}
    return dice.choice(
        [
            UserUttered("words", intent),
            UserUttered("words", intent),
            *(ActionExecuted(action) for action in dice.choices(ACTIONS, k=4)),
            ActiveLoop("order_form"),
            ActiveLoop(None),
            ActionExecutionRejected("order_form"),
            SlotSet("known", dice.choice([True, None])),
            SlotSet("requested_slot", dice.choice(["number", None])),
            *([Restarted(), UserUtteranceReverted()] if dice.random() < 0.1 else []),
        ]
    )


@pytest.mark.parametrize("seed", range(8))
def test_the_predictions_are_the_same(policy, domain, rasas_own, mend, seed):
    dice = random.Random(seed)
    tracker = DialogueStateTracker("a", domain.slots)
    tracker.update(ActionExecuted("action_listen"))
    predicted = set()
    for _ in range(60):
        before = policy.predict_action_probabilities(tracker, domain)
        mend(True)
        after = policy.predict_action_probabilities(tracker, domain)
        mend(False)
        assert after.probabilities == before.probabilities
        assert (after.events, after.is_no_user_prediction) == (before.events, before.is_no_user_prediction)
        predicted.add(
            before.max_confidence
            and domain.action_names_or_texts[before.probabilities.index(before.max_confidence)]
        )
        # mostly what a bot would do, so that rules go on being followed
        if before.max_confidence and dice.random() < 0.6:
            tracker.update(
                ActionExecuted(
                    domain.action_names_or_texts[before.probabilities.index(before.max_confidence)]
                )
            )
        else:
            tracker.update(some_event(dice))
    assert len(predicted) >= 3


def test_it_computes_no_more_states_than_its_longest_rule_has(policy, domain, rasas_own, unmended):
    tracker = DialogueStateTracker("a", domain.slots)
    for _ in range(50):
        for event in (
            ActionExecuted("action_listen"),
            UserUttered("hi", {"name": "greet"}),
            ActionExecuted("utter_hello"),
        ):
            tracker.update(event)
    mended = look_back_as_far_as_rules_do(unmended)(policy, tracker, domain)
    all_of_them = unmended(policy, tracker, domain)
    assert len(all_of_them) == 101
    assert mended == all_of_them[-len(mended) :]
    assert len(mended) < 8


def test_rules_that_demand_something_else_are_not_compared(policy, domain, rasas_own, mend, monkeypatch):
    def compared(tracker):
        keys = []
        is_applicable = RulePolicy._is_rule_applicable
        with monkeypatch.context() as context:
            context.setattr(
                RulePolicy,
                "_is_rule_applicable",
                lambda self, key, *rest: keys.append(key) or is_applicable(self, key, *rest),
            )
            policy.predict_action_probabilities(tracker, domain)
        return len(keys)

    tracker = DialogueStateTracker("a", domain.slots)
    for event in (ActionExecuted("action_listen"), UserUttered("hi", {"name": "ask"})):
        tracker.update(event)
    before = compared(tracker)
    mend(True)
    assert compared(tracker) < before / 3


def test_a_rule_that_fits_any_message_is_still_asked_for_text(policy, domain, rasas_own, mend, monkeypatch):
    """Such a rule could be one about the customer's very words."""
    key = '[{"prev_action": {"action_name": "action_listen"}}]'
    monkeypatch.setitem(policy.lookup, "rules", {**policy.lookup["rules"], key: "utter_done"})
    tracker = DialogueStateTracker("a", domain.slots)
    for event in (ActionExecuted("action_listen"), UserUttered("hi", {"name": "nothing of ours"})):
        tracker.update(event)
    before = policy.predict_action_probabilities(tracker, domain)
    mend(True)
    after = policy.predict_action_probabilities(tracker, domain)
    assert before.is_end_to_end_prediction
    assert (after.is_end_to_end_prediction, after.probabilities) == (True, before.probabilities)


def test_other_policies_see_everything(domain, unmended):
    class Featurizer:
        def prediction_states(self, trackers, *args, **kwargs):
            return [list(trackers[0].generate_all_prior_trackers())]

    class Other(Policy):
        train = predict_action_probabilities = None

        def __init__(self):
            self._Policy__featurizer = Featurizer()

    tracker = DialogueStateTracker("a", domain.slots)
    for _ in range(20):
        tracker.update(ActionExecuted("action_listen"))
    assert len(look_back_as_far_as_rules_do(unmended)(Other(), tracker, domain)) == 21
