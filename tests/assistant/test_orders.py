"""The order flows: recorded trackers in, events and responses out."""

import asyncio
import functools
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.orders import (
    ActionShowCancellation,
    ActionShowOrder,
    ActionShowRefund,
    ValidateCancelForm,
    ValidateOrderForm,
    ValidateRefundForm,
)
from actions.shop.port import ORDER_STATUSES, REFUND_STATUSES, ShopUnavailable, order_to_dict
from actions.shop.seed import demo_orders

ROOT = Path(__file__).parents[2]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 4)
ORDERS = {order.number: order for order in demo_orders(TODAY)}
FOUND = {"state": "found", "number": "10023", "order": order_to_dict(ORDERS["10023"])}


class DemoShop:
    """The demo orders in memory; remembers who asked for what."""

    def __init__(self):
        self.asked = []

    def order(self, number, sender_id):
        self.asked.append((number, sender_id))
        return ORDERS.get(number)


class BrokenShop:
    def order(self, number, sender_id):
        raise ShopUnavailable("down")


def slot(name, value):
    return {"event": "slot", "name": name, "value": value}


def action(name):
    return {"event": "action", "name": name}


def user(text, intent):
    return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}}}


STARTED = [action("action_session_start"), {"event": "session_started"}, action("action_listen")]


def loop(name):
    return {"event": "active_loop", "name": name}


def tracker(text, intent, *, before=(), form="order_form", asking=False, slots=None):
    """The tracker that Rasa sends with a validation: of the turn that starts the form, or of a later one."""
    message = user(text, intent)
    if asking:
        history = [
            user("查订单", "order_status"),
            loop(form),
            slot("requested_slot", "order_number"),
            *before,
        ]
        events = [*STARTED, *history, action("action_listen"), message]
    else:
        events = [*STARTED, *before, message, loop(form)]
    requested = "order_number" if asking else None
    return Tracker.from_dict(
        {
            "sender_id": "webchat:main:v1",
            "slots": {"order_number": None, "requested_slot": requested, **(slots or {})},
            "latest_message": {"text": text, "intent": {"name": intent}},
            # Rasa adds these two before it asks for the validation.
            "events": [*events, slot("requested_slot", requested), action(form)],
            "active_loop": {"name": form},
            "paused": False,
        }
    )


def validate(given, shop=None, form=ValidateOrderForm):
    """Return the slots that the validation sets and the responses it utters."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(form(shop or DemoShop()).run(dispatcher, given, DOMAIN))
    assert all(event["event"] == "slot" for event in events)
    said = [(message["response"], message.get("number")) for message in dispatcher.messages]
    return {event["name"]: event["value"] for event in events}, said


class TestTheNumber:
    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("我的订单10023到哪了", "order_status"),
            ("10023", "inform_order_number"),
            ("# 100 23", "inform_order_number"),
            ("status of 10023 please", "order_status"),
        ],
    )
    def test_of_the_first_message_is_taken_at_once(self, text, intent):
        slots, said = validate(tracker(text, intent))
        assert slots["order_number"] == "10023"
        assert slots["order_lookup"] == {**FOUND, "reused": False}
        assert said == []

    def test_is_asked_for_when_there_is_none(self):
        assert validate(tracker("我的订单到哪了", "order_status")) == ({}, [])

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("10023", "inform_order_number"),
            ("10023", "out_of_scope"),  # nothing but a number is the answer, whatever it was taken for
            ("是 10023 吧", "affirm"),
            ("it's 10023 I think", "nlu_fallback"),
            ("no, 10023", "deny"),
            ("订单10023到哪了", "order_status"),
        ],
    )
    def test_answers_the_question_of_the_form(self, text, intent):
        slots, said = validate(tracker(text, intent, asking=True))
        assert slots["order_number"] == "10023"
        assert said == []

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("运费多少", "shipping_fee"),
            ("订单10026地址要改", "change_address"),
            ("10025退款到账了吗", "refund_status"),  # starts the refund's own form, with this number
            ("贷50000利息多少", "interest_rate"),
            ("不查了", "stop_form"),
            ("忘了", "deny"),
        ],
    )
    def test_is_not_taken_from_another_question(self, text, intent):
        assert validate(tracker(text, intent, asking=True)) == ({}, [])

    def test_left_from_another_form_does_not_count_as_asked(self):
        given = tracker(
            "10025退款到账了吗", "refund_status", form="refund_form", slots={"requested_slot": "order_number"}
        )
        slots, _ = validate(given, form=ValidateRefundForm)
        assert slots["order_number"] == "10025"

    def test_is_looked_up_for_this_customer(self):
        shop = DemoShop()
        validate(tracker("10023", "inform_order_number"), shop)
        assert shop.asked == [("10023", "webchat:main:v1")]


class TestTheOrderTalkedAbout:
    def test_is_meant_when_the_next_question_names_none(self):
        before = [slot("order_lookup", FOUND), slot("order_lookup", None), action("action_listen")]
        given = tracker("退款呢", "refund_status", before=before, form="refund_form")
        slots, _ = validate(given, form=ValidateRefundForm)
        assert slots["order_lookup"] == {**FOUND, "reused": True}

    def test_is_not_meant_when_another_number_is_named(self):
        given = tracker("10024呢", "order_status", before=[slot("order_lookup", FOUND)])
        slots, _ = validate(given)
        assert slots["order_number"] == "10024"
        assert slots["order_lookup"]["reused"] is False

    def test_is_forgotten_with_the_session(self):
        given = tracker("退款呢", "refund_status", before=[slot("order_lookup", FOUND), *STARTED])
        assert validate(given) == ({}, [])

    def test_must_have_been_found(self):
        missing = slot("order_lookup", {"state": "missing", "number": "99999"})
        assert validate(tracker("我的订单呢", "order_status", before=[missing])) == ({}, [])


class TestAWrongNumber:
    def test_is_named_and_asked_for_again(self):
        slots, said = validate(tracker("99999", "inform_order_number", asking=True))
        assert slots == {"order_number": None, "order_lookup": {"state": "missing", "number": "99999"}}
        assert said == [("utter_order_not_found", "99999")]

    def test_twice_ends_the_form(self):
        before = [slot("order_lookup", {"state": "missing", "number": "99999"})]
        slots, said = validate(tracker("88888", "inform_order_number", asking=True, before=before))
        assert slots == {
            "order_number": None,
            "order_lookup": {"state": "missing", "number": "88888"},
            "requested_slot": None,
        }
        assert said == []

    def test_of_an_earlier_form_does_not_count(self):
        before = [loop("order_form"), slot("order_lookup", {"state": "missing", "number": "1"}), loop(None)]
        _, said = validate(tracker("订单99999呢", "order_status", before=before))
        assert said == [("utter_order_not_found", "99999")]


@pytest.mark.parametrize("form", [ValidateOrderForm, ValidateRefundForm, ValidateCancelForm])
@pytest.mark.parametrize("asking", [True, False])
def test_a_shop_that_is_down_ends_the_form(form, asking):
    name = form(BrokenShop()).form_name()
    given = tracker("10023", "inform_order_number", form=name, asking=asking)
    slots, said = validate(given, BrokenShop(), form)
    assert slots == {
        "order_number": None,
        "order_lookup": {"state": "unavailable", "number": "10023"},
        "requested_slot": None,
    }
    assert said == []


def show(the_action, lookup, language="zh"):
    """Return the responses that the action utters, with their values, and check that it empties the slots."""
    dispatcher = CollectingDispatcher()
    given = Tracker.from_dict({"sender_id": "s", "slots": {"order_lookup": lookup, "language": language}})
    events = asyncio.run(the_action(lambda: TODAY).run(dispatcher, given, DOMAIN))
    assert [(event["name"], event["value"]) for event in events] == [
        ("order_number", None),
        ("order_lookup", None),
    ]
    return [
        (message["response"], {key: value for key, value in message.items() if key in PLACEHOLDERS})
        for message in dispatcher.messages
    ]


PLACEHOLDERS = ("number", "amount", "carrier", "tracking", "eta", "delivered", "updated", "expected")


def found(number):
    return {"state": "found", "number": number, "order": order_to_dict(ORDERS[number])}


@pytest.mark.parametrize(
    ("the_action", "number", "responses"),
    [
        (ActionShowOrder, "10023", ["utter_order_shipped_eta"]),
        (ActionShowOrder, "10024", ["utter_order_delivered"]),
        (ActionShowOrder, "10025", ["utter_order_delivered", "utter_refund_processing_expected"]),
        (ActionShowOrder, "10026", ["utter_order_unpaid"]),
        (ActionShowOrder, "10027", ["utter_order_paid_eta"]),
        (ActionShowOrder, "10028", ["utter_order_cancelled"]),
        (ActionShowOrder, "10031", ["utter_order_late"]),
        (ActionShowRefund, "10023", ["utter_refund_none"]),
        (ActionShowRefund, "10025", ["utter_refund_processing_expected"]),
        (ActionShowRefund, "10029", ["utter_refund_completed"]),
        (ActionShowRefund, "10030", ["utter_refund_requested"]),
        (ActionShowRefund, "10032", ["utter_refund_rejected"]),
        (ActionShowRefund, "10033", ["utter_refund_awaiting_return"]),
        (ActionShowRefund, "10034", ["utter_refund_overdue"]),
        (ActionShowCancellation, "10023", ["utter_cancel_shipped"]),
        (ActionShowCancellation, "10024", ["utter_cancel_delivered"]),
        (ActionShowCancellation, "10026", ["utter_cancel_unpaid"]),
        (ActionShowCancellation, "10027", ["utter_cancel_paid"]),
        (ActionShowCancellation, "10028", ["utter_cancel_done"]),
    ],
)
def test_what_is_said_about_an_order(the_action, number, responses):
    assert [response for response, _ in show(the_action, found(number))] == responses


@pytest.mark.parametrize(("language", "eta"), [("zh", "3月5日（周四）"), ("en", "Thursday 5 March")])
def test_what_is_said_is_the_real_data_in_the_customers_language(language, eta):
    (answer,) = show(ActionShowOrder, found("10023"), language)
    assert answer == (
        "utter_order_shipped_eta",
        {
            "number": "10023",
            "amount": "¥199.00",
            "carrier": "SF Express",
            "tracking": "SF1020304050",
            "eta": eta,
        },
    )


@pytest.mark.parametrize("the_action", [ActionShowOrder, ActionShowRefund, ActionShowCancellation])
class TestEveryFlow:
    def test_offers_a_person_after_two_wrong_numbers(self, the_action):
        said = show(the_action, {"state": "missing", "number": "88888"})
        assert said == [("utter_order_not_found_again", {"number": "88888"})]

    @pytest.mark.parametrize("lookup", [{"state": "unavailable", "number": "10023"}, None])
    def test_says_so_when_the_shop_is_down(self, the_action, lookup):
        assert show(the_action, lookup) == [("utter_shop_unavailable", {})]

    def test_says_which_order_was_taken_when_none_was_named(self, the_action):
        said = show(the_action, {**found("10023"), "reused": True})
        assert said[-1] == ("utter_other_order_hint", {})


@functools.cache
def responses():
    """Return all responses of the assistant by name."""
    files = [ROOT / "domain.yml", *sorted((ROOT / "data" / "responses").glob("*.yml"))]
    merged = {}
    for file in files:
        merged.update(yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {})
    return merged


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("eta", [None, date(2026, 3, 1), date(2026, 3, 9)])
@pytest.mark.parametrize("bare", [True, False])
def test_every_situation_has_a_response_whose_placeholders_are_all_filled(language, eta, bare):
    texts = responses()
    for template in ORDERS.values():
        for status in ORDER_STATUSES:
            for refund_status in REFUND_STATUSES:
                refund = ORDERS["10025"].refund
                order = replace(
                    template,
                    status=status,
                    eta=eta,
                    refund=replace(refund, status=refund_status, expected_on=eta),
                    **({"carrier": None, "tracking_number": None, "delivered_on": None} if bare else {}),
                )
                lookup = {"state": "found", "number": order.number, "order": order_to_dict(order)}
                for the_action in (ActionShowOrder, ActionShowRefund, ActionShowCancellation):
                    for name, values in show(the_action, lookup, language):
                        for variation in texts[name]:
                            variation["text"].format(**values)


def test_the_language_is_read_off_the_message_when_nobody_assessed_it():
    dispatcher = CollectingDispatcher()
    given = Tracker.from_dict(
        {
            "sender_id": "s",
            "slots": {"order_lookup": found("10023")},
            "latest_message": {"text": "10023到哪了"},
        }
    )
    asyncio.run(ActionShowOrder(lambda: TODAY).run(dispatcher, given, DOMAIN))
    assert dispatcher.messages[0]["eta"] == "3月5日（周四）"


def test_the_action_server_finds_every_action_of_the_domain(monkeypatch, tmp_path):
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path))
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(DOMAIN["actions"]) <= set(executor.actions)
    assert list(tmp_path.iterdir()) == []  # nothing is opened before it is needed
