"""Whose case is told: a customer's own fraud is never missed, a story or a general question is none."""

from pathlib import Path

import pytest
import yaml

from actions.signals import signals_of
from actions.signals.reading import read
from actions.signals.whose import is_own

TABLE = yaml.safe_load(Path(__file__).with_name("whose_case.yml").read_text(encoding="utf-8"))

UNSURE = {"intent": {"name": "nlu_fallback", "confidence": 0.3}}
SURE = {"intent": {"name": "account_anomaly", "confidence": 0.9}}


@pytest.mark.parametrize("parse_data", [UNSURE, SURE], ids=["fallback", "account_anomaly"])
@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TABLE.items() for text in texts])
def test_only_a_case_of_theirs_is_fraud(kind, text, parse_data):
    assert (signals_of(text, parse_data, None)["topic"] == "fraud") is (kind == "victim")


@pytest.mark.parametrize(
    ("text", "threatens"),
    [
        ("我同事说投诉可以打12315，我就是问问", False),
        ("my brother once hired a lawyer against another shop", False),
        ("12315是干嘛的电话", False),
        ("我老公要去12315投诉", True),
        ("我朋友说应该去消协告你们", True),
        ("my husband will call a lawyer", True),
        ("my friend and I will see you in court", True),
        ("再不退我就申请chargeback", True),
        ("你们不处理我就去银行拒付", True),
    ],
)
def test_what_others_did_is_no_threat(text, threatens):
    assert signals_of(text, UNSURE, None)["threat"] is threatens


@pytest.mark.parametrize(
    ("text", "displeased"),
    [
        ("My cousin had a terrible time with another shop last year. What is your return policy?", False),
        ("I read a review that said shopping online is awful. How much is shipping?", False),
        ("My cousin had a terrible time with another shop last year. Yours is just as awful.", True),
        ("I heard that your service is terrible and it really is terrible.", True),
    ],
)
def test_displeasure_told_of_others_is_not_the_customers(text, displeased):
    assert (signals_of(text, UNSURE, None)["sentiment"] <= -0.4) is displeased


@pytest.mark.parametrize("word", ["刚", "刚刚", "刚才", "又还", "是不是", "已经"])
def test_a_word_said_without_end_is_read_all_the_same(word):
    """A pattern that can read it in many ways would try them for years; the suite's time limit tells."""
    for end in ("☃", "被骗了"):
        with read("我" + word * 200 + end, {}) as reading:
            assert is_own(reading) or end == "☃"
