"""Which answers are suggested: retrieved from the FAQ and from the agents' own earlier answers. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from handoff_service.assist.bm25 import Index
from handoff_service.assist.grams import grams
from handoff_service.assist.synonyms import groups

SUGGESTED = 3
WAYS_TO_ASK = 3
"""A FAQ answer is judged by so many of its ways to ask, so that one odd example does not carry it."""
WEAKEST = 0.02  # below it an answer shares no more than some common word with the question
LONGEST_QUESTION = 500  # characters, the last ones: more would find anything
FAQ_COUNTS = 1.2  # the FAQ is checked by people: an earlier answer has to fit better by more than chance
SYNONYM_COUNTS = 2  # what a word means tells more than which word it is
BEFORE_COUNTS = 0.5  # "and for my daughter?" goes on from what was asked before; most questions do not
ALIKE = 0.6  # of their words: two answers that say the same are one suggestion


@dataclass(frozen=True, slots=True)
class Answer:
    """`id` is `faq:<name>` or `old:<row>`; `question` is one way to ask for it."""

    id: str
    source: Literal["faq", "earlier"]
    question: str
    text: str


class Shelf:
    """All answers in one language."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._faq: Index[str] = Index()
        self._earlier: Index[str] = Index()

    def __len__(self) -> int:
        return len(self._answers)

    def add_faq(self, answer: Answer, questions: Iterable[str]) -> None:
        self._answers[answer.id] = answer
        for text in (*questions, answer.text):
            self._faq.add(answer.id, _pieces(text))

    def add_earlier(self, answer: Answer) -> None:
        """Found by its question and its own words together: each is asked and given but once."""
        self._answers[answer.id] = answer
        self._earlier.add(answer.id, _pieces(f"{answer.question} {answer.text}"))

    def drop(self, answer_id: str) -> None:
        if self._answers.pop(answer_id, None) is not None:
            self._faq.drop(answer_id)
            self._earlier.drop(answer_id)

    def suggest(self, question: str, before: str = "") -> list[Answer]:
        """At most three, best first. The best of each kind has a place; the third is the stronger's.

        `before`: what the same customer asked before the question.
        """
        asked = {piece: BEFORE_COUNTS * count for piece, count in _counted(before)} | dict(_counted(question))
        faq = self._found(self._faq.search(asked, texts_each=WAYS_TO_ASK), FAQ_COUNTS)
        earlier = self._found(self._earlier.search(asked), 1)
        firsts = [*faq[:1], *earlier[:1]]
        # sorting is stable: of two that are equal the FAQ's comes first
        rest = sorted([*faq[1:], *earlier[1:]], key=lambda each: -each[1])
        chosen = _unlike([*firsts, *rest])[:SUGGESTED]
        return [answer for answer, _ in sorted(chosen, key=lambda each: -each[1])]

    def _found(self, ranked: list[tuple[str, float]], counts: float) -> list[tuple[Answer, float]]:
        """As many as could be needed when some turn out to be alike."""
        return [
            (self._answers[key], strength * counts) for key, strength in ranked[:20] if strength >= WEAKEST
        ]


def _pieces(text: str) -> list[str]:
    return [*grams(text), *groups(text)]


def _counted(question: str) -> Iterator[tuple[str, float]]:
    """The pieces of a question, and how much each counts."""
    text = question[-LONGEST_QUESTION:]
    yield from ((gram, 1) for gram in grams(text))
    yield from ((group, SYNONYM_COUNTS) for group in groups(text))


def _unlike(found: Sequence[tuple[Answer, float]]) -> list[tuple[Answer, float]]:
    """Without answers that say what one before them says."""
    kept: list[tuple[Answer, float]] = []
    seen: list[set[str]] = []
    for answer, strength in found:
        said = set(grams(answer.text))
        if all(_overlap(said, other) < ALIKE for other in seen):
            kept.append((answer, strength))
            seen.append(said)
        if len(kept) == SUGGESTED:
            break
    return kept


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
