"""Is a phrase denied? Counting the negations right before it, in Chinese and English.

Only words that lead up to the phrase may stand in between ("don't *want to* talk to …", 不用*给我*转…). So
the negation of another thing in the same sentence ("I don't want a bot, get me a human") denies nothing here,
and two negations (不是不要人工) cancel each other.
"""

from collections.abc import Set
from typing import Any

from actions.signals.nlp import word_list
from actions.signals.phrases import teach_later

ZH_NEGATIONS = frozenset(
    word_list(
        "不 不用 不要 不必 不想 不再 别 甭 莫 勿 请勿 无需 无须 毋须 毋需 用不着 犯不着 不是 并非 拒绝 "
        "取消 懒得"
    )
)
# 没 and 没有 deny a wish, not an event: 没说要转 declines, 没转 complains.
_ZH_NOT_HAD = frozenset(word_list("没 没有"))
_ZH_WISHES = frozenset(word_list("要 想 想要 说 让 叫 打算 必要 需要 准备"))
# Questions with a 不 in them; kept whole they deny nothing.
_ZH_A_NOT_A = word_list(
    "能不能 可不可以 可以不可以 要不要 是不是 有没有 会不会 行不行 好不好 需不需要 需要不需要 用不用 "
    "不得不 不能不 不好意思"
)
teach_later(_ZH_A_NOT_A)
# These ask to be spared: 能不能不转. Kept whole, as the 不能不 in it means the opposite.
_ZH_SPARE_ME = word_list("能不能不 可不可以不 可以不可以不 行不行不")
teach_later(_ZH_SPARE_ME)
ZH_NEGATIONS |= set(_ZH_SPARE_ME)
_ZH_MAY_I = frozenset(word_list("能 可以 能不能 可不可以 可否 能否"))
# Before a 不 these make a reproach or a condition of it: 为什么不转, 再不转我就……
_ZH_REPROACH = frozenset(word_list("为什么 为啥 怎么 咋 还 再 何 干嘛 凭什么 如果 要是 若 若是"))
# After a 不 these say what the other side does not do: 不给转, 不让转.
_ZH_WITHHELD = frozenset(word_list("给 让 帮 帮我 给我"))

_ZH_LEADING_UP = frozenset(
    word_list(
        "麻烦 再 给 我 我们 俺 帮 帮我 给我 你 您 你们 请 跟 和 与 要 想 想要 需要 用 去 来 打 现在 暂时 先 "
        "又 立刻 马上 真的 真 是 说 让 叫 有 必要 打算 准备 愿 愿意 希望 任何 什么 一个 个 位 把 直接 随便 "
        "老 总 一直 急着 着急 到 至于 就 那么 并"
    )
)
_ZH_QUESTION = frozenset(word_list("吗 么 嘛"))

EN_NEGATIONS = frozenset(
    word_list("not no never without nor nothing stop avoid cancel cannot nah buyong buyao buxuyao bie bu")
)
_EN_LEADING_UP = frozenset(
    word_list(
        "customer live real human actual for asked bother get getting involve involving want wanna to need "
        "needs needed wish like would will you me us i we a an any the be being been is are was were really "
        "ever even please have having it now yet think asking ask looking trying try going go gonna my your "
        "wanted necessary more other another further currently actually intend plan yong yao xu xuyao gei "
        "wo bang 'd 'll 'm 're 've am do did does"
    )
)
_EN_COULD = frozenset(word_list("can could"))
_EN_ADDRESSED = frozenset(word_list("you they u nobody"))
_EN_OBLIGED = frozenset(word_list("need have"))


def negations_before(doc: Any, start: int, *, english: bool, also: Set[str] = frozenset()) -> int:
    """Count the negations that lead up to token `start`; `also` names further words that negate here."""
    return _english(doc, start, also) if english else _chinese(doc, start, also)


def is_denied(doc: Any, start: int, *, english: bool, also: Set[str] = frozenset()) -> bool:
    """Say whether the phrase at `start` is denied: an odd number of negations leads up to it."""
    return negations_before(doc, start, english=english, also=also) % 2 == 1


def _chinese(doc: Any, start: int, also: Set[str]) -> int:
    count = 0
    for index in range(start - 1, -1, -1):
        word = doc[index].norm_
        if word == "不" and doc[index + 1].norm_ in _ZH_WITHHELD and not _may_i(doc, index):
            break  # what comes before denies the withholding: 别不给我转
        if word in ZH_NEGATIONS or word in also:
            count += _chinese_denies(doc, index, start)
        elif word in _ZH_NOT_HAD and doc[index + 1].norm_ in _ZH_WISHES:
            count += 1
        elif word not in _ZH_LEADING_UP:
            break
    return count


def _chinese_denies(doc: Any, index: int, start: int) -> bool:
    """Tell 不转 from 为什么不转, 不给转 and 不是……吗."""
    word = doc[index].norm_
    if word == "不" and _may_i(doc, index):
        return True
    if word in ("不是", "不") and _ends_as_question(doc, start):
        return False
    if word != "不":
        return True
    before = doc[index - 1].norm_ if index else ""
    return before not in _ZH_REPROACH


def _may_i(doc: Any, index: int) -> bool:
    """能不给我转吗: asks to be spared."""
    return index > 0 and doc[index - 1].norm_ in _ZH_MAY_I


def _ends_as_question(doc: Any, start: int) -> bool:
    for token in doc[start:]:
        if token.norm_ in _ZH_QUESTION:
            return True
        if token.norm_ in ",.!;。\n":
            return False
    return False


def _english(doc: Any, start: int, also: Set[str]) -> int:
    count = 0
    for index in range(start - 1, -1, -1):
        word = doc[index].norm_
        if word in EN_NEGATIONS or word in also:
            count += _english_denies(doc, index)
        elif word not in _EN_LEADING_UP and word not in _EN_COULD:
            break
    return count


def _english_denies(doc: Any, index: int) -> bool:
    """Tell "I don't want …" from "can't I …?", "why don't you …?", "if you don't …", "is there no …?"."""
    # "n't" is a token of its own: do|n't, ca|n't (norms: do, can).
    before = [doc[i].norm_ for i in range(max(0, index - 2), index)]
    after = doc[index + 1].norm_ if index + 1 < len(doc) else ""
    aux = before[-1] if before else ""
    subject = before[0] if len(before) > 1 else ""
    if after in _EN_OBLIGED:
        return True
    if aux in _EN_COULD or aux == "why" or after in _EN_ADDRESSED:
        return False
    if doc[index].norm_ == "no":
        return aux not in ("there", "is", "'s", "are", "you", "have", "got")
    return subject not in _EN_ADDRESSED
