"""Whose case is told? A friend's long ago, the news, or a question in general is nobody's emergency.

Missing a real one costs far more than a needless handoff. So a phrase is excused only where the words around it tell
of others or ask in general, and nothing in the whole text says that it happens to the customer.
"""

# ruff: noqa: E501 (a class of words is one line; wrapped, it is hard to read and to compare)

import re
from typing import Any

from actions.signals.nlp import word_list
from actions.signals.phrases import CLAUSE_ENDS, Found, clause_of
from actions.signals.reading import Reading

_FAMILY_ZH = "妈|爸|爹|娘|爷爷|奶奶|外婆|外公|姥姥|姥爷|老公|老婆|先生|太太|媳妇|丈夫|妻子|儿子|女儿|孩子|哥|姐|弟|妹|姑|舅|叔|姨|婶|嫂"
_FRIENDS_ZH = "朋友|同事|邻居|亲戚|同学|室友|闺蜜|网友|老乡|熟人|领导|老板|家人"
_OTHERS = re.compile(
    f"(?:我|我们|咱)?(?:的|一个|有个|有位|一位|个|家)?(?:{_FRIENDS_ZH}|{_FAMILY_ZH})|别人|人家|其他人|群里|"
    r"\b(?:friend|friends|neighbou?r|neighbou?rs|colleague|colleagues|coworker|co-worker|workmate|flatmate|roommate|classmate|sister|brother|"
    r"cousin|aunt|uncle|mum|mom|mother|dad|father|parents|gran|grandma|grandmother|grandad|grandfather|husband|wife|son|daughter|boss|relative|"
    r"somebody i know|someone i know|other people|people|they)\b"
)
_NEWS = re.compile(
    r"新闻|报道|报纸|杂志|电视上|听说|据说|网上(?:说|看|有)|刷到|看到(?:一|有|说|个|网)|评论(?:里|说|区)|评价(?:里|说)|帖子|视频(?:里|说)|文章|公众号|"
    r"\b(?:news|article|articles|report|reports|review|reviews|documentary|podcast|video|blog|forum|headline|headlines|newspaper|papers? (?:says?|said|wrote|writes)|magazine|"
    r"read (?:that|about|somewhere|online)|heard (?:that|about|of)|saw (?:that|on|in)|they say|people say)\b"
)
_LONG_AGO = re.compile(
    r"上次|上回|去年|前年|以前|之前|当年|曾经|有一次|有一回|有次|前几年|几年前|上个月|那时|小时候|别家|其他家|别的(?:银行|店|平台|公司)|另一家|"
    r"\b(?:last (?:year|month|summer|winter|time|christmas)|years? ago|months? ago|once|back then|in the past|used to|another (?:bank|shop|store|company|app|site|place)|"
    r"other (?:bank|shop|store|company)|a different (?:bank|shop|store|company)|somewhere else|elsewhere)\b"
)
_IN_GENERAL = re.compile(
    r"(?:怎么|怎样|如何|咋|能不能|怎么才能|能).{0,6}(?:识别|辨别|分辨|辨认|鉴别|判断|防止|预防|防范|防备|避免|提防|看出)|防止|预防|防丢|防盗|如果|要是|万一|假如|假设|一旦|"
    r"你们(?:银行|平台|客服|这边)?(?:会不会|会|真的会|平时会|一般会).{0,14}[吗么?]|(?:什么|啥)(?:是|叫)|(?:是|叫)(?:什么|啥)意思|(?:有|常见的?)(?:哪些|什么)(?:套路|骗术|骗局)|"
    r"\bhow (?:do|can|would|could|should|to) ?(?:i|we|you|one|people)? ?(?:\w+ )?(?:recogni[sz]e|spot|tell|identify|avoid|prevent|know|protect|detect)\b|"
    r"\b(?:do|does|will|would|can) (?:you|your (?:bank|shop|company|staff|people|team)|the bank|banks|people|they) (?:ever|usually|normally|really|sometimes|generally)\b|"
    r"\bwhat (?:is|are|does|do) (?:a |an |the )?\w+(?: \w+)?(?: mean)?\?|\bdifference between\b|\bif (?:an?|one|somebody|someone|anyone|your)\b|\b(?:is|are) (?:\w+ ){1,2}(?:common|widespread|frequent)\b"
)
_SUPPOSED = re.compile(r"(?:如果|要是|万一|假如|假设|一旦)[^,.!?;。\n]{0,30}")
# The customer's own case, or one that cannot wait: this outweighs all of the above. No word of a repeated class may
# be made of others (刚刚 of 刚 and 刚): there would be more ways to read 我刚刚刚刚… than time to try them.
_OWN = re.compile(
    r"我(?:们)?(?:也|刚|刚才|今天|昨天|现在|已经|都|就|又|还|好像|可能|是不是|会不会)*(?:被|把|中招|给|转|点|填|输|收到|接到|上当|受骗|遇到|碰到|怀疑|丢|掉|弄丢|的(?:银行|信用|储蓄|身份)?[卡账帐钱号密手余])|"
    r"我(?:银行|信用|储蓄)?[卡账帐钱]|怎么办|咋办|救|帮帮|赶紧|马上|刚刚|刚才|(?:现在|今天|昨天).{0,6}(?:被|丢|盗|骗)|"
    r"\b(?:my|our) (?:\w+ )?(?:card|cards|account|accounts|money|wallet|purse|bank|savings|balance|pin|password|identity|login)\b|"
    r"\bi(?:'ve| have|'m| am| was| had|'d)?(?: also| just| then| think| now| too| already| never| been| got)* (?:gave|given|sent|paid|clicked|lost|entered|shared|transferred|received|got|fell|scammed|hacked|phished|robbed|tricked|told)\b|"
    r"\b(?:what|how) (?:should|can|do|shall|must) (?:i|we|she|he|they) do\b|\b(?:help|urgent|urgently|right now|just now|today|yesterday|me too|this morning)\b"
)
# People whose money is not the customer's, unlike a family's.
_NOT_OF_THE_HOUSE = re.compile(
    f"(?:我|我们|咱|俺)?(?:的|一个|有个|有位|一位|个)?(?:{_FRIENDS_ZH.removesuffix('|家人')})|"
    r"\b(?:(?:my|our|a|one of my|some) )?(?:friends?|neighbou?rs?|colleagues?|co-?workers?|workmate|flatmate|roommate|classmate|boss|somebody i know|someone i know)(?: of mine| of ours)?\b"
)
_FIRST_PERSON = re.compile(r"我|咱|俺|自己|\b(?:i|i'm|i'd|i've|we|my|our|me|us)\b")
# What somebody of theirs is going to do is a threat of the customer's.
_INTENDED = re.compile(
    r"[要会就想]去|要[告投举起]|准备|打算|这就|马上|\b(?:will|'ll|going to|gonna|about to|ready to|plans? to|threaten\w*)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?;。\n])\s*")
_TO_YOU = re.compile(r"你|您|贵司|\b(?:you|your|yours|u|ur)\b")
_ASKS = re.compile(
    r"[?吗呢]|什么|怎么|多少|几|哪|^(?:(?:and|so|but|anyway),? )?(?:how|what|when|where|which|can|could|do|does|is|are)\b"
)
_SPOKEN_TO_ZH = frozenset(word_list("你 你们 您 贵司 这里 你家"))
_SPOKEN_TO_EN = frozenset(word_list("you your u ur i we this here i'll"))


def is_own(reading: Reading) -> bool:
    """Say whether the text tells that it happens to the customer, or that it cannot wait."""
    return bool(_OWN.search(_SUPPOSED.sub(" ", reading.text)))


def is_nobodys(reading: Reading) -> bool:
    """Say whether the text tells of others or asks in general, and of no case of the customer's."""
    return not is_own(reading) and (_tells_of_others(reading.text) or bool(_IN_GENERAL.search(reading.text)))


def is_excused(reading: Reading, doc: Any, found: Found) -> bool:
    """Say whether what was found is nobody's emergency; the clause before counts as its context."""
    if is_own(reading):
        return False
    start, end = _around(doc, found.start)
    text = doc[start:end].text
    # 卡丢了怎么防止被盗刷: what is said before the question has happened.
    general = _IN_GENERAL.search(text)
    asked = general is not None and general.start() <= doc[found.start].idx - doc[start].idx
    return asked or _tells_of_others(text)


def only_others_blame(reading: Reading) -> bool:
    """Say whether all that could be blame is told of others: in sentences that are not about those spoken to."""
    if is_own(reading):
        return False
    sentences = [sentence for sentence in _SENTENCE.split(reading.text) if sentence.strip()]
    told = [bool(_tells_of_others(sentence) and not _TO_YOU.search(sentence)) for sentence in sentences]
    # What is left must ask; another complaint would be one about us.
    return any(told) and all(
        story or _ASKS.search(sentence) for story, sentence in zip(told, sentences, strict=True)
    )


def without_others(clause: str) -> str | None:
    """Return the clause without the friends it names, or None when it tells of them or of the news alone."""
    if _NEWS.search(clause):
        return None
    left = _NOT_OF_THE_HOUSE.sub(" ", clause)
    return None if left != clause and not _FIRST_PERSON.search(left) else left


def is_reported(doc: Any, index: int, *, english: bool) -> bool:
    """Say whether the clause of token `index` is what somebody else said or did, and not to those spoken to."""
    start, end = clause_of(doc, index)
    words = {token.norm_ for token in doc[start:end]}
    if not words.isdisjoint(_SPOKEN_TO_EN if english else _SPOKEN_TO_ZH):
        return False
    clause = doc[start:end].text
    if _INTENDED.search(clause):
        return False
    return bool(_OTHERS.search(clause) or _NEWS.search(clause))


def _tells_of_others(text: str) -> bool:
    """Say whether these words tell what the news says, or of somebody else's case in the past or elsewhere."""
    return bool(_NEWS.search(text)) or bool(_OTHERS.search(text) and _LONG_AGO.search(text))


def _around(doc: Any, index: int) -> tuple[int, int]:
    start, end = clause_of(doc, index)
    if start > 1 and doc[start - 1].norm_ not in (".", "!", "?", ";", "\n"):
        start, _ = clause_of(doc, start - 2)
    if end < len(doc) and doc[end].norm_ in CLAUSE_ENDS:
        end += 1  # a question mark belongs to its clause
    return start, end
