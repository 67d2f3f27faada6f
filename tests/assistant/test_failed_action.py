"""What the customer hears when an action fails."""

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    SlotSet,
    UserUttered,
)

from rasa_parts.failed_action import next_action

LISTEN = ActionExecuted("action_listen")
FORM = ActionExecuted("order_form")
SHOW = ActionExecuted("action_show_order")
APOLOGY = [ActionExecuted("utter_default"), BotUttered("sorry")]
PENDING = [ActionExecuted("utter_handoff_pending"), BotUttered("noted")]


def said(intent):
    return UserUttered("…", {"name": intent, "confidence": 1.0})


@pytest.mark.parametrize(
    ("turn", "action"),
    [
        ([said("greet")], None),
        ([said("order_status"), FORM], "utter_default"),
        ([said("request_human"), FORM], "utter_handoff_pending"),
        ([said("order_status"), FORM, *APOLOGY], "action_listen"),
        ([said("request_human"), FORM, *PENDING], "action_listen"),
        # asked again after its failure, as a form is, it fails again
        ([said("order_status"), FORM, *APOLOGY, FORM], "action_listen"),
        (
            [said("inform_order_number"), FORM, SlotSet("order_number", "1"), ActiveLoop(None), SHOW],
            "utter_default",
        ),
        ([said("inform_order_number"), FORM, SlotSet("order_number", "1"), ActiveLoop(None)], None),
        ([said("order_status"), FORM, ActiveLoop("order_form"), SlotSet("requested_slot", "x")], None),
        ([said("stop_form"), ActionExecutionRejected("order_form")], None),
        ([said("greet"), ActionExecuted("utter_greet"), BotUttered("hi")], None),
        # a step of a test story
        ([said("greet"), ActionExecuted("utter_greet")], None),
        # the failure of an earlier turn was answered then
        ([said("order_status"), FORM, *APOLOGY, LISTEN, said("greet")], None),
    ],
)
def test_next_action(turn, action):
    assert next_action([ActionExecuted("action_session_start"), LISTEN, *turn]) == action


def test_a_conversation_without_a_message_has_no_failure():
    assert next_action([]) is None
    assert next_action([ActionExecuted("action_session_start")]) is None
