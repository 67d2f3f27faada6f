"""The forms with several questions: recorded trackers in, slots and responses out."""

import asyncio
import json
from datetime import timedelta

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.form_words import LONGEST_ANSWER, ActionExplainSlot, words_of
from actions.invoices import ActionRequestInvoice, ValidateInvoiceForm
from actions.loans import ActionShowLoanEstimate, ValidateLoanForm
from actions.returns import ActionShowReturn, ValidateReturnForm, reason_in
from actions.shop.port import InvoiceRequest, ShopUnavailable
from actions.signals import signals_of
from tests.assistant.test_orders import (
    DOMAIN,
    ORDERS,
    STARTED,
    TODAY,
    BrokenShop,
    DemoShop,
    action,
    found,
    loop,
    responses,
    user,
)

CODE = "91350100M000100Y43"


def tracker(form, text, intent, *, asked=None, slots=None):
    """The tracker of the turn that starts the form, or of one that answers its question for `asked`."""
    message = user(text, intent)
    if asked is None:
        events = [*STARTED, message, loop(form)]
    else:
        events = [*STARTED, user("…", "x"), loop(form), action("action_listen"), message]
    return Tracker.from_dict(
        {
            "sender_id": "webchat:main:v1",
            "slots": {"requested_slot": asked, **(slots or {})},
            "latest_message": {"text": text, "intent": {"name": intent}},
            "events": [*events, {"event": "slot", "name": "requested_slot", "value": asked}, action(form)],
            "active_loop": {"name": form},
            "paused": False,
        }
    )


def validate(form, given):
    """Return the slots that the validation sets and the responses it utters; the slots survive JSON."""
    dispatcher = CollectingDispatcher()
    events = asyncio.run(form.run(dispatcher, given, DOMAIN))
    slots = {event["name"]: event["value"] for event in events}
    json.dumps(slots)
    return slots, [message["response"] for message in dispatcher.messages]


def run(the_action, slots, language="zh"):
    """Return the responses of an action with their values, and the slots it sets."""
    dispatcher = CollectingDispatcher()
    given = Tracker.from_dict({"sender_id": "s", "slots": {"language": language, **slots}})
    events = asyncio.run(the_action.run(dispatcher, given, DOMAIN))
    texts = responses()
    for message in dispatcher.messages:
        for variation in texts[message["response"]]:
            variation["text"].format(**message)  # every placeholder is filled
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


def returning(text, intent="return_refund", **rest):
    return validate(ValidateReturnForm(DemoShop()), tracker("return_form", text, intent, **rest))


class TestReturn:
    def test_number_and_reason_may_come_in_the_first_message(self):
        slots, said = returning("订单10024收到就是坏的,我要退")
        assert (slots["order_number"], slots["return_reason"]) == ("10024", "faulty")
        assert said == []

    def test_the_reason_is_asked_for_when_only_the_number_came(self):
        slots, _ = returning("10024", "inform_order_number", asked="order_number")
        assert slots["order_number"] == "10024"
        assert "requested_slot" not in slots

    @pytest.mark.parametrize("number", ["10023", "10026", "10028", "10025"])
    def test_no_reason_is_asked_for_where_nothing_can_be_returned(self, number):
        slots, _ = returning(number, "inform_order_number", asked="order_number")
        assert slots["requested_slot"] is None

    @pytest.mark.parametrize(
        ("text", "intent", "reason"),
        [
            ("1", "inform_order_number", "faulty"),
            ("３", "nlu_fallback", "changed_mind"),
            ("杯子碎了", "damaged_item", "faulty"),
            ("發錯貨了", "damaged_item", "wrong"),
            ("颜色不喜欢", "nlu_fallback", "changed_mind"),
            ("质量太差了", "complaint", "faulty"),
            ("it doesn't fit", "return_refund", "changed_mind"),
            ("wrong colour", "damaged_item", "wrong"),
            ("没什么原因", "deny", "other"),
            ("my mother already has one", "out_of_scope", "other"),
        ],
    )
    def test_a_reason_in_words_or_as_a_number(self, text, intent, reason):
        slots, _ = returning(text, intent, asked="return_reason", slots={"order_number": "10024"})
        assert slots["return_reason"] == reason

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("转人工", "request_human"),
            ("不退了", "stop_form"),
            ("我的卡被盗刷了,坏人转走了钱", "account_anomaly"),
            ("运费多少", "shipping_fee"),
            ("你们几点下班?", "nlu_fallback"),
        ],
    )
    def test_what_is_no_reason_is_left_to_the_rules(self, text, intent):
        slots, _ = returning(text, intent, asked="return_reason", slots={"order_number": "10024"})
        assert slots == {}

    def test_a_new_start_forgets_what_an_earlier_form_had(self):
        slots, _ = returning("我想退货", slots={"order_number": "10024", "return_reason": "faulty"})
        assert slots["order_number"] is None
        assert slots["return_reason"] is None

    @pytest.mark.parametrize(
        ("reason", "days", "response"),
        [
            ("faulty", 15, "utter_return_ours"),
            ("wrong", 16, "utter_return_too_late"),
            ("changed_mind", 7, "utter_return_own"),
            ("other", 8, "utter_return_too_late"),
        ],
    )
    def test_the_reason_decides_how_long(self, reason, days, response):
        delivered = found("10024")
        delivered["order"]["delivered_on"] = (TODAY - timedelta(days=days)).isoformat()
        said, slots = run(
            ActionShowReturn(lambda: TODAY), {"order_lookup": delivered, "return_reason": reason}
        )
        assert [message["response"] for message in said] == [response]
        assert slots == {"order_number": None, "order_lookup": None, "return_reason": None}

    @pytest.mark.parametrize(
        ("number", "response"),
        [
            ("10023", "utter_cancel_shipped"),
            ("10026", "utter_cancel_unpaid"),
            ("10028", "utter_cancel_done"),
            ("10025", "utter_refund_processing_expected"),
        ],
    )
    def test_what_cannot_be_returned_is_told_as_it_is(self, number, response):
        said, _ = run(ActionShowReturn(lambda: TODAY), {"order_lookup": found(number)})
        assert [message["response"] for message in said] == [response]

    @pytest.mark.parametrize("reason", ["faulty", "other"])
    def test_a_delivery_without_a_day_is_told_without_a_deadline(self, reason):
        order = found("10024")
        order["order"]["delivered_on"] = None
        said, _ = run(ActionShowReturn(lambda: TODAY), {"order_lookup": order, "return_reason": reason})
        assert said[0]["response"].endswith("_undated")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("发错颜色,我也不喜欢", "wrong"), ("stopped working after two days", "faulty"), ("我想退货", None)],
)
def test_reason_in(text, reason):
    assert reason_in(text) == reason


class InvoiceShop(DemoShop):
    """Takes requests for invoices of the orders it knows."""

    def __init__(self):
        super().__init__()
        self.requested = {}

    def request_invoice(self, number, invoice, sender_id):
        self.requested[number] = invoice
        return number in ORDERS


class InvoicelessShop(BrokenShop):
    def request_invoice(self, number, invoice, sender_id):
        raise ShopUnavailable("down")


def invoicing(text, intent="invoice", **rest):
    return validate(ValidateInvoiceForm(DemoShop()), tracker("invoice_form", text, intent, **rest))


class TestInvoice:
    def test_everything_may_come_at_once(self):
        slots, said = invoicing(f"订单10024开发票,抬头北京天空科技有限公司,税号{CODE},发到a@b.cn")
        assert slots["order_number"] == "10024"
        assert slots["invoice_title"] == "北京天空科技有限公司"
        assert slots["tax_number"] == CODE
        assert slots["invoice_email"] == "a@b.cn"
        assert said == []

    def test_a_private_person_needs_no_tax_number(self):
        slots, _ = invoicing("个人就行", "nlu_fallback", asked="invoice_title")
        assert slots == {"invoice_title": "个人", "tax_number": "none"}

    @pytest.mark.parametrize(
        ("text", "intent", "title"),
        [
            ("李雷", "nlu_fallback", "李雷"),
            ("北京天空科技有限公司", "store_location", "北京天空科技有限公司"),
            ("Peter Smith", "out_of_scope", "Peter Smith"),
        ],
    )
    def test_a_name_is_taken_as_the_title(self, text, intent, title):
        assert invoicing(text, intent, asked="invoice_title")[0] == {"invoice_title": title}

    def test_a_title_that_is_too_long_is_refused(self):
        slots, said = invoicing("甲" * 101, "nlu_fallback", asked="invoice_title")
        assert slots == {"invoice_title": None}
        assert said == ["utter_invoice_title_too_long"]

    @pytest.mark.parametrize(
        ("text", "value", "said"),
        [(CODE, CODE, []), (CODE[:-1] + "1", None, ["utter_tax_number_wrong"])],
    )
    def test_a_tax_number_is_checked(self, text, value, said):
        given = {"asked": "tax_number", "slots": {"order_number": "10024", "invoice_title": "甲公司"}}
        assert invoicing(text, "inform_order_number", **given) == ({"tax_number": value}, said)

    @pytest.mark.parametrize(
        ("text", "value", "said"),
        [("发到a@b.cn吧", "a@b.cn", []), ("a@b", None, ["utter_email_wrong"])],
    )
    def test_an_address_is_checked(self, text, value, said):
        assert invoicing(text, "nlu_fallback", asked="invoice_email") == ({"invoice_email": value}, said)

    @pytest.mark.parametrize("asked", ["invoice_title", "tax_number", "invoice_email"])
    @pytest.mark.parametrize(
        ("text", "intent"),
        [("转人工", "request_human"), ("发票不开了", "stop_form"), ("运费多少", "shipping_fee")],
    )
    def test_another_wish_is_left_to_the_rules(self, asked, text, intent):
        assert invoicing(text, intent, asked=asked) == ({}, [])

    @pytest.mark.parametrize(("number", "goes_on"), [("10024", True), ("10026", False), ("10028", False)])
    def test_only_a_paid_order_gets_one(self, number, goes_on):
        slots, _ = invoicing(number, "inform_order_number", asked="order_number")
        assert ("requested_slot" not in slots) is goes_on

    @pytest.mark.parametrize(
        ("tax_number", "asked", "response"),
        [(CODE, CODE, "utter_invoice_requested_company"), ("none", None, "utter_invoice_requested")],
    )
    def test_the_shop_is_asked_and_the_customer_told(self, tax_number, asked, response):
        shop = InvoiceShop()
        given = {
            "order_lookup": found("10024"),
            "invoice_title": "甲公司",
            "tax_number": tax_number,
            "invoice_email": "a@b.cn",
        }
        said, slots = run(ActionRequestInvoice(shop), given)
        assert shop.requested == {"10024": InvoiceRequest("甲公司", asked, "a@b.cn")}
        assert [message["response"] for message in said] == [response]
        assert set(slots.values()) == {None}

    @pytest.mark.parametrize(
        ("number", "response"), [("10026", "utter_invoice_unpaid"), ("10028", "utter_invoice_cancelled")]
    )
    def test_an_order_without_an_invoice_is_told_so(self, number, response):
        shop = InvoiceShop()
        said, _ = run(ActionRequestInvoice(shop), {"order_lookup": found(number)})
        assert [message["response"] for message in said] == [response]
        assert shop.requested == {}

    def test_nothing_is_promised_when_the_shop_is_down(self):
        given = {"order_lookup": found("10024"), "invoice_title": "甲", "invoice_email": "a@b.cn"}
        said, _ = run(ActionRequestInvoice(InvoicelessShop()), given)
        assert [message["response"] for message in said] == ["utter_shop_unavailable"]


def checking(text, intent="loan_precheck", **rest):
    return validate(ValidateLoanForm(), tracker("loan_form", text, intent, **rest))


class TestLoan:
    @pytest.mark.parametrize("asked", ["loan_amount", "loan_months", "monthly_income"])
    @pytest.mark.parametrize("text", ["9" * 10_000, "9" * 400 + "个月", "一" + "万" * 2000])
    def test_a_key_held_down_is_too_much_rather_than_the_end_of_the_turn(self, asked, text):
        slots, _ = checking(text, "nlu_fallback", asked=asked)
        assert slots.get(asked) is None

    @pytest.mark.parametrize(
        "text",
        ["我月薪一万二,想贷5万分两年,帮我测一下", "check a loan of 50k over 2 years, I earn 12,000 a month"],
    )
    def test_everything_may_come_at_once(self, text):
        slots, said = checking(text)
        assert (slots["loan_amount"], slots["loan_months"], slots["monthly_income"]) == (50_000, 24, 12_000)
        assert said == []

    @pytest.mark.parametrize(
        ("asked", "text", "intent", "value"),
        [
            ("loan_amount", "三万", "nlu_fallback", 30_000),
            ("loan_amount", "30k", "out_of_scope", 30_000),
            ("loan_amount", "50000", "inform_order_number", 50_000),
            ("loan_amount", "大概5万吧", "interest_rate", 50_000),
            ("loan_months", "一年", "delivery_time", 12),
            ("loan_months", "12 months", "nlu_fallback", 12),
            ("loan_months", "3", "nlu_fallback", 36),
            ("loan_months", "36", "inform_order_number", 36),
            ("monthly_income", "8000", "inform_order_number", 8_000),
            ("monthly_income", "税后八千五", "nlu_fallback", 8_500),
            ("monthly_income", "年薪12万", "nlu_fallback", 10_000),
            ("monthly_income", "没有收入", "loan_advice", 0),
        ],
    )
    def test_an_answer_in_words_or_digits(self, asked, text, intent, value):
        assert checking(text, intent, asked=asked) == ({asked: value}, [])

    @pytest.mark.parametrize(
        ("asked", "text", "response"),
        [
            ("loan_amount", "500", "utter_loan_amount_low"),
            ("loan_amount", "50万", "utter_loan_amount_high"),
            ("loan_months", "半年", "utter_loan_months_wrong"),
            ("loan_months", "10年", "utter_loan_months_wrong"),
            ("monthly_income", "99999999999", "utter_monthly_income_wrong"),
        ],
    )
    def test_what_cannot_be_is_refused_with_the_reason(self, asked, text, response):
        assert checking(text, "nlu_fallback", asked=asked) == ({asked: None}, [response])

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("贷5万一年利息多少", "interest_rate"),
            ("转人工", "request_human"),
            ("不测了", "stop_form"),
            ("我的卡被盗刷了5000", "account_anomaly"),
            ("你好", "greet"),
        ],
    )
    def test_another_wish_is_left_to_the_rules(self, text, intent):
        assert checking(text, intent, asked="loan_amount") == ({}, [])

    def test_a_new_start_forgets_what_an_earlier_form_had(self):
        slots, _ = checking("贷款预审", slots={"loan_amount": 50_000, "loan_months": 12})
        assert slots == {"loan_amount": None, "loan_months": None}

    @pytest.mark.parametrize(
        ("income", "response"), [(30_000, "fits"), (17_500, "tight"), (1_000, "too_much"), (0, "too_much")]
    )
    def test_the_estimate_is_told_with_its_figures(self, income, response):
        given = {"loan_amount": 100_000.0, "loan_months": 12, "monthly_income": float(income)}
        said, slots = run(ActionShowLoanEstimate(), given)
        assert [message["response"] for message in said] == [f"utter_loan_{response}"]
        assert (said[0]["lowest"], said[0]["highest"]) == ("¥8,552", "¥8,998")
        assert set(slots.values()) == {None}

    @pytest.mark.parametrize("name", ["utter_loan_fits", "utter_loan_tight", "utter_loan_too_much"])
    def test_no_answer_promises_a_loan(self, name):
        chinese, english = (variation["text"] for variation in responses()[name])
        assert "不是审批结果" in chinese
        assert "no approval" in english


@pytest.mark.parametrize("form", ["return_form", "invoice_form", "loan_form"])
def test_every_question_can_be_explained(form):
    for slot in DOMAIN["forms"][form]["required_slots"]:
        said, _ = run(ActionExplainSlot(), {"requested_slot": slot})
        assert [message["response"] for message in said] == [f"utter_explain_{slot}"]


class TestSignalsInAForm:
    """An answer is neither something that was not understood nor a case that needs a person's advice."""

    @pytest.mark.parametrize(
        ("asked", "text"),
        [
            ("return_reason", "我妈已经有一个了"),
            ("invoice_title", "李雷"),
            ("loan_months", "三年"),
            ("loan_amount", "三万"),
            ("order_number", "10024"),
        ],
    )
    def test_an_answer_was_understood(self, asked, text):
        parsed = {"intent": {"name": "nlu_fallback", "confidence": 0.3}}
        assert signals_of(text, parsed, "zh", requested_slot=asked)["fallback"] is False
        assert signals_of("嗯嗯呃", parsed, "zh", requested_slot="loan_amount")["fallback"] is True

    def test_an_income_is_no_request_for_advice(self):
        parsed = {"intent": {"name": "interest_rate", "confidence": 0.4}}
        asked = signals_of("我月收入8000", parsed, "zh", requested_slot="monthly_income")
        assert asked["needs_advice"] is False
        assert signals_of("我月收入8000,该贷多少", parsed, "zh")["needs_advice"] is True

    def test_the_pre_check_itself_is_no_request_for_advice(self):
        parsed = {"intent": {"name": "loan_precheck", "confidence": 0.8}}
        assert signals_of("帮我算算能贷多少", parsed, "zh")["needs_advice"] is False

    @pytest.mark.parametrize("asked", ["return_reason", "invoice_title", "loan_amount"])
    def test_fraud_is_seen_in_every_form(self, asked):
        parsed = {"intent": {"name": "nlu_fallback", "confidence": 0.3}}
        shown = signals_of("我的银行卡被盗刷了5000", parsed, "zh", requested_slot=asked)
        assert shown["topic"] == "fraud"


def test_of_an_endless_message_a_form_reads_the_beginning():
    text = "a" * 400 + " 某某公司 " + "公司a" * 5_000
    given = tracker("invoice_form", text, "nlu_fallback", asked="invoice_title")
    assert words_of(given) == text[:LONGEST_ANSWER]
    slots, _ = validate(ValidateInvoiceForm(DemoShop()), given)
    assert "某某公司" in slots["invoice_title"]
