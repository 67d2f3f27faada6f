"""How far the classifier's guess holds, and what counts as not understood."""

import pytest

from actions.signals import signals_of


def shown(text, intent, confidence, **more):
    return signals_of(text, {"intent": {"name": intent, "confidence": confidence}}, None, **more)


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "not_understood"),
    [
        # The bot does not serve it: it has not helped, whether it knows that or not.
        ("write me a poem about the moon", "out_of_scope", 0.8, True),
        ("lkjh mnbv qqw", "out_of_scope", 0.45, True),
        # Asks on: only who heard the question before can know.
        ("and to Norway?", "out_of_scope", 0.55, False),
        ("那挪威呢", "out_of_scope", 0.5, False),
        # A guess without a word that bears it out.
        ("那个呢那边的那种", "membership", 0.33, True),
        ("put the upper thing under it", "size_advice", 0.35, True),
        ("不太像那样子的", "reject_answer", 0.34, True),
        ("seven then four", "deny", 0.31, True),
        ("把那个再弄得高一点", "request_human", 0.41, True),
        # Unsure, but the words say what it is about; or sure.
        ("退款那个", "refund_status", 0.35, False),
        ("my parcel thing", "delivery_problem", 0.34, False),
        ("the thing with the upper part", "size_advice", 0.6, False),
        ("this isn't what I asked", "reject_answer", 0.33, False),
        # Polite words, praise and giving up have served their purpose.
        ("好嘞，明白了", "nlu_fallback", 0.3, False),
        ("gotcha, thanks", "nlu_fallback", 0.3, False),
        ("merci beaucoup", "nlu_fallback", 0.3, False),
        ("excellent service, love it", "nlu_fallback", 0.3, False),
        ("吧啦吧啦", "nlu_fallback", 0.3, True),
        ("😀", "out_of_scope", 0.5, False),
    ],
)
def test_not_understood(text, intent, confidence, not_understood):
    assert shown(text, intent, confidence)["fallback"] is not_understood


def test_the_reason_is_told():
    assert shown("sing me a song", "out_of_scope", 0.8)["why"]["fallback"] == "intent out_of_scope (0.80)"
    assert shown("那个那种", "membership", 0.33)["why"]["fallback"] == "only a guess: membership (0.33)"


def test_a_guess_shows_nothing_but_itself():
    signals = shown("seven then four", "reject_answer", 0.31)
    assert (signals["intent"], signals["confidence"]) == ("reject_answer", 0.31)
    assert not signals["rejects_answer"]
    assert shown("那个呢那边的那种", "loan_advice", 0.33)["topic"] is None


def test_polite_words_ask_for_nothing():
    signals = shown("好的，我等等", "loan_advice", 0.7)
    assert (signals["topic"], signals["needs_advice"], signals["fallback"]) == (None, False, False)
    assert not shown("懂了", "reject_answer", 0.6)["rejects_answer"]


def test_in_a_form_a_short_answer_may_be_unsure():
    assert shown("seven then four", "deny", 0.31, requested_slot="order_number")["fallback"] is False


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "not_understood"),
    [
        ("就是那个啥嘛", "authenticity", 0.5, True),  # the form may have begun with a guess as well
        ("the whatsit over there", "stock", 0.45, True),
        ("算了不填了", "stop_form", 0.4, False),
        ("nope", "deny", 0.4, False),
        ("哪里能看到订单号", "order_status", 0.4, False),
        ("10024", "inform_order_number", 0.4, False),
    ],
)
def test_a_guess_is_no_answer_to_a_form(text, intent, confidence, not_understood):
    assert shown(text, intent, confidence, requested_slot="order_number")["fallback"] is not_understood


@pytest.mark.parametrize(
    ("text", "confidence", "asks"),
    [
        ("把那个再弄得高一点", 0.41, False),
        ("put it up a notch over there", 0.35, False),
        ("麻烦转给能拍板的", 0.7, True),
        ("转人工", 0.3, True),
    ],
)
def test_a_guess_asks_for_nobody(text, confidence, asks):
    assert shown(text, "request_human", confidence)["asks_human"] is asks
