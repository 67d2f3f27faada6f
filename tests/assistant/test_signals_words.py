"""Giving up, rejecting an answer, threatening: what the words alone show."""

from pathlib import Path

import pytest
import yaml

from actions.signals import signals_of


def table(name):
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


TABLE, LATER = table("signal_words.yml"), table("signal_words_later.yml")
FRAUD = {"victim": True, "nobodys_case": False}
# The least share right: irony and polite blame are for the sentiment model, which has a benchmark of its own.
FEELINGS = {"displeased": 0.65, "not_displeased": 0.75}
OF_WORDS = [*TABLE.items(), *((name, texts) for name, texts in LATER.items() if name not in FRAUD | FEELINGS)]

GIVES_UP = [
    "切回机器人",
    "还是你来吧",
    "跟你聊就行",
    "take me off the queue",
    "let the bot answer",
    "bot it is",
    "算了不等了",
    "继续用机器人",
    "不用等了",
    "算了",
    "不用转人工了",
    "不想等了",
    "跟机器人聊吧",
    "取消排队",
    "不排队了",
    "算了吧",
    "不用了谢谢",
    "没事了",
    "已经解决了",
    "还是用机器人吧",
    "不等了，谢谢",
    "go on with the bot",
    "never mind, I'll use the bot",
    "never mind",
    "forget it",
    "cancel the queue",
    "I don't want to wait any more",
    "continue with the bot please",
    "stop waiting",
    "nvm",
    "i'll just use the bot",
    "no need to wait",
    "算了，我自己看看",
    "不找人工了",
]

DOES_NOT_GIVE_UP = [
    "你不会是个机器人吧",
    "请问你是真人客服还是机器人",
    "我在跟机器人说话吗",
    "I no longer need what I ordered",
    "不能就这么算了",
    "转人工",
    "还要等多久",
    "我等",
    "好的我等着",
    "别用机器人",
    "不要机器人",
    "快点啊等了半天了",
    "how long is the wait",
    "i'm tired of waiting",
    "I have been waiting for 20 minutes",
    "算了一下金额不对",
    "等不了了快点",
    "算了，转人工吧",
    "don't want the bot",
    "is the bot still here?",
    "在吗",
    "我的退款呢",
]

REJECTS = [
    "没帮到我",
    "别复读了",
    "你说的我试过了不行",
    "跟我问的没关系",
    "didn't work",
    "my question was something else",
    "I didn't ask that",
    "没用",
    "不是这个",
    "答非所问",
    "还是不行",
    "这不是我要的",
    "你没听懂",
    "说了等于没说",
    "废话",
    "一点用都没有",
    "不是这个意思",
    "我问的不是这个",
    "没有回答我的问题",
    "不对",
    "還是不行",
    "沒用",
    "that doesn't help",
    "not what I asked",
    "this is not helpful",
    "you didn't answer my question",
    "wrong answer",
    "useless",
    "that's not my question",
    "still doesn't work",
    "you don't understand me",
    "it didnt help",
    "same answer again",
    "stop repeating yourself",
    "that's wrong",
    "no that's not what i meant",
]

DOES_NOT_REJECT = [
    "可以的没问题",
    "驿站说没有我的快递",
    "再不解决我就去12315投诉",
    "I still haven't got my refund",
    "I bought the wrong thing, cancel it",
    "my password was changed and it wasn't me",
    "这个优惠券没用过",
    "有没有用",
    "是不是这个订单",
    "不是这个订单，是另一个",
    "谢谢，很有用",
    "that helps, thanks",
    "very helpful",
    "how does it work",
    "重复扣款了",
    "金额不对怎么办",
    "我买错了尺码",
    "is it not helpful?",
    "我想退货",
    "not useless at all",
    "does the coupon work with sale items",
]

THREATENS = [
    "我要打12315",
    "投诉到工商",
    "我要去消协投诉",
    "再不退款我就报警",
    "我找律师了",
    "律师函等着吧",
    "我要起诉你们",
    "媒体曝光你们",
    "我要向银保监会投诉",
    "不处理我就投诉到工商局",
    "别逼我报警",
    "法院见",
    "我要曝光你们",
    "發律師函",
    "找记者曝光",
    "I'll report you to the ombudsman",
    "I will call the police",
    "my lawyer will contact you",
    "I'm going to sue you",
    "I'll go to the media",
    "see you in court",
    "I'll take legal action",
    "contacting trading standards",
    "if you don't refund me I'll sue",
]

DOES_NOT_THREATEN = [
    "不想投诉到12315",
    "我不会报警",
    "烟雾报警器多少钱",
    "我要投诉",
    "相机曝光时间",
    "I won't sue",
    "I'm not going to call a lawyer",
    "My name is Sue",
    "I don't want to involve the police",
    "police uniform size",
    "我是律师，想买本书",
    "告诉我快递到哪了",
    "订单号12315到哪了",
    "what's your media kit",
    "social media page",
    "你可以告诉你们同事吗",
    "发到微信上可以吗",
    "没打算起诉",
]


def shown(text: str, intent: str = "nlu_fallback", confidence: float = 0.3) -> dict:
    return signals_of(text, {"intent": {"name": intent, "confidence": confidence}}, "zh")


@pytest.mark.parametrize("text", GIVES_UP)
def test_gives_up(text):
    assert shown(text)["gives_up"]


@pytest.mark.parametrize("text", DOES_NOT_GIVE_UP)
def test_does_not_give_up(text):
    assert not shown(text)["gives_up"]


def test_who_asks_for_a_person_does_not_give_up_whatever_the_classifier_says():
    assert not shown("算了，还是转人工吧", "give_up_waiting", 0.95)["gives_up"]


@pytest.mark.parametrize("intent", ["give_up_waiting", "decline_human"])
def test_gives_up_by_intent(intent):
    signals = shown("那就这样吧你来答", intent, 0.9)
    assert signals["gives_up"]
    assert signals["why"]["gives_up"] == f"intent {intent} (0.90)"


@pytest.mark.parametrize("text", REJECTS)
def test_rejects_the_answer(text):
    assert shown(text)["rejects_answer"]


@pytest.mark.parametrize("text", DOES_NOT_REJECT)
def test_does_not_reject_the_answer(text):
    assert not shown(text)["rejects_answer"]


def test_rejects_by_intent():
    assert shown("emmm", "reject_answer", 0.7)["rejects_answer"]
    assert not shown("emmm", "reject_answer", 0.2)["rejects_answer"]


@pytest.mark.parametrize("text", ["不对", "不是的", "that's not it", "no, that's wrong"])
def test_an_answer_to_a_question_of_the_bot_rejects_nothing(text):
    assert shown(text)["rejects_answer"]
    assert not shown(text, "deny", 0.9)["rejects_answer"]


@pytest.mark.parametrize("text", THREATENS)
def test_threatens(text):
    signals = shown(text)
    assert signals["threat"]
    assert signals["why"]["threat"].startswith("threatens: ")


@pytest.mark.parametrize("text", DOES_NOT_THREATEN)
def test_does_not_threaten(text):
    assert not shown(text)["threat"]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in OF_WORDS for text in texts])
def test_the_words_alone_show_it(name, text):
    assert shown(text)[name.removeprefix("no_")] is not name.startswith("no_")


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in FRAUD for text in LATER[name]])
def test_only_a_case_of_theirs_is_fraud(name, text):
    assert (shown(text)["topic"] == "fraud") is FRAUD[name]


@pytest.mark.parametrize(("name", "least"), FEELINGS.items())
def test_most_feelings_are_read_from_the_words_alone(name, least):
    wrong = [t for t in LATER[name] if (shown(t)["sentiment"] <= -0.4) is not (name == "displeased")]
    assert len(wrong) <= (1 - least) * len(LATER[name]), wrong
