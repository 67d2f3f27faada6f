"""Phrases written as short lines and found by spaCy's Matcher.

A line is words parted by blanks; each word is one token:

    talk|speak      one of these        to?        may be missing
    $person         one of a named set  $det{0,3}  up to three of the set
    _{0,2}          up to two tokens of any kind, never crossing the end of a clause

A Chinese word that jieba cuts into several is found as that row of tokens. Only words given to `teach_later`
are added to jieba's dictionary: each one changes how every sentence is cut, so those are nouns that stand for
one thing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from actions.signals import nlp

# Where a clause ends. Text was normalised: full-width punctuation is half-width by now.
CLAUSE_ENDS = frozenset(",.!?;:。、…~\n") | {"...", "..", "!!", "??", "but"}

FOUND_AT_AN_END = 20
"""Phrases looked at from the beginning and from the end of a text. Each is judged by what surrounds it, so
that "human human human …" would take time that grows with the square of its length."""

_WORD = re.compile(r"(?P<word>.+?)(?P<op>\?|\{\d,\d\})?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ANY = {"NORM": {"NOT_IN": sorted(CLAUSE_ENDS)}}

_all_phrases: list["Phrases"] = []
_taught_words: list[str] = []


class Found(NamedTuple):
    """A phrase found in a doc: tokens start…end (exclusive)."""

    label: str
    start: int
    end: int
    text: str


class Phrases:
    """Labelled phrases of one language. Built at first use; `build_all` does so ahead of time."""

    def __init__(
        self,
        language: Callable[[], Any],
        lines: Mapping[str, Iterable[str]],
        words: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        """Take lines by label, and the named sets that the lines mention as `$name`."""
        self._language = language
        self._words = {name: sorted(set(items)) for name, items in (words or {}).items()}
        self._lines = {label: list(items) for label, items in lines.items()}
        _all_phrases.append(self)

    def find(self, doc: Any) -> list[Found]:
        """Return the phrases in the order of the text.

        Of overlapping ones the label that was given first wins, then the longest. Of a great many only the
        first and the last ones.
        """
        words = {token.norm_ for token in doc}
        named = {line for word in words & self._anchors.keys() for line in self._anchors[word]}
        lines = [line for line in named if self._has_all(line, words)]
        if not lines:
            return []
        order = {label: rank for rank, label in enumerate(self._lines)}
        strings = doc.vocab.strings
        hits = [(strings[key], start, end) for line in lines for key, start, end in self._matchers[line](doc)]
        hits.sort(key=lambda hit: (order[hit[0]], hit[1] - hit[2], hit[1]))
        taken: set[int] = set()
        kept = []
        for label, start, end in hits:
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                kept.append(Found(label, start, end, doc[start:end].text))
        kept.sort(key=lambda found: found.start)
        return kept if len(kept) <= 2 * FOUND_AT_AN_END else kept[:FOUND_AT_AN_END] + kept[-FOUND_AT_AN_END:]

    def build(self) -> None:
        """Build now what would else be built by the first `find`."""
        self._matchers  # noqa: B018 (a cached property: reading it builds it)
        self._anchors  # noqa: B018
        self._required  # noqa: B018

    @cached_property
    def _compiled(self) -> list[tuple[str, list[list[dict[str, Any]]]]]:
        """Label and spaCy patterns of each line."""
        return [(label, self._patterns(line)) for label, lines in self._lines.items() for line in lines]

    @cached_property
    def _matchers(self) -> list[Any]:
        """One for each line: a matcher's time grows with its patterns, and few lines are in a text."""
        from spacy.matcher import Matcher

        matchers = []
        for label, patterns in self._compiled:
            matcher = Matcher(self._language().vocab)
            matcher.add(label, patterns)
            matchers.append(matcher)
        return matchers

    @cached_property
    def _anchors(self) -> dict[str, list[int]]:
        """Word → the lines worth matching in a text that has it.

        Of each line a text must have one of the anchors before it can be in it.
        """
        anchors: dict[str, list[int]] = {}
        for line, (_, patterns) in enumerate(self._compiled):
            for word in sorted({word for pattern in patterns for word in _rarest_words(pattern)}):
                anchors.setdefault(word, []).append(line)
        return anchors

    @cached_property
    def _required(self) -> list[list[list[frozenset[str]]]]:
        """By line and pattern, the tokens that cannot be missing, each as the words that it may be."""
        return [[_required_words(p) for p in patterns] for _, patterns in self._compiled]

    def _has_all(self, line: int, words: Set[str]) -> bool:
        return any(not any(words.isdisjoint(token) for token in tokens) for tokens in self._required[line])

    def _patterns(self, line: str) -> list[list[dict[str, Any]]]:
        """Return the line as spaCy patterns: one, or several where a word is cut into more than one token."""
        choices = [self._choices(word) for word in line.split()]
        return [[token for row in rows for token in row] for rows in product(*choices)]

    def _choices(self, word: str) -> list[list[dict[str, Any]]]:
        """Return the rows of tokens that may stand for one word of a line."""
        match = _WORD.fullmatch(word)
        if match is None:
            raise ValueError(f"not a word of a phrase: {word!r}")
        name, op = match["word"], {"OP": match["op"]} if match["op"] else {}
        if name == "_":
            return [[_ANY | op]]
        rows = [
            _cut(literal) for literal in (self._words[name[1:]] if name.startswith("$") else name.split("|"))
        ]
        if op:
            # Repeated or missing at will: the parts may come one by one.
            return [[{"NORM": {"IN": sorted({part for row in rows for part in row})}} | op]]
        single = sorted({row[0] for row in rows if len(row) == 1})
        several = sorted({tuple(row) for row in rows if len(row) > 1})
        together = [[{"NORM": {"IN": single}}]] if single else []
        return together + [[{"NORM": {"IN": [part]}} for part in row] for row in several]


def teach_later(words: Iterable[str]) -> None:
    """Note Chinese words that jieba has to keep whole, before the first text is cut."""
    _taught_words.extend(word for word in words if len(word) > 1 and _HAN.match(word))


def build_all() -> None:
    """Load the tokenizers and build every matcher; the one place where loading happens."""
    nlp.teach(_taught_words)
    nlp.chinese()
    nlp.mend_typos(nlp.english()(""))
    for phrases in _all_phrases:
        phrases.build()


def _rarest_words(pattern: list[dict[str, Any]]) -> list[str]:
    """Return the alternatives of the pattern's most telling token:

    few and long words rather than many short ones.
    """
    return sorted(min(_required_words(pattern), key=lambda words: sum(1 / len(word) ** 2 for word in words)))


def _required_words(pattern: list[dict[str, Any]]) -> list[frozenset[str]]:
    return [
        frozenset(token["NORM"]["IN"]) for token in pattern if "OP" not in token and "IN" in token["NORM"]
    ]


def _cut(literal: str) -> list[str]:
    return nlp.cut(literal) if _HAN.search(literal) else [literal]


def clause_of(doc: Any, index: int) -> tuple[int, int]:
    """Return start and end (exclusive) of the clause that token `index` stands in."""
    start = index
    while start > 0 and doc[start - 1].norm_ not in CLAUSE_ENDS:
        start -= 1
    end = index
    while end < len(doc) and doc[end].norm_ not in CLAUSE_ENDS:
        end += 1
    return start, end
