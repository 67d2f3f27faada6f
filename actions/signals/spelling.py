"""What customers write and what they mean: Cantonese for Mandarin, and slips in the words for a person.

An input method offers 人公 or 人功 for 人工, and some type the pinyin's first letters. Texts are in
simplified characters and lower case by now.
"""

import re

# Cantonese words that have one plain Mandarin meaning.
_CANTONESE = {
    "可唔可以": "可不可以",
    "可唔可": "可不可",
    "系唔系": "是不是",
    "有冇": "有没有",
    "冇": "没有",
    "唔使": "不用",
    "唔好": "不要",
    "唔该": "麻烦",
    "唔系": "不是",
    "唔想": "不想",
    "唔要": "不要",
    "唔得": "不行",
    "唔": "不",
    "搵": "找",
    "边度": "哪里",
    "几时": "什么时候",
    "点解": "为什么",
    "点样": "怎么",
    "呢个": "这个",
    "嗰个": "那个",
    "嘅": "的",
    "佢": "他",
    "倾下": "聊聊",
    "倾": "聊",
    "畀": "给",
    "俾": "给",
    "嘢": "东西",
    "喺": "在",
    "咗": "了",
    "碌卡": "刷卡",
    "碌了": "刷了",
    "碌咗": "刷了",
    "转驳": "转接",
    "转駁": "转接",
    "咁": "这么",
    "而家": "现在",
    "仲未": "还没",
}
_CANTONESE_ONLY = re.compile("[唔冇搵嘅佢嗰畀俾嘢喺咗咁碌]|转[驳駁]|边度|点解|点样|呢个|而家|仲未")
_CANTONESE_WORD = re.compile("|".join(sorted(_CANTONESE, key=len, reverse=True)))

_CANTONESE_LE = re.compile(r"喇(?=$|[\s,.!?~，。！？])")  # as it ends a clause; 喇叭 is a horn

_CALLING = "[转专赚传砖接找要换叫请]"
_SLIPS = (
    (re.compile(r"\bzrg\b"), "zhuan ren gong"),
    (re.compile(r"\bzhuan ?(?=人工)"), "转"),
    (re.compile(f"({_CALLING})[人仁任认][工公功供宫恭エ]"), r"\1人工"),
    (re.compile("[专赚传砖]人工"), "转人工"),
    (re.compile("[人仁任][工公功供宫エ](?=客)"), "人工"),
    (re.compile("^[人仁任][公功供宫エ]$"), "人工"),
    (re.compile("(?:人工)?可服(?=$|[,.!?，。！？])|(?<=人工)(?:可服|克服|客父|客付|客fu|kefu)"), "客服"),
)
_MAY_SLIP = re.compile("zrg|zhuan|[工公功供宫恭エ]|可服")


def meant(text: str) -> str:
    """Return the text with Cantonese and slips replaced by the words that were meant."""
    if _CANTONESE_ONLY.search(text):
        text = _CANTONESE_WORD.sub(lambda found: _CANTONESE[found[0]], text)
    text = _CANTONESE_LE.sub("了", text)
    if _MAY_SLIP.search(text):
        for slip, word in _SLIPS:
            text = slip.sub(word, text)
    return text
