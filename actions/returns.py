"""The return form: which order, for what reason; then whether it can be returned, until when, and who pays postage."""

# ruff: noqa: E501 (a pattern is one line; wrapped, it is hard to read and to compare)

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.form_words import LEAVES, NOTHING_ELSE, intent_of, words_of
from actions.orders import LOOKUP, NUMBER, REQUESTED, OrderNumberForm, ShowLookup, language_of, starts_now
from actions.shop.answers import Answer, is_returnable, return_answers
from actions.shop.port import Order
from rasa_parts.chinese import plain

REASON = "return_reason"

# In this order: "wrong colour, I don't like it" is our mistake first.
_REASONS = {
    "wrong": re.compile(
        r"发错|寄错|送错|错货|错了货|不是我(?:买|要|订|拍)的|少发|漏发|少了|缺|不齐|不符|不一样|货不对板|色差"
        r"|\b(?:wrong|missing|incomplete|not what i (?:ordered|bought)|not as described|different from)\b"
    ),
    "faulty": re.compile(
        r"坏|破|碎|裂|漏|质量|瑕疵|故障|毛病|问题|损|划痕|开不了|不能用|用不了|没反应|掉色|开胶|脏|污渍|过期|变质|假货|烂"
        r"|\b(?:broken?|brok|damaged?|defect\w*|faulty|cracked|crack|torn|dirty|stain\w*|scratch\w*|doesn't work|does not work|"
        r"not working|stopped working|won't turn on|dead|quality|leak\w*|expired|rotten|poor)\b"
    ),
    "changed_mind": re.compile(
        r"不想要|不要了|不喜欢|不合适|不合身|太大|太小|大了|小了|偏大|偏小|紧|尺码|买错|拍错|买多|买贵|后悔|无理由|不满意|不好看|不需要|用不着|不适合|重复"
        r"|\b(?:don't (?:like|want|need)|do not (?:like|want|need)|dont (?:like|want|need)|changed my mind|no longer|too (?:big|small|large|tight|loose|expensive)|"
        r"doesn't (?:fit|suit)|does not fit|doesnt fit|size|by mistake|accident\w*|not happy|not satisfied|found (?:it )?cheaper|twice)\b"
    ),
    "other": re.compile(
        r"其他|其它|别的原因|没有?原因|没什么原因|不想说|\b(?:other|no reason|none|something else)\b"
    ),
}
_CHOICES = {"1": "faulty", "2": "wrong", "3": "changed_mind", "4": "other"}
_IS_QUESTION = re.compile(
    r"[?？]|吗$|怎么|多久|多少|什么时候|哪里|能不能|\b(?:how|when|what|where|who|which|why)\b"
)


def reason_in(text: str) -> str | None:
    """Return `wrong`, `faulty`, `changed_mind` or `other` as the words say it, or None."""
    words = plain(unicodedata.normalize("NFKC", text)).lower().replace("\u2019", "'")
    return next((reason for reason, pattern in _REASONS.items() if pattern.search(words)), None)


class ValidateReturnForm(OrderNumberForm):
    """Can I return it, and how?"""

    starts_with = "return_refund"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_return_form"

    def goes_on_with(self, order: Order) -> bool:
        """Only what has arrived and is not being refunded already can be returned."""
        return is_returnable(order)

    def extract_return_reason(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"return_reason": …} when this turn gives one, else {}."""
        text, intent = words_of(tracker), intent_of(tracker)
        if starts_now(tracker, self.form_name()):
            reason = reason_in(text)
            return {REASON: reason} if reason or tracker.get_slot(REASON) else {}
        if tracker.get_slot(REQUESTED) != REASON or intent in LEAVES:
            return {}
        reason = _CHOICES.get(unicodedata.normalize("NFKC", text).strip(" .。、)")) or reason_in(text)
        if reason is None and intent in NOTHING_ELSE and not _IS_QUESTION.search(text.lower()):
            reason = "other"
        return {} if reason is None else {REASON: reason}

    def validate_return_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Keep a reason that is known."""
        return {REASON: value if value in _REASONS else None}


class ActionShowReturn(ShowLookup):
    """Whether and how the order can be returned."""

    slots = (NUMBER, LOOKUP, REASON)

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_show_return"

    async def answers(self, order: Order, tracker: Tracker, today: date) -> list[Answer]:
        """Return what is said about an order that was found."""
        return return_answers(order, tracker.get_slot(REASON) or "other", language_of(tracker), today)
