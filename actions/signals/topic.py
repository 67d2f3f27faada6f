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
from actions.signals.phrases import Found, Phrases, teach_later
from actions.signals.reading import Reading
from actions.signals.whose import is_excused, is_nobodys

teach_later(word_list("防盗刷 盗刷险 防诈骗 反诈骗 防盗 会员卡 礼品卡 购物卡 单车 菜单 名单"))

_ZH = Phrases(
    nlp.chinese,
    {
        # These would read as fraud: a parcel or a gift card that is lost.
        "delivery!": ["包裹|快递|外卖 _{0,2} 丢|被盗|被偷"],
        "membership!": ["会员卡 _{0,2} 丢|掉|不见"],
        "complaint!": ["被 你们|你|你家|您|贵司 骗|坑|忽悠"],
        "payment!": ["礼品卡|购物卡 _{0,2} 丢|掉|不见"],
        "fraud": [
            "盗刷|被盗刷|盗用|被盗用|盗号|被盗号|止付|卡被盗",
            "异常|异地|可疑|陌生|不明|奇怪 的? 登录|登陆|登入|交易|扣款|消费|转账|设备|操作",
            "账户|账号|帐号|帐户|号 _{0,3} 异常|被盗|盗|冻结|冻住|锁|锁定|限制|黑客|入侵|泄露|封",
            "有 异常|异地|陌生 _{0,1} 登录|登入|交易",
            "别人|有人|陌生人|陌生设备|不是我 _{0,3} 登录|登陆|登入|登|盗|用我的|冒充",
            "有人|别人 _{0,1} 用|拿 我 的 账号|账户|卡|身份证",
            "有人 盗",
            "账户|账号 _{0,2} 不能 用",
            "是不是 被盗",
            "$card _{0,4} 被盗|盗|偷|偷走|被偷|丢|丢失|掉|遗失|不见|抢|吞|落在|找不到|找不着|没了",
            "$card 不 知道 丢|掉",
            "丢|遗失|丢失|偷|弄丢 了? _{0,2} $card",
            "卡|卡片|银行卡|信用卡|储蓄卡|号|账号|账户 _{0,3} 被 人|别人|谁|陌生人 _{0,1} 刷|盗|用|取|转|登",
            "卡|卡片|银行卡|信用卡|储蓄卡 _{0,3} 给|让 人|别人|谁|陌生人 _{0,1} 刷|盗|转 了|走",
            "消费|扣款|扣费|交易|支付 短信|提醒|通知 _{0,5} 没|没有 买|买过|买东西|消费|刷|用|花|下单",
            "密码|账号|账号密码 _{0,1} 被 _{0,2} 改|换|篡改",
            "被 _{0,5} 骗 了? _{0,2} 钱|转账|万|元|块",
            "被 _{0,5} 骗钱",
            "别人|有人|陌生人 _{0,3} 我 的? 账号|账户|卡|号 _{0,2} 登|消费|转|刷|花|操作|下单",
            "别人|有人|陌生人 _{0,3} 我 的? 账号|账户|卡|号 _{0,2} 下|买 了",
            "点|点开|打开|填|进 _{0,3} 钓鱼|诈骗|可疑|不明 _{0,1} 链接|网站|网址|短信",
            "挂失",
            "补办|补|停|停掉|冻结|锁|锁上|冻 _{0,3} $card",
            "把? $card _{0,2} 停掉|冻结|锁|锁上|停",
            "钱包 _{0,2} 偷|被偷|丢|丢失|不见|抢",
            "非本人 _{0,1} 操作|交易|消费|登录?",
            "不是 我|本人 _{0,2} 刷|操作|消费|转|交易|登录|花|付|弄|改|下单",
            "没有|没 _{0,2} 消费|刷|转账|登录 过? _{0,3} 扣|扣款|扣钱",
            "莫名|莫名其妙|无缘无故|半夜|突然 _{0,2} 扣|扣款|少|转走",
            "钱|余额|存款 _{0,1} 没 了",
            "余额 不对",
            "钱|余额|存款 _{0,3} 少|不见|不翼而飞|转走|刷走|划走|转出|盗|偷|骗 了?",
            "少 了 $number",
            "被 _{0,1} 转走|刷走|划走|骗走",
            "被|中|遇到|遭遇|碰到|怀疑|接到|收到 了? _{0,2} 诈骗|电信诈骗|骗子|钓鱼",
            "被 骗|诈骗 了? _{0,2} 钱|转账|万|元|块",
            "验证码|密码 _{0,1} 给|告诉|发给|泄露 _{0,1} 他|别人|对方|骗子|了",
            "冒充 _{0,3} 客服|银行|警察|你们",
        ],
        "refund": ["退款|退钱|退货|退回|退换|退换货|换货|退费|返款|退运费|退货款", "把? 钱 退|还"],
        "loan": [
            "贷款|借款|房贷|车贷|消费贷|信用贷|网贷|按揭|借钱|放款|还款|月供|授信|贷|首付|提前还款|还贷|商贷|经营贷|组合贷|助学贷",
            "借 _{0,2} 钱|万|千|元",
            "负债|债务|征信|断供|抵押|抵押物|等额本息|等额本金|先息后本",
        ],
        "invoice": ["发票|开票|专票|普票|抬头|税号|增值税"],
        "membership": ["会员|积分|等级|会员卡|vip|年费会员|续费|成长值"],
        "delivery": ["快递|物流|发货|配送|送货|包裹|运费|邮费|派送|签收|运单|多久 到|几天 到|什么时候 到"],
        "payment": ["付款|支付|优惠券|红包|满减|花呗|微信支付|支付宝|分期|折扣|扣款|信用卡|刷卡"],
        "account": ["账户|账号|密码|登录|登陆|注册|绑定|实名|验证码|注销|手机号"],
        "complaint": ["投诉|举报|差评|态度"],
        "order": ["订单|下单|单号|取消订单|改地址|收货地址"],
    },
    {
        "card": word_list("卡 卡片 银行卡 信用卡 储蓄卡 借记卡 提款卡 card"),
        "number": word_list("一千 两千 三千 五千 一万 两万 三万 五万 几千 几万 好多 很多 千 万 块 元"),
    },
)
_EN = Phrases(
    nlp.english,
    {
        "delivery!": ["lost|stolen|missing parcel|package|delivery"],
        "membership!": [
            "membership|loyalty card _{0,3} lost|stolen|missing|used",
            "lost|lose my? membership|loyalty card",
        ],
        "payment!": ["gift card _{0,3} lost|stolen|missing|used", "lost|lose my? gift card"],
        "fraud": [
            "$odd _{0,1} $movement",
            "$movement _{0,4} i|we never $mine",
            "transaction|transactions|charge|charges|payment|payments|withdrawal|withdrawals|transfer|debit|login _{0,4} is|are|was|were not mine|ours",
            "someone|somebody|they|he|she|who|thief|scammer|stranger _{0,2} opened|took|taken|applied|registered _{0,5} in|under my name",
            "was|were|been opened|taken|registered|placed _{0,3} in|under my name",
            "account _{0,3} taken over",
            "account _{0,2} hijacked",
            "$movement _{0,1} i|we never|did|do|have not? $mine",
            "i|we never|did|do not? $mine _{0,3} $movement",
            "i|we never $mine this|it|that",
            "card|cards|wallet|purse _{0,5} stolen|lost|missing|cloned|skimmed|gone|disappeared|fell|swallowed|theft",
            "swallowed|ate|kept my card",
            "lost|losst|lose|losing|stole|misplaced|dropped|left my? _{0,4} card|wallet|purse",
            "stolen|lost|missing _{0,2} card",
            "not find my? _{0,2} card|wallet|purse",
            "took|stole|grabbed|snatched _{0,2} wallet|purse|card",
            "freeze|block|stop|deactivate _{0,3} card|account|cards",
            "replacement card",
            "my|our _{0,2} card|cards was|were|been|got used by|in|at|without|abroad|somewhere|to",
            "wallet|purse was|were|got|been stolen|snatched|taken|nicked|grabbed",
            "hacked|compromised|phished|phishing|scammed|scammer|fraudster|fraudsters",
            "fell for _{0,1} scam",
            "report|reporting|case|victim of? fraud",
            "fraud on|in|with",
            "identity theft|stolen",
            "account _{0,4} blocked|locked|frozen|hacked|restricted|compromised|limited|suspended|broken|stolen",
            "account _{0,3} not let me in",
            "broke|broken|got|logged|hacked into _{0,1} account",
            "money|balance _{0,3} missing|gone|disappeared|vanished|stolen",
            "money _{0,1} taken from|out",
            "login|device|password _{0,3} unknown|unrecognized|unrecognised|stolen|strange",
            "someone|somebody|anyone _{0,3} used|using|accessed|withdrew|withdrawn|took|stole|stealing|logged|emptied|spent|charged _{0,5} card|account|money|login",
            "someone|somebody _{0,1} pretending|pretended|impersonating",
            "tricked|fooled|conned _{0,2} sending|paying|transferring|giving",
            "fake|bogus seller|shop|website|bank",
            "gave _{0,4} code|password|pin to",
        ],
        "refund": [
            "refund|refunds|refunded|refunding|return|returns|returned|returning|exchange|reimburse|reimbursement",
            "money _{0,4} back",
            "send _{0,2} back",
        ],
        "loan": [
            "loan|loans|mortgage|mortgages|borrow|borrowed|borrowing|lend|lending|lender|lenders|repayment|repayments|apr|refinance|refinancing|remortgage",
            "debt|debts|collateral",
            "credit score|history|rating",
        ],
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
    {
        "odd": word_list(
            "unauthorized unauthorised suspicious fraudulent unknown unrecognized unrecognised strange weird odd mysterious"
        ),
        "movement": word_list(
            "transaction transactions charge charges payment payments login logins activity withdrawal withdrawals purchase "
            "purchases transfer transfers debit debits deduction deductions device"
        ),
        "mine": word_list(
            "make made authorize authorise authorized authorised recognize recognise approve approved bought buy place placed know "
            "do did request requested"
        ),
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


# Topics that are somebody's case: told of others or asked in general they are not this customer's.
_OF_SOMEBODY = frozenset({"fraud", "complaint"})
_STATES = frozenset(word_list("lost stolen missing gone cloned skimmed hacked compromised"))
_NOT_HAPPENED = frozenset({"没", "没有"})


def topic(reading: Reading) -> tuple[str | None, str | None]:
    """Return the topic, or None, and what showed it."""
    named = _named(reading)
    if "fraud" in named:
        return "fraud", f"keyword: {named['fraud']}"
    by_intent = TOPIC_OF.get(reading.intent or "")
    if by_intent and not (by_intent in _OF_SOMEBODY and is_nobodys(reading)):
        return by_intent, f"intent {reading.intent} ({reading.confidence:.2f})"
    for name in _RANK:
        if name in named:
            return name, f"keyword: {named[name]}"
    return None, None


def _named(reading: Reading) -> dict[str, str]:
    named: dict[str, str] = {}
    for doc, phrases, english in ((reading.zh, _ZH, False), (reading.en, _EN, True)):
        for found in phrases.find(doc) if doc is not None else ():
            if found.label == "fraud" and (
                _is_denied(doc, found, english) or is_excused(reading, doc, found)
            ):
                continue
            named.setdefault(found.label.rstrip("!"), found.text)
    return named


def _is_denied(doc: Any, found: Found, english: bool) -> bool:
    """Say whether it did not happen; the "not" may stand within: 卡没丢, my card isn't lost."""
    if is_denied(doc, found.start, english=english):
        return True
    last = found.end - 1
    if english:
        return doc[last].norm_ in _STATES and is_denied(doc, last, english=True)
    return doc[last].norm_ != "了" and is_denied(doc, last, english=False, also=_NOT_HAPPENED)
