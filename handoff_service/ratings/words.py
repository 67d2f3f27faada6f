"""What a customer means who is asked how satisfied they are and answers in words. Pure.

Whole messages only: 「满意」 is a rating, 「满意的话就退款吧」 is not. What people also say to acknowledge
("ok", 「好的」, "thanks") is none.
"""

import re
import unicodedata

_VERY = ("非常", "十分", "特别", "很", "挺", "相当", "超级", "超")
_WORDS: dict[int, tuple[str, ...]] = {
    5: (
        *(f"{very}{good}" for very in _VERY for good in ("满意", "好", "棒", "赞")),
        *("太好了", "太棒了", "完美", "优秀", "点赞", "👍", "👍👍", "👍👍👍", "❤️", "❤", "五星好评"),
        *("excellent", "great", "perfect", "very good", "really good", "awesome", "amazing", "fantastic"),
        *("very satisfied", "very happy", "wonderful", "brilliant", "outstanding", "superb"),
    ),
    4: (
        *("满意", "比较满意", "不错", "很不错", "好评", "挺不错", "还不错", "比较好"),
        *("good", "satisfied", "happy", "pretty good", "quite good", "not bad", "nice", "helpful"),
    ),
    3: (
        *("一般", "一般般", "还行", "还可以", "凑合", "马马虎虎", "普通", "中评", "基本满意"),
        *("so so", "soso", "average", "mediocre", "neutral", "fair", "so-so"),
    ),
    2: (
        *("不满意", "不太满意", "不怎么样", "不好", "不太好", "差", "有点差", "比较差", "不怎么满意"),
        *("bad", "poor", "not good", "not satisfied", "unsatisfied", "dissatisfied", "not happy"),
        *("unhappy", "not great", "not very good", "not helpful", "unhelpful"),
    ),
    1: (
        *("非常不满意", "很不满意", "十分不满意", "特别不满意", "太不满意了", "一点都不满意"),
        *("很差", "非常差", "太差", "太差了", "差评", "糟糕", "垃圾", "👎", "👎👎", "很不好"),
        *("很糟糕", "太糟糕了"),
        *("very bad", "terrible", "awful", "horrible", "very poor", "very dissatisfied", "worst", "useless"),
        *("very unsatisfied", "very unhappy", "not satisfied at all", "not happy at all", "not good at all"),
    ),
}
_SCORES = {word: score for score, words in _WORDS.items() for word in words}

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGITS |= {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5} | {str(n): n for n in range(1, 6)}
_NUMBER = re.compile(
    r"(?:(?:我|给|打|评|就)+\s*)?"
    r"(?P<digit>[1-5]|[一二两三四五]|one|two|three|four|five)"
    r"\s*(?:分|颗?星|星好评|/\s*5|out of (?:5|five)|stars?|points?)?"
    r"\s*(?:吧)?"
)
_KEYCAP = re.compile("([1-5])\ufe0f?\u20e3")
_STARS = re.compile("(?:⭐\ufe0f?|★|🌟){1,5}")
_THANKS = re.compile(
    r"\s*(?:谢谢(?:你|您|了|啦)?|多谢|感谢|辛苦了|thank you(?: very much| so much)?|thanks(?: a lot)?|thx)\s*"
)
_AROUND = " \t\r\n.。!！,，~～、;；:：…\"'“”「」()（）"


def score_in(text: str) -> int | None:
    """1 (very dissatisfied) to 5 (very satisfied), or None for words that are no rating."""
    if len(text) > 60:
        return None
    said = unicodedata.normalize("NFKC", _KEYCAP.sub(r"\1", text)).casefold().replace("’", "'")
    said = _THANKS.sub(" ", said).strip(_AROUND)
    said = re.sub(r"\s+", " ", said)
    said = re.sub(r"^(?:it was|i am|i'm|it's|was)\s+", "", said)
    said = re.sub(r"^(?:我|服务|我觉得|感觉|总体)?(?P<rest>\D+?)(?:的|了)?$", _bare, said)
    if stars := _STARS.fullmatch(said):
        return len(re.findall("[⭐★🌟]", stars.group()))
    if number := _NUMBER.fullmatch(said):
        return _DIGITS[number["digit"]]
    return _SCORES.get(said)


def _bare(said: re.Match[str]) -> str:
    """Without what does not change the meaning, where a known word is left: 「我很满意的」."""
    return said["rest"] if said["rest"] in _SCORES else said.group()
