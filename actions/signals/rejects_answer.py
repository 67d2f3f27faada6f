"""Does the customer say that the bot's answer was of no use?"""

# ruff: noqa: E501 (a phrase or a class of words is one line; wrapped, it is hard to read and to compare)

from typing import Any

from actions.signals import nlp
from actions.signals.intents import SURE
from actions.signals.negation import is_denied
from actions.signals.nlp import word_list
from actions.signals.phrases import Found, Phrases, clause_of
from actions.signals.reading import Reading

_ZH = Phrases(
    nlp.chinese,
    {
        "rejects!": ["我 问|说|要 的 _{0,1} 不是"],
        # 没用过 (never used), 有没有用 (is it of use?), 不是这个尺码 (another size): no rejection.
        "other": [
            "没用|没有用|没 用? 过|完|上|到|掉|这个|这张|券|优惠券",
            "有没有用|有没有帮助",
            "没用|没有用 吗|么|手机|手机号|支付宝|微信|信用卡|邮箱",
            "没 用 吗|么|手机|手机号|支付宝|微信|信用卡|邮箱",
            "我 没听懂|没看懂|没懂|没明白|没听明白|没看明白|没理解 , 能|可以|麻烦|请|再",
            "充电器|手机|耳机|机器|产品|电池|这东西 _{0,2} 没用 了?",
            "不对|错了 , 是|应该是",
            "重复 扣|扣款|扣钱|下单|发货|收费|付款|提交",
            "不是|不是这个|是不是 这个? 订单|尺码|颜色|地址|号码|手机|手机号|账号|价格|时间|款|型号",
        ],
        "rejects": [
            "没用|没有用|没啥用|没什么用|不管用|没有帮助|没帮助|没帮上忙|帮不上忙|帮不了我|毫无用处|毫无帮助|不顶用",
            "一点|半点|根本|完全|什么 用|用处|帮助 都|也 没有|没",
            "不是 这个|这|那个|这么|这样 的? 意思",
            "不是 这个|这 意思|问题|啊|呀|吧",
            "不是 我? 想|要|问|说|想要|想问|想知道|需要 _{0,2} 这个|这|的",
            "没|没有 问|想问 _{0,1} 这个|这些",
            "我 问|说|要 的 _{0,2} 不是",
            "答非所问|驴唇不对马嘴|驴头不对马嘴|牛头不对马嘴|文不对题|所答非所问|鸡同鸭讲|对牛弹琴|问东答西|东拉西扯|避重就轻|风马牛不相及|不沾边|不搭边|不着边际",
            "听不懂|看不懂|没听懂|没看懂|没听明白|没懂|没明白|没理解|理解错|听不明白|没看明白",
            "没 get 到",
            "早就|已经|都 _{0,1} 试过|试 过? 了",
            "早就|都 试 过 了",
            "这些|这个|这 我 _{0,1} 都|早就|已经 知道",
            "又|还是|还 来? 这套|这一套|这 一? 套",
            "别|不要|停止|不要再|别再 再? 复制|粘贴|复制粘贴",
            "没|没有 回答|解决|正面回答 _{0,2} 我|问题|的|啊|好|了",
            "不 回答|正面回答 _{0,2} 我|问题",
            "没|没有 答|答到|回答到 _{0,1} 我|问题",
            "没|没有 解决|弄好|弄明白|搞定|搞懂|弄懂|弄清楚|效果|帮到",
            "解决不了|回答不了 我|任何|问题|就",
            "试|试过 了? _{0,3} 不行|没用|没效果|不管用",
            "试 过? 了? , 不行|没用|没效果|不管用",
            "跟|和 我 _{0,1} 问|说 的 _{0,2} 没关系|无关|没 关系?",
            "你|您 搞|弄|理解|听|看 错|错了",
            "你|您 搞错|弄错|理解错|看错|听错",
            "别|不要|停止 复读",
            "你|您 _{0,2} 复读机",
            "没|没有|不 说|讲|答|回答 到|在? 点上|点子上|重点",
            "别|不要 再|老|总|一直|总是|老是{1,2} 重复|复读|复制",
            "又|又是|还是|老是|总是 是? 这|那 一句|一句话|句|句话|一段|几句|几句话",
            "只会|就会|只|就 会? 说|回 这|那 _{0,2} 句|话",
            "能不能|会不会 听懂|听明白|看懂|听 懂",
            "还是 老样子|这样|原样",
            "说|讲 了? 等于|跟|和 没|没有|白 说|讲",
            "等于没说|等于白说|说了等于没说|说了跟没说一样|跟没说一样|废话|全是套话|套话",
            "还是|仍然|依然|还 不行|不可以|不对|没用|不懂|不明白|没有用|没解决|没明白|不会",
            "回答|答|说|理解|答案 错|错了|得不对|的不对|不对|有误",
            "一直|总是|老是|又|光|只会|别|不要 再? 重复|复读|复制|复制粘贴|说 这 句",
            "重复|又是|还是|总是 同样|一样|这 的? 话|回答|句|句话|答案",
            "你|您 在 说|讲 什么|啥",
            "你|您 在? 说|讲|回|答 _{0,1} 什么|啥|些什么|的什么 _{0,1} 乱七八糟|玩意|鬼|呢|啊|跟什么",
            "什么乱七八糟|说了什么跟什么|胡说八道|胡说|瞎说|乱说|瞎扯|乱答|瞎回答",
            "我 刚|刚才|都|已经 _{0,2} 说 过|了 _{0,3} 不是|还问",
        ],
        "alone": ["不是 这个", "这? 不对", "错 了", "不是 的", "不是"],
    },
)
_EN = Phrases(
    nlp.english,
    {
        "other": ["is|are|was that|this|it not", "not|n't useless", "find|consider|make|be _{0,3} helpful"],
        "rejects": [
            "not what|wat i|we _{0,3} asked|ask|asking|want|wanted|need|needed|meant|mean|said|looking|requested|after",
            "that|this|it|which|you|u|answer|reply|response|still|bot does|did|do|is|'s|are|'re|r|was|has|have not _{0,2} $use",
            "that|this|it|answer is|'s|was no help|use|good|answer|solution",
            "not _{0,1} helpful|helping|useful",
            "really not|n't $use",
            "it|this|that|'s|is|and|ok|okay|sorry still not $use",
            "not my|the|an question|problem|issue|answer|point",
            "not the right|correct answer|one|thing",
            "wrong|bad|irrelevant|stupid|useless|incorrect|nonsense answer|reply|response|information|info",
            "useless|unhelpful|irrelevant|pointless|gibberish",
            "no|zero help|use at all",
            "of no use|help",
            "makes|make|making no sense",
            "you|u misunderstood|misunderstand|misread|ignored|ignore",
            "you|u keep|kept|just|always repeating|saying|repeat|sending|giving _{0,2} same|that|this|yourself|it|answer",
            "same answer|reply|response|thing|message again|over|as|twice",
            "stop repeating|copying",
            "answer|reply|response|info|information is|was|'s _{0,1} wrong|incorrect|nonsense|useless|outdated",
            "what are you|u talking|saying|on",
            "my question is|was _{0,3} else|different",
            "meant|mean something|anything else|different",
            "does|did|do not help|answer me|us|it|this? one|a|at bit|all",
            "did|done|tried all? that|this|it _{0,3} still",
            "read my|the question|message again|properly|carefully",
            "missed|missing|miss the|my point|question",
            "nothing to do with my|the|what _{0,2} question|problem|asked|ask|said",
            "tried that|this|it|all|everything already? , still|nothing|does|did|not|no",
            "not $use _{0,4} you|your said|told|suggested|wrote|steps|advice|suggestion",
            "asked _{0,2} something|for? different|else",
            "got|get|getting me|it wrong",
            "not|never ask|asked for? that|this",
            "still|really|does|did|do not|n't solve|solved anything|this|my",
            "did|do not|n't you understand|read|get|listen",
            "already told|asked|said|tried you|that|this|it",
            "you|u already told|said|sent|gave|asked",
            "does|did|do not _{0,1} answer|address my|the|that",
            "i already know that|this|it",
            "i know that|this|it already",
            "tried that|this|it _{0,2} no luck|use|joy",
            "tried that|this|it , no luck|use|joy",
            "no , not that|this|it",
            "no not that|this",
        ],
        "alone": [
            "that|this|it is|'s wrong|incorrect|nonsense",
            "that|this|it is|'s|was not it|right|correct",
            "does|did|do not work|help|solve|fix|answer it|anything|me?",
            "still not $use",
            "still does|do|did not $use",
            "no use",
        ],
    },
    {
        "use": word_list(
            "help helped helpful helping work worked working answer answered answering useful solve "
            "solved solving fix fixed relevant understand understood listen "
            "listening read reading sense resolve resolved"
        )
    },
)


_MAY_SURROUND = frozenset(
    word_list("it no nope sorry still 不 这 那 都 也 嗯 啊 吧 呀 呢 哦 嘛 了 的 就 还 你 您")
)


def rejects_answer(reading: Reading, gives_up: bool = False) -> tuple[bool, str | None]:
    """Return whether the answer before is rejected, and what showed it.

    gives_up: the words take the question back; the classifier alone does not make that a rejection.
    """
    span = _phrase(reading)
    meant = reading.is_sure_of("reject_answer", SURE) and not gives_up
    by_intent = f"intent reject_answer ({reading.confidence:.2f})"
    if span is not None:
        return True, f"rejects the answer: {span}" + (f"; {by_intent}" if meant else "")
    return meant, by_intent if meant else None


def _phrase(reading: Reading) -> str | None:
    for doc, phrases, english in ((reading.zh, _ZH, False), (reading.en, _EN, True)):
        if doc is None:
            continue
        for found in phrases.find(doc):
            # To a question of a form or of the bot, "no, that's not it" is an answer.
            if found.label == "alone" and reading.intent in ("deny", "affirm"):
                continue
            if found.label == "other" or is_denied(doc, found.start, english=english):
                continue
            if found.label.startswith("rejects") or _is_whole_clause(doc, found):
                return found.text
    return None


def _is_whole_clause(doc: Any, found: Found) -> bool:
    start, end = clause_of(doc, found.start)
    around = [token.norm_ for token in doc[start : found.start]] + [
        token.norm_ for token in doc[found.end : end]
    ]
    return all(word in _MAY_SURROUND for word in around)
