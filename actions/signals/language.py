"""Which language the customer writes. Han characters that carry the meaning make it Chinese."""

import re

from actions.signals.nlp import word_list
from actions.signals.reading import HAN, LATIN_WORD, Reading

DEFAULT = "zh"  # when nothing was said in words yet: most of the customers

# A Han character says about as much as this many Latin words.
_WORDS_PER_HAN = 0.6
# A Latin word that is no part of English grammar is often a brand or a borrowed noun: 我的order, iPhone
# 多少钱.
_WEIGHT_OF_NOUN = 0.35
# English grammar: sentences have these, borrowed nouns do not.
_GRAMMAR = frozenset(
    word_list(
        "the a an is are was were am be been my your our their his her its i you we they he she it me us "
        "them "
        "this that these those what when where which who why how can could will would should shall may might "
        "must do does did don't doesn't didn't have has had not no to of in on at for from with about by and "
        "or but if so because then than there here want need get got give please i'm i'd i'll it's that's "
        "can't isn't let any some still already just too very much many more"
    )
)
# Said in both languages; they tell nothing.
_NEUTRAL = frozenset(
    word_list(
        "ok okay k hi hello hey bye byebye thx vip app sms url id pdf qq wifi http https www com yes no"
    )
)
_LINK_OR_CODE = re.compile(r"https?://\S+|[^\s@]{1,64}@\S+|\b(?=\w*\d)[a-z0-9-]+\b")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|er|a|o|e|i|u|v)"
)
_PINYIN_WORD = re.compile(f"(?:{_SYLLABLE})+")
# Pinyin that customers without a Chinese keyboard type, and that is no English.
_PINYIN_MARKERS = re.compile(
    r"\b(?:ren ?gong|ni ?hao|wo ?yao|wo ?de|tui ?kuan|ding ?dan|ke ?fu|xie ?xie|zhuan|zen ?me|shen ?me|"
    r"kuai ?di|bu ?yao|bu ?yong|duo ?shao|qing ?wen|zai ?ma)\b"
)


def language(reading: Reading) -> tuple[str, str]:
    """Return "zh" or "en" and what showed it; without words it is the language of the turns before."""
    text = _LINK_OR_CODE.sub(" ", reading.text)
    han = len(HAN.findall(text))
    words = [word for word in LATIN_WORD.findall(text) if word not in _NEUTRAL]
    if han == 0 and not words:
        return _before(reading, text)
    if _KANA_OR_HANGUL.search(text):
        return reading.previous_language or "en", "a script that is neither Chinese nor English"
    grammar = sum(word in _GRAMMAR for word in words)
    if han == 0 and _is_pinyin(text, words, grammar):
        return "zh", "pinyin"
    chinese = han * _WORDS_PER_HAN
    english = grammar + _WEIGHT_OF_NOUN * (len(words) - grammar)
    if chinese >= english:
        return "zh", f"Han characters: {han}" + (f", Latin words: {len(words)}" if words else "")
    return "en", f"Latin words: {len(words)}" + (f", Han characters: {han}" if han else "")


def _before(reading: Reading, text: str) -> tuple[str, str]:
    if reading.previous_language:
        return reading.previous_language, "no words; as before"
    if LATIN_WORD.search(text):
        return "en", "Latin words"
    return DEFAULT, "no words yet"


def _is_pinyin(text: str, words: list[str], grammar: int) -> bool:
    if not _PINYIN_MARKERS.search(text):
        return False
    return grammar <= len(words) // 3 and all(
        _PINYIN_WORD.fullmatch(word) for word in words if word not in _GRAMMAR
    )
