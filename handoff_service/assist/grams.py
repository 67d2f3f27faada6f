"""Texts as the small pieces that they are compared by. Pure.

Chinese by characters and pairs of them, which needs no dictionary; other languages by words without their
endings and pairs of words. docs/decisions has what else was measured.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator

_RUNS = re.compile(r"[㐀-鿿]+|[a-z0-9]+")
_PLACEHOLDER = re.compile(r"\[[^\[\]]{1,20}\]")
_ENDINGS = ("'s", "ing", "ed", "es", "s", "ly")
_SHORTEST = 3  # letters that a word keeps when its ending goes

# Said in any question, so they tell nothing of it.
_STOP_WORDS = (
    "a an the i you it is are to of for in on at my me we us our do does did can could would will shall "
    "should this that and or be been have has had how what please your with am was were so if but from "
    "as by there s t m ve ll d re any just not no"
)
_STOP = frozenset(_STOP_WORDS.split())

# Words of courtesy and assent: a message of nothing else asks for no answer.
_COURTESY_ZH = (
    "谢谢|多谢|感谢|辛苦|麻烦|好的|好吧|好滴|好|嗯|哦|噢|行|可以|是的|对的|对|没事|没有|不用|了|您好|你好|您|你|我|"
    "在吗|在|有人|吗|请问|请|啊|呀|吧|呢|哈|的|喂|亲|知道|明白|收到|再见|拜拜|转人工|转|人工|客服"
)
_COURTESY = re.compile(_COURTESY_ZH)
_COURTESY_EN_WORDS = (
    "hi hello hey thanks thank ok okay yes yeah yep no nope sure great good fine bye goodbye cheers "
    "alright right anyone someone anybody somebody here there agent human person representative lol hmm "
    "morning evening sorry talk speak real lot much very perfect well um oh got it"
)
_COURTESY_EN = frozenset(_COURTESY_EN_WORDS.split())


def grams(text: str) -> list[str]:
    """The pieces of a text, repeated as they are in it; placeholders of scrubbed texts are none."""
    found: list[str] = []
    words: list[str] = []
    for run in _RUNS.findall(plain(text)):
        if run[0] >= "㐀":
            found += run
            found += (run[i : i + 2] for i in range(len(run) - 1))
        else:
            words.append(stem(run))
    found += (word for word in words if word not in _STOP)
    found += _pairs(words)
    return found


def asks(text: str) -> bool:
    """Whether a message holds more than courtesy, assent and a number."""
    left = _RUNS.findall(_COURTESY.sub(" ", plain(text)))
    chinese = sum(len(run) for run in left if run[0] >= "㐀")
    words = [run for run in left if run[0].isalpha() and run[0] < "㐀" and len(run) > 1]
    told = [word for word in words if word not in _STOP and word not in _COURTESY_EN]
    return chinese >= 2 or len(told) >= 1


def plain(text: str) -> str:
    """In lower case and plain letters, without placeholders."""
    return _PLACEHOLDER.sub(" ", unicodedata.normalize("NFKC", text)).lower()


def stem(word: str) -> str:
    """A word of lower case without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def _pairs(words: list[str]) -> Iterator[str]:
    for first, second in itertools.pairwise(words):
        yield f"{first} {second}"
