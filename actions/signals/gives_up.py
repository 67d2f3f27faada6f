"""Does a waiting customer give up on a person? The service acts on it only while they wait in the queue."""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

from actions.signals import nlp
from actions.signals.asks_human import Stance, Verdict
from actions.signals.intents import SURE
from actions.signals.negation import is_denied
from actions.signals.nlp import word_list
from actions.signals.phrases import CLAUSE_ENDS, Phrases
from actions.signals.reading import Reading

_ZH = Phrases(
    nlp.chinese,
    {
        # 不能就这么算了: the opposite of giving up.
        "other": [
            "就 这么|这样 算了",
            "不能|不会|别想|岂能|怎么能|休想 _{0,2} 算了",
            "算了 一下|算|笔",
            "等 不了|不及 了?",
        ],
        "gives_up": [
            "不|不想|不用|不必|不要|别|不愿 再? 等 了?",
            "不|不用|不想|不要|取消|退出|放弃 再? 排队|排|等待|等候",
            "继续|就|改|换|换回|切回|转回|回|回到|接着|回去 _{0,2} 机器人|智能助手|智能客服|助手",
            "还是|那 用|找|跟|让|问 机器人|智能助手|智能客服|助手",
            "那 你 来? 回答|说|答|处理 吧",
            "还是 跟? 你 来|说|聊|答|回答|处理|继续",
            "跟 你|机器人 聊|说 就行|吧|就好|也行",
            "继续|接着 _{0,2} 智能客服|机器人客服",
            "用|找|问|让 机器人|智能客服|智能助手",
            "机器人 就行|就好|就可以|也行|也可以|继续|回答",
            "已经|自己|问题 _{0,2} 解决 了",
            "搞定 了",
            "不 麻烦 你们|你|您|大家 了",
            "先 这样 吧|了",
            "当 我 没|没有 问|说|讲|提|来过|开口",
            "当我没问|当我没说|就当没问|就当我没问|就当我没说",
            "我? 自己 _{0,2} 看看|查|找|弄|试试|研究|想办法",
        ],
        "alone": ["算了|算了吧|罢了|放弃", "不用|不必|没事|没事儿|不需要|免|不找|不转 了", "当 我 没 说"],
    },
)
_MAY_FOLLOW_ALONE = CLAUSE_ENDS | set(
    word_list("算了 算了吧 吧 了 啊 谢谢 不 我 还是 哈 那 这样 就 嗯 唉 哎 先 也 没关系")
)

_EN = Phrases(
    nlp.english,
    {
        "other": ["not|n't forget it", "tired|sick|fed of|up waiting", "been waiting", "i|we never mind"],
        "gives_up": [
            "never mind|worry",
            "nah|no forget it",
            "nevermind|nvm",
            "forget it|about",
            "forget|skip the|that? agent|human|queue|person",
            "take|remove|get|drop me off|out|from of? the|this? queue|line",
            "not want|going|gon? to queue",
            "let the bot|chatbot|robot|assistant",
            "bot|robot|chatbot then|instead",
            "bot|robot|chatbot it is",
            "return me to the? bot|assistant|robot",
            "done with? the? waiting|queue",
            "no longer needed|necessary|required",
            "i|we 'll|will leave it",
            "no point in? waiting",
            "not bother with the? agent|human|person",
            "rather go|continue|talk|chat on? with you",
            "go|continue|carry|proceed|stick|stay|back|keep|talk on|going|chatting|talking? with|to|using? the? bot|chatbot|robot|assistant|ai",
            "continue|continuing with|using? the? bot|chatbot|robot|assistant|ai",
            "i'll|'ll|will|just|rather|let _{0,2} use|using|ask|take the? bot|chatbot|robot|assistant|ai",
            "bot|chatbot|robot is|'s|will fine|ok|okay|do|enough|good",
            "do|will|am|'m not want? to? keep? wait|waiting",
            "no need to? wait",
            "stop|quit waiting",
            "cancel|leave|exit the|my|this? queue|handover|handoff|transfer|line|place|spot",
            "i give up",
            "not bother|matter",
            "it|that is|'s|was nothing",
            "forget|ignore i|what|that|my asked|said|i|question|last|message",
            "no worries|problem then|anymore|any more|i|all",
            "i|we 'll|will|can look|find|check|sort|figure|work it? myself|out|up? myself",
            "i|we 've|have? figured|solved|sorted|fixed it|this",
            "no longer need|want the|a|an|to? agent|human|person|wait|talk",
        ],
    },
)


def gives_up(reading: Reading, asked: Verdict) -> tuple[bool, str | None]:
    """Return whether the customer would rather go on without a person, and what showed it.

    `asked` is what the words say about a person: asking for one is no giving up, declining one is.
    """
    if asked.stance is Stance.ASKS:
        return False, None
    if asked.stance is Stance.DECLINES:
        return True, f"{asked.stance.value}: {asked.span}"
    for name in ("give_up_waiting", "decline_human"):
        if reading.is_sure_of(name, SURE):
            return True, f"intent {name} ({reading.confidence:.2f})"
    span = _phrase(reading)
    return span is not None, f"gives up: {span}" if span else None


def _phrase(reading: Reading) -> str | None:
    for doc, phrases, english in ((reading.zh, _ZH, False), (reading.en, _EN, True)):
        if doc is None:
            continue
        for found in phrases.find(doc):
            if found.label == "gives_up" and not is_denied(doc, found.start, english=english):
                return found.text
            if found.label == "alone" and (
                found.end == len(doc) or doc[found.end].norm_ in _MAY_FOLLOW_ALONE
            ):
                return found.text
    return None
