"""Does a customer who asks about a loan describe a case of their own, one that a person should look at?

"What are the conditions?" has an answer for everybody. "I earn 8,000, owe 30,000 on two cards, should I …?" has not.
"""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

import re

from actions.signals import nlp
from actions.signals.intents import AMOUNT_OR_TIME_ANSWERS, SURE
from actions.signals.nlp import word_list
from actions.signals.phrases import Phrases
from actions.signals.reading import Reading

_ZH = Phrases(
    nlp.chinese,
    {
        "own_case": [
            "我|我们|本人|我家|我老公|我老婆|我爸|我妈 _{0,4} 收入|月薪|工资|年薪|月收入|年收入|负债|欠|欠款|欠着|外债|月供|社保|公积金|存款|逾期|征信|信用卡债|失业",
            "收入|月薪|工资|年薪|月收入|年收入|负债|欠款|外债 _{0,4} $number",
            "我的|自己|我 收入|工资|负债|征信|情况|条件",
            "我|像我 这种|这样|这个 _{0,2} 情况|条件|收入",
            "有 _{0,2} 逾期|不良记录",
            "征信 _{0,2} 花|不好|有|差|黑",
        ],
        "asks_advice": [
            "我 应该|该|应不应该|该不该|要不要|适合|适不适合|合适|能贷|可以贷|最多|能不能贷|够不够|需要不需要|还不还得起",
            "该不该|应不应该|划不划算|划算|值不值得|值得|哪种 _{0,3} 好|合适|划算",
            "建议|推荐|帮我 _{0,2} 分析|规划|算算|看看|评估|选|参考",
            "适合|合适 我",
            "还得起|还不起|压力 大|压力大",
        ],
        # "How much can I get?" is a general question as well.
        "sum": ["能|可以|能够 贷|批|借 多少|几万|下来"],
    },
    {
        "number": word_list(
            "万 w k 千 元 块 块钱 万元 百万 一万 两万 三万 五万 十万 二十万 三十万 五十万 八千 五千 六千 "
            "上万 几万 几十万"
        )
    },
)
_EN = Phrases(
    nlp.english,
    {
        "own_case": [
            "my|our monthly|annual|current|existing|net|gross? salary|income|debt|debts|credit|mortgage|wage|wages|savings|situation|score|circumstances|employer|rent",
            "i|we 've|have|am|'m|currently|only|also{0,2} earn|make|owe|earning|making|owing|unemployed|self-employed|freelance|divorced|retired",
            "i|we have|'ve|got _{0,4} debt|debts|loans|mortgage|dependants|kids|savings",
            "i am|'m in debt",
            "missed|late _{0,2} payment|payments|repayment",
        ],
        "asks_advice": [
            "should|shall i|we",
            "would|do|could|can you recommend|advise|suggest",
            "best|better|right|suitable|good|wise _{0,3} for me|us",
            "can|could i|we afford|qualify|manage",
            "am i|we eligible|able",
            "makes|make sense _{0,2} me",
            "what|which _{0,3} do|would you recommend|advise|suggest",
            "advice|advise|recommendation",
            "how much can|could i|we afford",
        ],
        "sum": ["can|could i|we get|borrow"],
    },
)
_AMOUNT = re.compile(
    r"\d[\d,.]*\s*(?:万|千|元|块|w\b|k\b|rmb|usd|eur|dollars?|euros?|pounds?|yuan)|[$€£¥]\s*\d|\d{4,}",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"我|咱|\b(?:i|i'm|i'd|we|my|our)\b")
_GENERAL = ("loan_conditions", "interest_rate")


def needs_advice(reading: Reading, topic: str | None) -> tuple[bool, str | None]:
    """Return whether advice on a loan is needed and what showed it; `topic` is this turn's topic."""
    if reading.is_sure_of("loan_advice", SURE):
        return True, f"intent loan_advice ({reading.confidence:.2f})"
    if topic != "loan" or _served_by_the_bot(reading):
        return False, None
    labels = _labels(reading)
    for label in ("own_case", "asks_advice"):
        if label in labels:
            return True, f"own case: {labels[label]}"
    # "What is the rate for 100,000?" is a general question although it names a sum.
    if reading.intent in _GENERAL:
        return False, None
    if "sum" in labels:
        return True, f"own case: {labels['sum']}"
    amount = _AMOUNT.search(reading.text)
    if amount and _FIRST_PERSON.search(reading.text):
        return True, f"own case: {amount[0].strip()}"
    return False, None


def _served_by_the_bot(reading: Reading) -> bool:
    """Say whether the bot itself deals with what is asked, with the customer's own figures in it, too.

    That is the pre-check, its form's questions and everything about paying back.
    """
    answers_form = reading.requested_slot in AMOUNT_OR_TIME_ANSWERS and any(map(str.isdigit, reading.raw))
    return answers_form or any(reading.is_sure_of(intent, SURE) for intent in ("loan_precheck", "repayment"))


def _labels(reading: Reading) -> dict[str, str]:
    labels: dict[str, str] = {}
    for doc, phrases in ((reading.zh, _ZH), (reading.en, _EN)):
        if doc is not None:
            for found in phrases.find(doc):
                labels.setdefault(found.label, found.text)
    return labels
