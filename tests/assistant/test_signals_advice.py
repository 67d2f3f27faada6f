"""Loan cases of a customer's own, told from general questions, the process, form answers and others."""

from pathlib import Path

import pytest
import yaml

from actions.signals import signals_of

UNSURE = {"intent": {"name": "nlu_fallback", "confidence": 0.3}}
LOAN = ("loan", None)  # without a topic the turn goes on about the loan before
RIGHT = 0.85  # of each language; a case may be told in words that nobody thought of


def table(name: str) -> dict:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def fires(text: str, parse_data: dict = UNSURE, **more) -> bool:
    signals = signals_of(text, parse_data, None, **more)
    return signals["topic"] in LOAN and signals["needs_advice"]


TEXTS = [
    (kind == "needs_advice", name, kind, language)
    for name in ("advice_cases.yml", "advice_cases_later.yml")
    for kind in ("needs_advice", "no_advice")
    for language in ("zh", "en")
]


@pytest.mark.parametrize(("needed", "name", "kind", "language"), TEXTS)
def test_the_words_alone_tell_a_case_from_a_question(needed, name, kind, language):
    texts = table(name)[kind][language]
    wrong = [text for text in texts if fires(text) is not needed]
    assert len(wrong) <= (1 - RIGHT) * len(texts), wrong


@pytest.mark.parametrize(
    ("answer"), table("advice_cases.yml")["form_answers"], ids=lambda answer: answer["text"]
)
def test_an_answer_to_the_pre_check_is_no_case(answer):
    for intent in ("nlu_fallback", "loan_advice", "inform_order_number"):
        parse_data = {"intent": {"name": intent, "confidence": 0.7}}
        assert not fires(answer["text"], parse_data, requested_slot=answer["slot"])


@pytest.mark.parametrize(
    ("text", "confidence", "needed"),
    [
        ("我想贷款", 0.99, False),
        ("I'd like to know more about loans", 0.6, False),
        ("我邻居贷款被拒了，一般是什么原因", 0.9, False),
        ("a colleague of mine has bad credit, could he borrow", 0.9, False),
        ("以贷养贷到头了", 0.9, True),
        ("my loans are eating me alive", 0.9, True),
        ("贷款面签", 0.3, False),  # a guess
    ],
)
def test_the_classifier_alone_needs_words_about_the_customer(text, confidence, needed):
    assert fires(text, {"intent": {"name": "loan_advice", "confidence": confidence}}) is needed


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("I lost my job and cannot pay this month's rate", True),
        ("我被裁员了，下个月的月供交不上", True),
        ("how do I pay my loan early", False),
        ("我月薪九千，房贷怎么提前还", False),
    ],
)
def test_what_the_bot_serves_is_a_case_only_when_life_goes_wrong(text, needed):
    assert fires(text, {"intent": {"name": "repayment", "confidence": 0.9}}) is needed


@pytest.mark.parametrize(
    "text",
    [
        "I'm self-employed and my income goes up and down",
        "我是个体户，去年亏了不少",
    ],
)
def test_a_case_may_be_told_in_the_turn_after_the_loan_was_named(text):
    signals = signals_of(text, UNSURE, None)
    assert (signals["topic"], signals["needs_advice"]) == (None, True)


@pytest.mark.parametrize("text", ["还有10031", "what's the interest rate on savings", "这种服务也好意思开店"])
def test_words_that_only_look_like_a_case_are_none(text):
    assert not fires(text)


def test_a_turn_about_something_else_is_no_loan_case():
    delivery = {"intent": {"name": "delivery_time", "confidence": 0.9}}
    assert not signals_of("我失业了，快递几时到", delivery, None)["needs_advice"]
