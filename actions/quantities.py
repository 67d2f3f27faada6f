"""Amounts of money and lengths of time as customers write them, in both languages. Pure.

"三万", "3.5w", "30k", "twenty thousand", "¥12,000"; "一年半", "24期", "18 months", "half a year".
"""

# ruff: noqa: E501 (a pattern is one line; wrapped, it is hard to read and to compare)

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from rasa_parts.chinese import plain


def word_list(words: str) -> list[str]:
    """Return the words of a text, which reads better than a list of strings."""
    return words.split()


_ZH_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_EN_NUMBERS = {
    word: value
    for value, word in enumerate(
        word_list(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen"
        )
    )
} | {
    word: 10 * tens
    for tens, word in enumerate(word_list("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_EN_WORD = "|".join(sorted(_EN_NUMBERS, key=len, reverse=True))
_ONE = r"an?(?=\s+(?:hundred|thousand|grand|year|month|half)\b)"
_EN_WORDS = re.compile(
    rf"\b(?:{_ONE}|{_EN_WORD})(?:[\s-]+(?:and\s+)?(?:{_EN_WORD}|hundred|thousand|grand))*\b"
)
_ZH_WORDS = re.compile("[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万]*")

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_TIMES = {
    "千": 1000,
    "万": 10_000,
    "w": 10_000,
    "k": 1000,
    "thousand": 1000,
    "grand": 1000,
    "m": 10**6,
    "million": 10**6,
}
# 3万5: the digit after the unit counts in the next lower one.
_MONEY = re.compile(rf"(?<![\d.])({_NUMBER})\s*(thousand|grand|million|[千万wkm](?![a-z]))?(\d(?![\d.]))?")
_TIME = re.compile(
    rf"(?<!\d)({_NUMBER})\s*(个半年|年半|个?月|个月|年|期|years?\b|yrs?\b|y\b|months?\b|mths?\b|mos?\b|m\b)(\s*(?:and 1 half|半))?"
)
_HALF_YEAR = re.compile(r"半年|half (?:1 )?year")
_MOST = Decimal(10**12)  # larger numbers are keys held down; they stand for "too much"
_OTHER_THINGS = re.compile(rf"(?<!\d){_NUMBER}\s*(?:%|岁|号|楼|years? old|percent)")


def amount_in(text: str) -> Decimal | None:
    """Return the first amount of money that a text names, in its plain unit, or None.

    A number that counts time, age or per cent is none.
    """
    digits = _OTHER_THINGS.sub(" ", _TIME.sub(" ", _HALF_YEAR.sub(" ", _in_digits(text))))
    found = _MONEY.search(digits)
    if found is None:
        return None
    number, unit, rest = found.groups()
    times = _TIMES.get(unit or "", 1)
    amount = _value(number) * times
    return amount + int(rest) * times // 10 if rest and unit in ("千", "万", "w") else amount


def months_in(text: str) -> int | None:
    """Return the first length of time that a text names, in whole months, or None."""
    digits = _in_digits(text)
    found = _TIME.search(_HALF_YEAR.sub(" ", digits))
    if found is None:
        return 6 if _HALF_YEAR.search(digits) else None
    number, unit, half = found.groups()
    count = _value(number)
    years = unit[0] in "年y"
    if years and (half or unit == "年半"):
        count += Decimal("0.5")
    return int(count * 12 if years else count)


def bare_number(text: str) -> Decimal | None:
    """Return the number that is all a message says, as in "36" or "三", or None."""
    found = re.fullmatch(rf"\W*({_NUMBER})\W*", _in_digits(text))
    return None if found is None else _value(found.group(1))


def _value(number: str) -> Decimal:
    return min(Decimal(number.replace(",", "")), _MOST)


def _in_digits(text: str) -> str:
    """The text in lower case with half-width characters, and numbers that are words as digits."""
    folded = plain(unicodedata.normalize("NFKC", text)).lower()
    folded = _ZH_WORDS.sub(lambda found: _chinese(found.group()), folded)
    return _EN_WORDS.sub(lambda found: _english(found.group()), folded)


def _chinese(word: str) -> str:
    """三万五 → 35000."""
    total = section = digit = 0
    unit = 1
    for character in word:
        if character in _ZH_DIGITS:
            digit = _ZH_DIGITS[character]
            continue
        unit = _ZH_UNITS[character]
        if character == "万":
            total, section, digit = min((total + section + digit) * unit, int(_MOST)), 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
    # 三万五: the last digit counts in the unit below the last one, unless 零 stands before it (三万零五).
    last = digit * (unit // 10 if unit > 10 and len(word) > 1 and word[-2] not in "零〇" else 1)
    return str(total + section + last)


def _english(words: str) -> str:
    """twenty-five thousand → 25000; a year → 1 year."""
    total = section = 0
    for word in re.split(r"[\s-]+", words):
        if word in ("thousand", "grand"):
            total, section = total + (section or 1) * 1000, 0
        elif word == "hundred":
            section = (section or 1) * 100
        else:
            section += 1 if word in ("a", "an") else _EN_NUMBERS.get(word, 0)
    return str(total + section)
