"""What the bot answers by itself, in both languages, on both channels."""

import re

import pytest

CHINESE = re.compile(r"[一-鿿]")


@pytest.mark.parametrize(
    ("question", "expected"),
    [("运费怎么算", CHINESE), ("how much is shipping", re.compile(r"(?i)shipping|delivery|postage"))],
)
def test_a_question_is_answered_in_its_language_over_rest(rest, question, expected):
    (answer, *_) = rest().says(question)
    assert expected.search(answer)
    if expected is not CHINESE:
        assert not CHINESE.search(answer)


@pytest.mark.parametrize(
    ("question", "chinese"), [("你们几点营业", True), ("what are your opening hours", False)]
)
def test_a_question_is_answered_in_its_language_over_webchat(web, question, chinese):
    customer = web()
    customer.says(question)
    answer = customer.answered()[0]
    assert bool(CHINESE.search(answer)) is chinese


@pytest.mark.parametrize(
    ("question", "chinese"), [("我的订单10023到哪了", True), ("where is my order 10023", False)]
)
def test_an_order_is_found(rest, question, chinese):
    answer = " ".join(rest().says(question))
    assert "10023" in answer
    assert bool(CHINESE.search(answer)) is chinese


@pytest.mark.parametrize("question", ["查一下订单 99999", "where is my order 99999"])
def test_an_order_that_does_not_exist_is_said_so(rest, question):
    customer = rest()
    answer = " ".join(customer.says(question))
    assert "99999" in answer
    assert re.search(
        r"没有|找不到|没找到|未找到|查不到|can't find|cannot find|couldn't find|no order|not find", answer
    )


def test_the_order_number_is_asked_for_and_taken(web):
    customer = web()
    customer.says("我的订单到哪了")
    asked = customer.answered()[0]
    assert "订单号" in asked
    customer.says("10023")
    assert "10023" in customer.answered(2)[-1]
