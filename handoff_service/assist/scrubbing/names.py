"""Names of people in running text. Pure; the words that are no names are in the files beside this module."""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

# Grammar, which does not begin a given name, or not one that is told from grammar without a cue.
_GRAMMAR = frozenset(
    "的了是在不就也都还没有和与要会能以吗呢吧啊到给对把被让从这那个您你他她它很又太其而且但若即已将并该每各某或及请"
    "说问找叫做去来看买卖收发退换付款单号件条些么样么下外为时候"
)
_GIVEN = frozenset(
    "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚华文辉玲红梅兰英建国志立峰鹏飞浩宇轩涵怡欣悦佳琪梦婷雪琳倩颖莹晶洁慧颜"
    "娟秀珍凤云春香菊莲桂燕琴霖斌波彬博凯翔宁亮龙虎健康安福贵富荣昌盛兴旺发祥瑞鑫森林海江河山川石松柏子梓思诗语嘉"
    "俊豪帅天晨阳旭东南西北雨萱紫若依然心可爱恩泽宏达志诚信义仁德忠孝礼智勤俭朴素芬芝蓉蓝青绿白晓小大少长永远光"
    "耀辰星月曦灿炎烨煜焕炜熙哲睿聪颖悟凡一二三亚世中正元启新维家成胜利民生学良才进步清源泉润沛淼冰寒霜露梅竹君"
    "乐奇彦彤彩虹桐桦楠榕楚媛媚娇婉婕娅妍姝姗妮妙如意昊昕晗晖晴景智暄曼朗钧铭锋锐钰镇锦震霄靖韵顺飒骏鸿鹤麒麟"
    "丹丛乔仪伊伦佩侠倪允兆克冬冲凌力劲勋卉卓双启嘉园培坚堃士夏夕天奎奕妹威娴宗定宜宝宽宾寅寿小尧岚岩岭峻崇巍"
    "巧平广庆庭延弘弦彪征律微忆志念怀恒恬恺悠惠愉慕懿成才扬承抒振捷政敬斯旋日昂昱显朋木本权来柔栋树格桃梁棋棠楷"
    "榆毅水汉汐沁沐沙泓洲津洪浦润淑渊渝湘源滢滨潇澄澜火灵烁然熹爽玄玉王玖玥珂珊珏珠球理琛琦琼瑛瑜瑶璇璐瓒生田甲"
    "男皓益相真睦知石碧祎祖祺禄禹秋程穆立竹笑笛筠箐米纯纲纳素继绍绮维缘罗美羽翠耘耿聆育胤自至舒航艺艾芊芙芮苇苏"
    "苒范茂茜茵荟莉莎菁菲萌萍葵蓓蔚蕊蕾薇虹融行裕言训诺谦谨豫贝贤赫超越跃路轶辉辛远连迪逸道邦郁采野钦银长阔陆隆"
    "雁雄雯雷霏露青韬音顺顾颂馨驰高鲁鸣鹭黎"
)
_TITLES = "先生|女士|小姐|太太|老师|师傅|经理|主任|医生|律师|大夫|同学|阿姨|叔叔|大哥|大姐|总"
_HAN = "㐀-鿿"
_NAMED_ZH = re.compile(
    rf"(?:我叫|名叫|本人叫|(?P<loose>我是|这是|找)"
    rf"|(?:名字|姓名|收件人|收货人|联系人|寄件人|户名|持卡人|抬头|真名)(?:已经?)?\s?(?:改成|改为|是|叫|为|[:：]))\s?"
    rf"(?P<name>[{_HAN}·]{{2,4}})"
)
_NO_NAME = re.compile(
    r"客服|人工|智能|机器|助手|您|你|我|他|她|这|那|来|想|要|在|用|个人|会员|新|老|本人|填写|请|怎|什么|谁|哪|公司|单位|负责|的"
)
_DOTTED = re.compile(rf"[{_HAN}]{{1,6}}(?:[·•][{_HAN}]{{1,6}})+")
_NICKNAME = re.compile(rf"(?:小|老|阿)(?P<name>[{_HAN}])")

_CUED_EN = re.compile(
    r"\b(?P<cue>(?i:my name is|name is|name:|i am called|called|recipient(?: is| to|:)?|"
    r"addressee(?: is|:)?|account holder(?: is|:)?|"
    r"card ?holder(?: is|:)?|in the name of|under the name(?: of)?|on behalf of|signed by|care of|c/o|attn:?|"
    r"mr|mrs|ms|miss|mx|dr|prof|dear|hi|hello|hey|regards,|thanks,|sincerely,|cheers,|best,|yours,)\.?)\s"
    r"(?P<name>[\w'’.-]+(?:\s[\w'’.-]+){0,3})"
)
_SURE_CUES = re.compile(
    r"(?i)my name is|name is|name:|i am called|recipient|addressee|holder|name of|under the name|"
    r"mr|mrs|ms|miss|mx|prof|c/o|attn"
)
_WORD_EN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ'’-]*")
_MONTHS = frozenset({"may", "march", "april", "june", "august"})
_PARTICLES_WORDS = "van von de der den da di la le del el al bin ibn mac mc st"
_PARTICLES = frozenset(_PARTICLES_WORDS.split())


class _ZhWords(NamedTuple):
    compound: frozenset[str]
    after: dict[str, frozenset[str]]
    before: dict[str, frozenset[str]]


@cache
def _zh() -> _ZhWords:
    read = yaml.safe_load(_file("zh_names.yml"))
    sets = (
        {key: frozenset(value or "") for key, value in read[part].items()} for part in ("after", "before")
    )
    return _ZhWords(frozenset(read["compound"].split()), *sets)


@cache
def _en(name: str) -> frozenset[str]:
    lines = _file(name).splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand; they may overlap."""
    yield from _titled_zh(text)
    yield from _cued_zh(text)
    yield from _dotted_zh(text)
    yield from _free_zh(text)
    yield from _cued_en(text)
    yield from _free_en(text)


def _titled_zh(text: str) -> Iterator[tuple[int, int]]:
    """「单女士」: any surname before a title, with a given name or without."""
    for title in re.finditer(_TITLES, text):
        for length in (3, 2, 1):
            start = title.start() - length
            word = text[max(start, 0) : title.start()]
            if start >= 0 and _surname_at(word) and not _goes_on_from_before(text, start):
                yield start, title.start()
                break


def _surname_at(word: str) -> bool:
    return word[:1] in _zh().after or word[:2] in _zh().compound or word[:1] in _RARE


_RARE = frozenset("单费钱解向时路车边商房成查包卜强柴吉游池宫安卞齐桑温詹麦凤花岑雷倪米贝明臧计成谈茅")


def _cued_zh(text: str) -> Iterator[tuple[int, int]]:
    for match in _NAMED_ZH.finditer(text):
        name = match["name"]
        cut = next((at for at, character in enumerate(name) if at >= 2 and character in _GRAMMAR), len(name))
        if match["loose"] and not _surname_at(name[:2]):
            continue
        if not _NO_NAME.search(name[:2]) and name[0] not in _GRAMMAR:
            yield match.start("name"), match.start("name") + cut


def _dotted_zh(text: str) -> Iterator[tuple[int, int]]:
    """「古丽·买买提」: names of other languages in characters, up to the grammar around them."""
    for match in _DOTTED.finditer(text):
        start, end = match.span()
        dots = [at for at in range(start, end) if not _is_han(text[at])]
        start = max((at + 1 for at in range(start, dots[0]) if text[at] in _GRAMMAR), default=start)
        end = next((at for at in range(dots[-1] + 2, end) if text[at] in _GRAMMAR), end)
        if start < dots[0]:
            yield start, end


def _free_zh(text: str) -> Iterator[tuple[int, int]]:
    for at in range(len(text) - 1):
        two = text[at : at + 2]
        if two in _zh().compound and _is_han(text[at + 2 : at + 3]) and text[at + 2] not in _GRAMMAR:
            yield at, _end_of_given(text, at + 2)
        elif two[0] in _zh().after and _is_name(text, at):
            yield at, _end_of_given(text, at + 1)
    for match in _NICKNAME.finditer(text):
        surname, behind = match["name"], text[match.end() : match.end() + 1]
        follows_word = behind and behind in _zh().after.get(surname, ())
        if surname in _zh().after and not follows_word and not _ends_word(match[0][0], surname):
            yield match.span()


def _is_name(text: str, at: int) -> bool:
    surname, given = text[at], text[at + 1]
    if not _is_han(given) or given in _GRAMMAR or given in _zh().after[surname]:
        return False
    return not (_goes_on_from_before(text, at) or re.match(_TITLES, text[at + 1 : at + 3]))


def _goes_on_from_before(text: str, at: int) -> bool:
    """Whether the character ends a word that began before it."""
    counted = text[at] in "周万元" and text[:at].rstrip()[-1:].isdigit()
    return counted or (at > 0 and _ends_word(text[at - 1], text[at]))


def _ends_word(before: str, surname: str) -> bool:
    return before in _zh().before.get(surname, ())


def _end_of_given(text: str, at: int) -> int:
    """Behind the given name that begins here: one character, or two where the second looks like one."""
    second = text[at + 1 : at + 2]
    return at + 2 if _is_han(second) and second in _GIVEN else at + 1


def _is_han(character: str) -> bool:
    return "㐀" <= character <= "鿿"


def _cued_en(text: str) -> Iterator[tuple[int, int]]:
    for match in _CUED_EN.finditer(text):
        sure = bool(_SURE_CUES.match(match["cue"]))
        end = match.start("name")
        for number, word in enumerate(_WORD_EN.finditer(text, match.start("name"), match.end("name"))):
            gap = text[end : word.start()]
            if number and gap != " ":
                break
            if not _named_after_cue(word[0], sure=sure, first=number == 0):
                break
            end = word.end()
        if end > match.start("name"):
            yield match.start("name"), end


def _named_after_cue(word: str, *, sure: bool, first: bool) -> bool:
    """`sure`: the cue is followed by nothing but a name, also by one that is a word and in lower case."""
    plain = re.sub(r"['’]s$", "", word.lower())
    if _is_given(plain) or (plain in _EITHER and (sure or word[0].isupper())):
        return True
    if sure and first:
        return plain not in _AFTER_NAME
    return not _known(plain) and (sure or word[0].isupper())


def _is_given(word: str) -> bool:
    return any(_plain_letters(part) in _en("en_given.txt") for part in re.split(r"['’-]", word))


def _plain_letters(word: str) -> str:
    """Without accents: "zoë" is "zoe"."""
    return unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()


# Two words that no dictionary has and that are both pinyin, as in "li na".
_SYLLABLE = (
    r"(?:[bpmfdtnlgkhjqxrzcswy]|zh|ch|sh)?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|[aeiouv])"
)
_PINYIN = re.compile(rf"(?:{_SYLLABLE}){{1,3}}")


def _is_pinyin(word: str) -> bool:
    return _PINYIN.fullmatch(word) is not None and not _known(word)


_AFTER_NAME_WORDS = (
    "a an the is was on in of to and for your my our their his her not now wrong missing misspelled "
    "misspelt spelled changed correct incorrect different right already still also only that this it "
    "you we they has have"
)
_AFTER_NAME = frozenset(_AFTER_NAME_WORDS.split())


_EITHER_WORDS = (
    "allen amber art austin baker bill carter dean drew frank grace hall hill hope jack jean jordan joy "
    "mark max may moore pat rose roger scott sue virginia victoria will wright christian young brown "
    "white black green king"
)
_EITHER = frozenset(_EITHER_WORDS.split())
"""Words that are names, too: known by a cue, by a capital within a sentence, or by a name beside them."""


def _free_en(text: str) -> Iterator[tuple[int, int]]:
    words = list(_WORD_EN.finditer(text))
    named = [_looks_like_name(text, word) for word in words]
    for number, (first, second) in enumerate(itertools.pairwise(words)):
        if all(_is_pinyin(word[0].lower()) for word in (first, second)) and _adjacent(text, first, second):
            named[number] = named[number + 1] = True
    for number, word in enumerate(words):
        beside = any(
            0 <= other < len(words)
            and named[other]
            and _adjacent(text, words[min(number, other)], words[max(number, other)])
            for other in (number - 1, number + 1)
        )
        plain = word[0].lower()
        either = plain in _EITHER and word[0][0].isupper() and (beside or _within_sentence(text, word))
        particle = beside and (plain in _PARTICLES or not _known(plain))
        if named[number] or (either and plain not in _MONTHS) or (beside and either) or particle:
            yield word.span()


def _looks_like_name(text: str, word: re.Match[str]) -> bool:
    shown = word[0].rstrip("'’-")
    shown = re.sub(r"['’]s$", "", shown)
    plain = shown.lower()
    if _is_given(plain):
        return True
    if len(shown) < 2 or not shown[0].isupper() or _known(plain):
        return False
    # shouting and abbreviations are no names, but for long ones
    return not shown.isupper() or len(shown) > 4


def is_word(text: str) -> bool:
    """Whether it is nothing but an English word."""
    return text.isalpha() and text.isascii() and _known(text.lower())


def _known(word: str) -> bool:
    words = _en("en_words.txt")
    parts = re.split(r"['’-]", word)
    return all(len(part) < 2 or part in words or part in _SHORTENED or _root_known(part) for part in parts)


_SHORTENED = frozenset({"ll", "ve", "re", "em"})


def _root_known(word: str) -> bool:
    words = _en("en_words.txt")
    for ending, instead in (
        ("s", ""),
        ("es", ""),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
        ("er", ""),
        ("ies", "y"),
    ):
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= 3
            and word.removesuffix(ending) + instead in words
        ):
            return True
    return False


def _adjacent(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    return text[first.end() : second.start()] in {" ", ". ", "-", "·"}


def _within_sentence(text: str, word: re.Match[str]) -> bool:
    before = text[: word.start()].rstrip(" \"“'(")
    return bool(before) and before[-1] not in ".!?:\n。！？：；;"
