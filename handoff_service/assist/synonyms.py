"""Words that mean the same to customers, so that "booklet" finds "manual". Pure; synonyms.txt has them."""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from handoff_service.assist.grams import plain, stem

_WORDS = re.compile(r"[a-z0-9]+")


class _Synonyms(NamedTuple):
    group_of: dict[str, str]  # English by the stems of its words, Chinese as it is
    longest: int  # words of an English one
    chinese: re.Pattern[str]


def groups(text: str) -> set[str]:
    """The groups that the text has a word of, each by a name that is no word."""
    synonyms = _synonyms()
    words = _stems(text)
    found = {
        " ".join(words[start : start + length])
        for length in range(1, synonyms.longest + 1)
        for start in range(len(words) - length + 1)
    }
    found.update(synonyms.chinese.findall(plain(text)))
    return {synonyms.group_of[each] for each in found & synonyms.group_of.keys()}


@cache
def _synonyms() -> _Synonyms:
    group_of: dict[str, str] = {}
    chinese: list[str] = []
    for number, words in enumerate(lines()):
        for word in words:
            if word.isascii():
                group_of[" ".join(_stems(word))] = f"={number}"
            else:
                group_of[word] = f"={number}"
                chinese.append(word)
    longest = max(word.count(" ") for word in group_of) + 1
    # at any place the longest of those that begin there
    return _Synonyms(group_of, longest, re.compile("|".join(sorted(chinese, key=len, reverse=True))))


def lines() -> list[list[str]]:
    """The groups as the file has them."""
    text = files(__package__).joinpath("synonyms.txt").read_text(encoding="utf-8")
    return [line.split(", ") for line in text.splitlines() if line and not line.startswith("#")]


def _stems(text: str) -> list[str]:
    """Of all words: "don't" is one, as it is to who leaves out the apostrophe."""
    return [stem(word) for word in _WORDS.findall(re.sub("['’]", "", plain(text)))]
