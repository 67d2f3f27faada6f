"""What the turn is about: by its intent, else by words.

Fraud is looked for in every turn, whatever the classifier made of it: a customer whose card is being emptied must
not be taken for one who asks about payment methods.
"""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

from typing import Any

from actions.signals import nlp
from actions.signals.intents import TOPIC_OF
from actions.signals.negation import is_denied
from actions.signals.nlp import word_list
from actions.signals.phrases import Phrases, teach_later
from actions.signals.reading import Reading

teach_later(word_list("防盗刷 盗刷险 防诈骗 反诈骗 防盗 会员卡 礼品卡 购物卡 单车 菜单 名单"))

_ZH = Phrases(
    nlp.chinese,
    {
        # These would read as fraud: a parcel or a gift card that is lost.
        "delivery!": ["包裹|快递|外卖 _{0,2} 丢|被盗|被偷"],
        "membership!": ["会员卡 _{0,2} 丢|掉|不见"],
        "payment!": ["礼品卡|购物卡 _{0,2} 丢|掉|不见"],
        "fraud": [
            "盗刷|被盗刷|盗用|被盗用|盗号|被盗号|异常登录|异地登录|异常交易|异常扣款|账户异常|账号异常|账户被盗|账号被盗|卡被盗",
            "卡|银行卡|信用卡|储蓄卡|借记卡 被盗|被偷|丢|丢了|掉了|不见了|遗失|丢失|找不到 了?",
            "卡|银行卡|信用卡|储蓄卡 _{0,2} 丢|掉|偷|不见|遗失 了",
            "挂失",
            "非本人 _{0,1} 操作|交易|消费|登录?",
            "不是 我|本人 _{0,2} 刷|操作|消费|转|交易|登录|花|付",
            "没有|没 _{0,2} 消费|刷|转账|登录 过? _{0,3} 扣|扣款|扣钱",
            "钱 _{0,2} 被 _{0,1} 转走|刷走|划走|转出|盗|偷|骗",
            "被 诈骗|骗|电信诈骗 了? _{0,2} 钱|转账|万|元|块",
            "遇到|遭遇|碰到 _{0,2} 诈骗|电信诈骗|骗子",
            "陌生|不明 交易|扣款|登录|消费|转账",
        ],
        "refund": ["退款|退钱|退货|退回|退换|退换货|换货|退费|返款|退运费|退货款", "把? 钱 退|还"],
        "loan": ["贷款|借款|房贷|车贷|消费贷|信用贷|网贷|按揭|借钱|放款|还款|月供|授信|贷|首付|提前还款"],
        "invoice": ["发票|开票|专票|普票|抬头|税号|增值税"],
        "membership": ["会员|积分|等级|会员卡|vip|年费会员|续费|成长值"],
        "delivery": ["快递|物流|发货|配送|送货|包裹|运费|邮费|派送|签收|运单|多久 到|几天 到|什么时候 到"],
        "payment": ["付款|支付|优惠券|红包|满减|花呗|微信支付|支付宝|分期|折扣|扣款|信用卡|刷卡"],
        "account": ["账户|账号|密码|登录|登陆|注册|绑定|实名|验证码|注销|手机号"],
        "complaint": ["投诉|举报|差评|态度"],
        "order": ["订单|下单|单号|取消订单|改地址|收货地址"],
    },
)
_EN = Phrases(
    nlp.english,
    {
        "delivery!": ["lost|stolen|missing parcel|package|delivery"],
        "membership!": [
            "membership|loyalty card _{0,3} lost|stolen|missing",
            "lost|lose my? membership|loyalty card",
        ],
        "payment!": ["gift card _{0,3} lost|stolen|missing", "lost|lose my? gift card"],
        "fraud": [
            "unauthorized|unauthorised|suspicious|fraudulent|unknown|unrecognized|unrecognised transaction|transactions|charge|charges|payment|payments|login|"
            "activity|withdrawal|purchase|transfer|debit",
            "card|cards|wallet _{0,4} stolen|lost|missing|cloned|skimmed|gone",
            "lost|lose|losing|stole|misplaced my? _{0,2} card|wallet",
            "stolen|lost _{0,2} card",
            "freeze|block my|the? card|account|cards",
            "hacked|compromised|phished|phishing|scammed",
            "identity theft|stolen",
            "did not make|authorize|authorise|recognize|recognise|approve _{0,3} transaction|payment|purchase|charge|transfer|it|charges",
            "transaction|payment|purchase|charge|transfer|withdrawal i|we never|did not? make|made|authorize|authorise|authorized|authorised|approve|approved",
            "do not recognize|recognise _{0,4} transaction|payment|purchase|charge|transfer|charges",
            "someone|somebody _{0,2} used|using|accessed|took|stole|logged|emptied _{0,3} card|account|money",
            "was not me",
        ],
        "refund": [
            "refund|refunds|refunded|refunding|return|returns|returned|returning|exchange|reimburse|reimbursement",
            "money back",
            "send _{0,2} back",
        ],
        "loan": ["loan|loans|mortgage|borrow|borrowing|lend|lending|repayment|repayments|apr|refinance"],
        "invoice": ["invoice|invoices|receipt|receipts|vat"],
        "membership": ["membership|member|loyalty|points|rewards|tier"],
        "delivery": [
            "delivery|deliver|delivered|shipping|shipment|shipped|ship|courier|parcel|package|tracking|track|arrive|arrived"
        ],
        "payment": [
            "payment|payments|pay|paid|paypal|coupon|coupons|voucher|discount|promo|visa|mastercard|installments|charged"
        ],
        "account": ["account|accounts|password|login|log|signin|username|profile|register"],
        "complaint": ["complaint|complain|complaints|complaining"],
        "order": ["order|orders|ordered|purchase|purchased"],
    },
)
# A sentence names several: the most telling one is its topic, in the order of the labels.
_RANK = [
    "fraud",
    "refund",
    "loan",
    "invoice",
    "membership",
    "delivery",
    "payment",
    "account",
    "complaint",
    "order",
]


def topic(reading: Reading) -> tuple[str | None, str | None]:
    """Return the topic, or None, and what showed it."""
    named = _named(reading)
    if "fraud" in named:
        return "fraud", f"keyword: {named['fraud']}"
    if reading.intent in TOPIC_OF:
        return TOPIC_OF[reading.intent], f"intent {reading.intent} ({reading.confidence:.2f})"
    for name in _RANK:
        if name in named:
            return name, f"keyword: {named[name]}"
    return None, None


def _named(reading: Reading) -> dict[str, str]:
    named: dict[str, str] = {}
    for doc, phrases, english in ((reading.zh, _ZH, False), (reading.en, _EN, True)):
        if doc is not None:
            _collect(doc, phrases, english, named)
    return named


def _collect(doc: Any, phrases: Phrases, english: bool, named: dict[str, str]) -> None:
    for found in phrases.find(doc):
        if found.label == "fraud" and is_denied(doc, found.start, english=english):
            continue
        named.setdefault(found.label.rstrip("!"), found.text)
