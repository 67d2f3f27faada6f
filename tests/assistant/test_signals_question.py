"""What is asked, and together with the service's comparison: is it the same as before?"""

from functools import cache
from pathlib import Path

import pytest
import yaml

from actions.signals import signals_of
from actions.signals.question_words import CONCEPTS, NAMES, ORDINARY, SAME_NAME
from handoff_service.decision.questions import Question, times_asked


def read(name: str) -> dict[str, list[list[str]]]:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


PAIRS = read("same_question.yml")


@cache
def asked(intent: str, text: str, requested_slot: str | None = None) -> Question | None:
    name = "nlu_fallback" if intent == "-" else intent
    parse_data = {"intent": {"name": name, "confidence": 0.7}}
    return Question.read(signals_of(text, parse_data, "zh", requested_slot=requested_slot)["question"])


def test_most_pairs_are_told_right():
    right = {
        want: sum(_same(*pair) == (want == "same") for pair in PAIRS[want]) for want in ("same", "different")
    }
    assert right["same"] >= 0.95 * len(PAIRS["same"]), right
    assert right["different"] >= 0.95 * len(PAIRS["different"]), right


def test_most_pairs_written_later_are_told_right():
    later = read("same_question_later.yml")
    assert sum(_same(*pair) for pair in later["same"]) >= 0.85 * len(later["same"])
    assert sum(not _same(*pair) for pair in later["different"]) >= 0.75 * len(later["different"])


def test_most_pairs_of_the_third_set_are_told_right():
    third = read("same_question_third.yml")
    assert sum(_same(*pair) for pair in third["same"]) >= 0.85 * len(third["same"])
    assert sum(not _same(*pair) for pair in third["different"]) >= 0.85 * len(third["different"])
    assert sum(asked(*words[2:]) is None for words in third["nothing"]) >= 0.9 * len(third["nothing"])


def test_without_any_intent_the_words_alone_tell_most():
    same = sum(_same("-", one, "-", other) for _, one, _, other in PAIRS["same"])
    different = sum(not _same("-", one, "-", other) for _, one, _, other in PAIRS["different"])
    assert same >= 0.7 * len(PAIRS["same"])
    assert different >= 0.9 * len(PAIRS["different"])


@pytest.mark.parametrize(("intent", "text"), PAIRS["nothing"])
def test_asks_nothing(intent, text):
    assert asked(intent, text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("请问怎么改发票抬头？", "怎么改发票抬头啊"),
        ("發票抬頭怎麼改", "发票抬头怎么改"),
        ("How do I change the name?", "how do i change the name please"),
        ("ＶＩＰ有什么用", "vip有什么用？？"),
        ("где мой заказ", "где мой заказ?"),
    ],
)
def test_the_same_question_in_other_clothes_is_the_same(one, other):
    assert asked("-", one) == asked("-", other) is not None


@pytest.mark.parametrize(
    ("intent", "text", "slot", "asks"),
    [
        ("-", "红色那双", "order_number", False),
        ("return_refund", "我要退10023", "order_number", False),
        ("exchange", "尺码不合适", "reason", False),
        ("loan_advice", "月收入8000", "income", False),
        ("delivery_time", "多久能到", "order_number", True),
        ("shipping_fee", "运费多少？", "reason", True),
        ("order_status", "where is my parcel", "order_number", True),
    ],
)
def test_an_answer_to_a_form_asks_nothing_a_question_in_between_does(intent, text, slot, asks):
    assert (asked(intent, text, slot) is not None) is asks


@pytest.mark.parametrize(
    ("turns", "times"),
    [
        # "and now?" is about the order asked about last
        (
            [
                ("order_status", "订单10023到哪了"),
                ("order_status", "订单10024呢"),
                ("order_status", "还没到吗"),
            ],
            2,
        ),
        (
            [
                ("order_status", "where is 10023"),
                ("order_status", "where is it"),
                ("order_status", "and 20456?"),
            ],
            1,
        ),
        # asked again in so many words, whatever the words
        ([("shipping_fee", "运费多少"), ("-", "我都说了好几遍了你怎么不懂")], 2),
        ([("stock", "is the red one in stock"), ("stock", "I mean the blue one, is it in stock")], 1),
        ([("-", "我说的是这个意思")], 1),
        ([("refund_status", "退款多久"), ("refund_status", "退款多久"), ("refund_status", "退款多久")], 3),
    ],
)
def test_what_a_turn_leaves_out_is_taken_from_the_turns_before(turns, times):
    assert times_asked([asked(*turn) for turn in turns]) == times


def test_another_thing_or_loan_is_another_question():
    assert not _same("warranty", "冰箱保修几年", "warranty", "洗衣机保修几年")
    assert not _same("interest_rate", "student loan rate", "interest_rate", "personal loan rate")
    assert _same("invoice", "发票在哪里申请", "invoice", "怎样补开发票")


@pytest.mark.parametrize(
    ("intent", "one", "other", "same"),
    [
        # one name for all its spellings, in both languages
        ("opening_hours", "周日开门吗", "星期天营业吗", True),
        ("opening_hours", "open on Sunday?", "周日开门吗", True),
        ("opening_hours", "周末上班吗", "周六上班吗", True),
        ("opening_hours", "周末上班吗", "周五上班吗", False),
        ("stock", "红色的有货吗", "is the red one in stock", True),
        ("stock", "红色的有货吗", "is the grey one in stock", False),
        ("payment_methods", "可以用支付宝吗", "do you take alipay", True),
        ("interest_rate", "房贷利率", "savings rate", False),
        # the forms of a known word
        ("-", "changing my email", "change my e-mail", True),
        ("-", "has my voucher expired", "when does the voucher expire", True),
        # a compound that the dictionary keeps whole
        ("-", "有礼品卡吗", "有礼品包装吗", False),
        ("transfer", "转账到建设银行", "转账到招商银行", False),
        # the plain request, and something else about it
        ("invoice", "我要发票", "发票抬头能改吗", False),
        ("invoice", "我要发票", "怎么开发票", True),
        ("transfer", "转账手续费多少", "转账多久到", False),
    ],
)
def test_what_tells_two_questions_apart(intent, one, other, same):
    assert _same(intent, one, intent, other) is same


def test_no_ordinary_phrase_hides_a_word_of_what_the_bot_serves():
    hidden = {
        phrase: part
        for phrase, classes in ORDINARY.items()
        for part in phrase.split()
        if " " in phrase and part in CONCEPTS and CONCEPTS[part] not in classes.split("+")
    }
    assert hidden == {}


def test_every_name_with_other_spellings_is_a_name():
    names = {name.replace("_", " ") for kind in NAMES.values() for name in kind}
    assert SAME_NAME.keys() - names == set()


def test_each_question_says_where_it_is_from():
    shown = signals_of("我是说订单10023到哪了", {"intent": {"name": "order_status", "confidence": 0.9}}, "zh")
    assert shown["why"]["question"] == "intent order_status (0.90); number 10023; says that they ask again"


def test_a_long_text_makes_a_short_question():
    question = asked("-", " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(400)))
    assert len(question.terms) <= 24
    assert all(len(term) <= 24 for term in question.terms)


def _same(intent: str, text: str, other_intent: str, other_text: str) -> bool:
    one, other = asked(intent, text), asked(other_intent, other_text)
    return one is not None and other is not None and times_asked([one, other]) == 2
