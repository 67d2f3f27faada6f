"""How the customer feels: below -0.4 displeased, below -0.8 an outburst (the service's thresholds)."""

import pytest

from actions.signals import signals_of

DISPLEASED = [
    "垃圾公司",
    "你们这是什么态度",
    "太慢了",
    "太差了",
    "太失望了",
    "烦死了",
    "等了半天没人理",
    "气死我了",
    "服务态度恶劣",
    "this is terrible",
    "worst service ever",
    "I'm so frustrated",
    "ridiculous",
    "this is unacceptable",
    "not good at all",
    "not happy",
    "😡😡",
    "thanks for nothing",
    "什么破服务",
    "骗子",
    "非常不满意",
    "很生气",
    "坑人",
    "说了多少遍了",
]

OUTBURSTS = [
    "垃圾公司！！",
    "骗子公司，气死我了",
    "他妈的",
    "this is fucking ridiculous",
    "WORST SERVICE EVER!!",
    "you are pathetic scammers",
    "🤬🤬",
    "傻逼客服",
    "恶心，垃圾！",
]

CALM = [
    "did my package get lost",
    "不满99要付多少邮费",
    "东西破了我要申请退款",
    "tell me a joke",
    "the invoice is incorrect",
    "still waiting on my refund",
    "别再问我单号了",
    "你好",
    "我的订单到哪了",
    "我要退款",
    "运费多少",
    "怎么开发票",
    "麻烦您帮我查一下",
    "多久能到",
    "where is my order",
    "my parcel is damaged",
    "I want a refund",
    "我要投诉",
    "我的卡丢了",
    "不着急",
    "转人工",
    "10023",
    "how do i return this",
    "还没收到货",
    "the item is broken",
    "差价怎么退",
    "垃圾桶多少钱",
    "I need an invoice",
    "利率多少",
    "会员有什么好处",
    "it arrived late",
    "商品坏了",
    "不好意思打扰了",
    "不对",
]

PLEASED = [
    "谢谢",
    "很好",
    "非常满意",
    "太棒了",
    "thank you so much",
    "great, thanks",
    "perfect",
    "👍",
    "not bad",
    "很不错",
]


def sentiment(text: str) -> float:
    return signals_of(text, {}, "zh")["sentiment"]


@pytest.mark.parametrize("text", DISPLEASED)
def test_displeased(text):
    assert sentiment(text) <= -0.4


@pytest.mark.parametrize("text", OUTBURSTS)
def test_an_outburst(text):
    assert sentiment(text) <= -0.8


@pytest.mark.parametrize("text", CALM)
def test_calm_also_with_a_problem(text):
    assert -0.4 < sentiment(text) < 0.3


@pytest.mark.parametrize("text", PLEASED)
def test_pleased(text):
    assert sentiment(text) > 0.15


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("失望", "非常失望"),
        ("有点失望", "失望"),
        ("太差了", "太差了！！"),
        ("terrible service", "TERRIBLE SERVICE"),
        ("慢", "太慢"),
        ("slow", "very slow"),
        ("垃圾", "垃圾，骗子"),
    ],
)
def test_emphasis_strengthens(weaker, stronger):
    assert sentiment(stronger) < sentiment(weaker) < 0


@pytest.mark.parametrize(
    ("plain", "denied"), [("满意", "不满意"), ("good", "not good"), ("开心", "一点都不开心")]
)
def test_denied_praise_is_blame(plain, denied):
    assert sentiment(plain) > 0 > sentiment(denied)


def test_denied_blame_is_no_blame():
    assert sentiment("态度不差") > 0
    assert sentiment("not terrible") > 0


def test_it_stays_within_bounds():
    assert -1.0 <= sentiment("垃圾骗子去死！！" * 100) <= -0.95
    assert 0.9 <= sentiment("太棒了完美满意" * 100) <= 1.0


def test_why_names_the_strongest_words():
    why = signals_of("谢谢，但是太慢了，非常失望", {}, "zh")["why"]["sentiment"]
    assert why.startswith("非常失望 -0.77")
