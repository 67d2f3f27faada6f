"""Who asks for a person, who declines one, and who only mentions one."""

from pathlib import Path

import pytest
import yaml

from actions.signals import signals_of
from actions.signals.intents import SURE

ASKS = [
    "我想跟你们的人说话",
    "别让机器人回我了换人",
    "我不想跟机器人聊",
    "换人",
    "接线员",
    "我要人来处理",
    "I don't want to talk to a bot",
    "someone real please",
    "hooman plz",
    "转人工",
    "找真人",
    "人工客服",
    "叫你们经理",
    "活人",
    "真人客服",
    "轉人工",
    "zhuan ren gong",
    "rengong",
    "我要找真人",
    "人工",
    "人工！！！",
    "人工人工人工",
    "有人工吗",
    "有没有人工客服",
    "能不能转人工",
    "可以帮我转人工吗",
    "请转接人工客服，谢谢",
    "我要和真人聊",
    "让你们负责人来",
    "换个人跟我说",
    "来个活人",
    "我要human",
    "转 agent",
    "帮我转 live agent",
    "我不想跟机器人说话，转人工",
    "不要机器人要人工",
    "不是不要人工",
    "为什么不转人工",
    "怎么还不给我转人工",
    "不转人工我就投诉",
    "人工在吗",
    "需要人工客服",
    "麻烦接一下人工",
    "幫我轉接真人客服",
    "我要跟你們經理說",
    "找你们领导",
    "联系客服",
    "转客服",
    "有没有人能帮我",
    "talk to a human",
    "I want to talk to an agent",
    "can i speak to a real person",
    "representative",
    "speak with a representative please",
    "let me talk to someone",
    "human please",
    "operator",
    "humna please",
    "talk to an agnet",
    "I don't want to talk to a bot, get me a human",
    "I don't want to talk to a bot get me a human",
    "can't I talk to a human",
    "why won't you transfer me to an agent",
    "transfer me",
    "connect me with customer service",
    "i need a real human being",
    "is there a human i can talk to",
    "get me your manager",
    "i'd like to speak to a supervisor",
    "live agent",
    "customer service",
    "please transfer me to 人工",
    "I want 人工",
    "agent!!",
    "don't you have someone I can talk to",
    "if you don't get me a human i'm leaving",
    "how do i contact customer service",
    "need to speak w someone real",
    "你好，转人工",
    "刚才我说了要转人工",
    "还是转人工吧",
    "不用了转人工",
    "能找人工吗",
    "人工呢",
    "we want an operator now",
    "I cannot get a human",
    "can a human help me please",
    "put me through to an operator",
    "i want 2 talk 2 a person",
    "不用转人工……还是转人工吧",
    "再不转人工我要投诉了",
    "你们经理呢，叫他出来",
    "要求转人工",
    "接通人工坐席",
    "can you escalate this to a manager",
    "i'm not asking for a bot, human please",
]

DOES_NOT_ASK = [
    "有人吗在线等",
    "打扰了请问有人吗",
    "is anybody there",
    "几点能联系到人工",
    "when can I reach customer service",
    "when is someone available",
    "人工智能和人工客服有什么不同",
    "is there a human there or a robot",
    "我是在和机器人聊天吗",
    "你来处理就好,别转给别人",
    "不用叫人",
    "不必转接",
    "不要给我转",
    "人工不需要",
    "no need to transfer",
    "I never asked for an agent",
    "don't get anyone involved",
    "there's no need for customer service",
    "不用转人工",
    "不需要人工",
    "别给我转人工",
    "先不转",
    "不要转人工",
    "不用人工客服",
    "no need for a human",
    "don't transfer me",
    "I don't want to talk to an agent",
    "人工智能是什么",
    "人工费多少",
    "is this agent AI?",
    "travel agent fees",
    "你不是人工吗",
    "你是人工吗",
    "你是真人还是机器人",
    "我已经转过人工了",
    "昨天转人工等了半小时",
    "人工客服几点上班",
    "刚才的人工客服态度很差",
    "不想找人工",
    "转人工就不用了",
    "人工就算了",
    "am i talking to a human?",
    "are you a real person",
    "do i need an agent number",
    "human resources",
    "i already spoke to a representative",
    "no human needed, thanks",
    "i don't need to speak to anyone",
    "no agent please",
    "please do not connect me to an operator",
    "never mind the human",
    "我的订单到哪了",
    "客服在吗",
    "你好客服",
    "需要人工审核吗",
    "人工安装要钱吗",
    "换个地址",
    "收货人换个人可以吗",
    "我想找个人贷款产品",
    "what are your agent fees",
    "is it per person",
    "i dont want a human",
    "without talking to a person",
    "暂时不用转人工",
    "没必要转人工",
    "真人秀什么时候播",
    "什么是人工客服",
    "dont 转人工",
    "not a human thing",
    "buyong zhuan rengong",
    "rengong zhineng shi shenme",
    "算了不转人工了",
    "转人工，算了",
    "还是不要转人工了吧",
    "我没说要转人工",
    "don't hand me over to a person",
    "i'd rather not talk to someone",
    "you don't need to transfer me",
    "I wouldn't like to talk to a representative",
    "what does the delivery agent do",
    "the person who delivered it was rude",
]


def asks(text: str, intent: str = "faq", confidence: float = 0.8) -> bool:
    return signals_of(text, {"intent": {"name": intent, "confidence": confidence}}, None)["asks_human"]


@pytest.mark.parametrize("text", ASKS)
def test_asks_for_a_person(text):
    assert asks(text)


@pytest.mark.parametrize("text", DOES_NOT_ASK)
def test_asks_for_nobody(text):
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "不用转人工",
        "你不是人工吗",
        "人工智能是什么",
        "人工费多少",
        "don't transfer me",
        "travel agent fees",
        "am i talking to a human?",
    ],
)
def test_the_words_overrule_a_classifier_that_missed_the_negation(text):
    assert not asks(text, "request_human", 0.95)


def test_the_classifier_counts_where_the_words_say_nothing():
    assert asks("机器搞不定，换能拍板的来", "request_human", 0.9)


def test_a_classifier_that_is_not_sure_does_not_count():
    assert not asks("机器搞不定，换能拍板的来", "request_human", SURE - 0.05)


def test_a_fallback_turn_asks_by_its_words_alone():
    assert asks("转人工", "nlu_fallback", 0.4)
    assert not asks("机器搞不定", "nlu_fallback", 0.4)


def test_a_button_asks_by_its_intent():
    assert asks("/request_human", "request_human", 1.0)


def test_why_names_the_words_and_the_intent():
    signals = signals_of("我要转人工", {"intent": {"name": "request_human", "confidence": 0.9}}, None)
    assert signals["why"]["asks_human"] == "asks for a person: 转人工; intent request_human (0.90)"


def test_why_names_the_words_that_overruled_the_classifier():
    signals = signals_of("不用转人工", {"intent": {"name": "request_human", "confidence": 0.9}}, None)
    assert signals["why"]["asks_human"] == "declines a person: 不用转人工"


def test_the_classifier_counts_from_where_the_bot_believes_it():
    """Else the bot's rule for request_human would answer where no person was asked for."""
    config = yaml.safe_load((Path(__file__).parents[2] / "config.yml").read_text())
    (fallback,) = [part for part in config["pipeline"] if part["name"] == "FallbackClassifier"]
    assert fallback["threshold"] == SURE
