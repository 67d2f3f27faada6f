"""Topic, need of advice and the comparable question."""

import re
from pathlib import Path

import pytest

from actions.signals import signals_of
from actions.signals.intents import TOPIC_OF

TOPICS = [
    ("钱怎么还没退给我", "refund_status", "refund"),
    ("卡里的钱莫名其妙少了", "nlu_fallback", "fraud"),
    ("有人在外地登录我账号", "nlu_fallback", "fraud"),
    ("钱包被偷了,卡也在里面", "nlu_fallback", "fraud"),
    ("卡掉在出租车上了", "nlu_fallback", "fraud"),
    ("my account has been frozen", "nlu_fallback", "fraud"),
    ("weird transaction on my statement", "nlu_fallback", "fraud"),
    ("I can't find my card", "nlu_fallback", "fraud"),
    ("please block my debit card", "nlu_fallback", "fraud"),
    ("money was taken but the order says unpaid", "payment_methods", "payment"),
    ("you people are scammers", "complaint", "complaint"),
    ("我要退款", "return_refund", "refund"),
    ("退款什么时候到", "nlu_fallback", "refund"),
    ("想問一下退錢的事", "nlu_fallback", "refund"),
    ("i want my money back", "nlu_fallback", "refund"),
    ("我的银行卡被盗刷了", "payment_methods", "fraud"),
    ("防盗刷险是什么", "nlu_fallback", None),
    ("信用卡丢了怎么办", "nlu_fallback", "fraud"),
    ("someone used my card", "nlu_fallback", "fraud"),
    ("贷款利率", "interest_rate", "loan"),
    ("能借钱吗", "nlu_fallback", "loan"),
    ("今天天气如何", "nlu_fallback", None),
    ("unauthorized transaction on my account", "nlu_fallback", "fraud"),
    ("我要退款，转人工", "request_human", "refund"),
    ("开票", "nlu_fallback", "invoice"),
    ("密码忘了", "nlu_fallback", "account"),
    ("hello", "greet", None),
    ("会员卡丢了", "nlu_fallback", "membership"),
    ("快递丢了", "nlu_fallback", "delivery"),
    ("there was a payment i did not make", "nlu_fallback", "fraud"),
    ("钱被转走了", "nlu_fallback", "fraud"),
    ("不是我本人操作的", "nlu_fallback", "fraud"),
    ("i lost my credit card", "nlu_fallback", "fraud"),
]

ADVICE = [
    ("最高可以贷多少钱", "loan_conditions", False),
    ("我能贷多少钱", "nlu_fallback", True),
    ("up to how much can I borrow", "loan_conditions", False),
    ("我想贷款，月薪8000，欠信用卡3万", "nlu_fallback", True),
    ("我该不该贷款买车", "loan_conditions", True),
    ("贷款需要什么条件", "loan_conditions", False),
    ("贷款10万利息多少", "interest_rate", False),
    ("我想贷20万装修", "nlu_fallback", True),
    ("should I take a loan for a car", "nlu_fallback", True),
    ("I earn 3000 a month and want a loan", "loan_conditions", True),
    ("what are the loan requirements", "loan_conditions", False),
    ("我收入不稳定能贷吗", "loan_conditions", True),
    ("房贷利率是多少", "interest_rate", False),
    ("which loan is best for me", "nlu_fallback", True),
    ("can i afford a mortgage with 40k debt", "nlu_fallback", True),
    ("帮我分析一下哪种贷款合适", "loan_advice", True),
    ("我月薪8000", "inform_order_number", False),
    ("what is the interest rate for a loan of 100000", "interest_rate", False),
    ("征信不好可以贷款吗", "nlu_fallback", True),
    ("贷款要多久放款", "nlu_fallback", False),
]


def shown(text: str, intent: str | None, confidence: float = 0.8, **more) -> dict:
    return signals_of(text, {"intent": {"name": intent, "confidence": confidence}}, "zh", **more)


@pytest.mark.parametrize(("text", "intent", "topic"), TOPICS)
def test_topic(text, intent, topic):
    assert shown(text, intent)["topic"] == topic


def test_fraud_denied_is_no_fraud():
    assert shown("卡没丢，是坏了", "nlu_fallback")["topic"] != "fraud"


@pytest.mark.parametrize(("text", "intent", "needed"), ADVICE)
def test_needs_advice(text, intent, needed):
    assert shown(text, intent)["needs_advice"] is needed


def test_a_number_given_to_a_form_is_understood():
    assert shown("A-10023", "nlu_fallback", requested_slot="order_number")["fallback"] is False
    assert shown("什么号", "nlu_fallback", requested_slot="order_number")["fallback"] is True
    assert shown("A-10023", "nlu_fallback")["fallback"] is True


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_topic_has_a_name_in_the_summaries_of_the_service(language):
    names = Path(__file__).parents[2] / "handoff_service" / "assist" / f"{language}.yml"
    named = set(re.findall(r"^topic\.(\w+):", names.read_text(encoding="utf-8"), re.MULTILINE))

    assert set(TOPIC_OF.values()) - named == set()
