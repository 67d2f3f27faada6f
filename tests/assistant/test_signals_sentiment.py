"""How the customer feels: below -0.4 displeased, below -0.8 an outburst (the service's thresholds)."""

import pytest

from actions.signals import sentiment_classifier, signals_of

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
    "could you register a complaint for me",
    "I have a complaint about my order",
    "我想投诉一下",
    "请问投诉要找哪个部门",
    "投诉怎么提",
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


@pytest.mark.parametrize(
    "text",
    [
        "真厉害，一个快递走了半个月",
        "好棒的服务，电话打不通，消息也不回",
        "great job losing my bag, again",
        "oh wonderful, another delay",
        "恕我直言，这样的处理让人难以接受",
        "I would have expected more from a company like yours",
        "以前一直夸你们，这次太让人失望了",
        "looks nice, breaks fast",
    ],
)
def test_irony_and_polite_displeasure_are_blame(text):
    assert sentiment(text) <= -0.2


@pytest.mark.parametrize(
    "text",
    ["好吃到哭", "便宜得吓人", "香得要命", "insanely good", "not bad at all", "crazy fast", "没有一点不满意"],
)
def test_praise_in_words_of_blame_is_praise(text):
    assert sentiment(text) > 0.2


@pytest.mark.parametrize(
    "text",
    [
        "my parcel has not arrived yet, where is it?",
        "我的包裹还没到，请问到哪了",
        "您好，衣服收到了，袖口有点开线，想问下能换吗",
        "how do I report a lost card",
        "我想了解一下投诉的流程",
        "不是投诉，只是问问",
    ],
)
def test_a_question_with_a_problem_hands_nobody_over(text):
    assert sentiment(text) > -0.3


@pytest.mark.parametrize("text", ["", " ", "123", "مرحبا", "Où est mon colis", "。。。"])
def test_what_says_nothing_of_a_feeling_stays_calm(text):
    assert -0.4 < sentiment(text) < 0.4


@pytest.mark.parametrize(("text", "sign"), [("😡😡", -1), ("👍", 1), ("[怒]", -1)])
def test_symbols_alone(text, sign):
    assert sentiment(text) * sign > 0.3


def test_only_the_first_characters_count():
    assert sentiment("太差了" * 3_334) == sentiment("太差了" * 10_000) <= -0.8


def test_why_names_what_the_classifier_went_by():
    why = signals_of("等了快两个小时，菜都凉了", {}, "zh")["why"]["sentiment"]
    assert why.startswith("classifier -")
    assert "凉了" in why


def test_without_a_trained_model_the_lexicon_judges_and_the_log_says_what_to_run(
    monkeypatch, tmp_path, caplog
):
    monkeypatch.setattr(sentiment_classifier, "MODELS", tmp_path)
    sentiment_classifier.loaded.cache_clear()
    try:
        shown = [signals_of("太慢了", {}, "zh") for _ in range(2)]
    finally:
        sentiment_classifier.loaded.cache_clear()
    assert [signals["why"]["sentiment"] for signals in shown] == ["太慢 -0.56"] * 2
    assert [record.message for record in caplog.records if "make train" in record.message] == [
        f"No sentiment model in {tmp_path}: the lexicon judges alone. `make train` trains it."
    ]


def test_with_a_model_that_cannot_be_loaded_the_lexicon_judges_and_the_log_says_so_once(
    monkeypatch, tmp_path, caplog
):
    (tmp_path / "sentiment-half").mkdir()
    (tmp_path / "sentiment-half" / "meta.json").write_text('{"lang": "xx"', encoding="utf-8")
    monkeypatch.setattr(sentiment_classifier, "MODELS", tmp_path)
    sentiment_classifier.loaded.cache_clear()
    try:
        shown = [signals_of("太慢了", {}, "zh") for _ in range(2)]
    finally:
        sentiment_classifier.loaded.cache_clear()
    assert [signals["why"]["sentiment"] for signals in shown] == ["太慢 -0.56"] * 2
    assert [signals["failed"] for signals in shown] == [[], []]
    assert sum("cannot be used" in record.message for record in caplog.records) == 1
