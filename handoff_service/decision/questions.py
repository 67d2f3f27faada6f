"""What a turn asks, in a form that can be compared: is it a question that was asked before, in other words?

Every turn is compared with those before it, also when thousands of conversations are replayed: this is set
arithmetic on what the assistant extracted. the decision record on comparing questions has the figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TEXT = "text"
"""The key of a question whose intent is not known."""

SAME_WORDS = 0.65
"""Terms in common (Dice) from which a question without an intent is the same as another."""

NEARLY_THE_SAME_WORDS = 0.75
"""The same for two questions with different intents: the classifier wavered over nearly the same words."""

LIGHT, LIGHTER = "?", 0.5
"""Mark of terms that say how something is asked (?when, ?how) rather than what is asked about, and how much
less than the others they weigh."""

COMPARED = 50
"""Earlier questions looked at: enough for any conversation, and it bounds the cost of an endless one."""

About = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """`key`: the intent, or `TEXT`. `terms`: the words that matter, in one spelling for all their synonyms.

    `about`: the object, by kind (number, place, day, product …), as far as it tells two questions of this
    intent apart. `again`: the customer says that they ask again ("I mean …", 说了多少遍了).
    """

    key: str
    terms: frozenset[str] = frozenset()
    about: About = field(default_factory=dict, hash=False)
    again: bool = False
    light: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "light", frozenset(term for term in self.terms if term[:1] == LIGHT))

    @classmethod
    def read(cls, value: object) -> "Question | None":
        """The question of a turn's JSON; None for none and for what is no question. Never fails.

        Turns stored by the first version of the signals have text: `intent`, `intent:number` or `text:words`.
        """
        if isinstance(value, str) and value:
            intent, _, rest = value.partition(":")
            if intent == TEXT:
                return cls(TEXT, frozenset(rest.split()))
            return cls(intent, about={"number": frozenset([rest])} if rest else {})
        if not isinstance(value, Mapping):
            return None
        key, about = value.get("key"), value.get("about")
        if not isinstance(key, str) or not key:
            return None
        named = {
            kind: texts
            for kind, given in (about if isinstance(about, Mapping) else {}).items()
            if isinstance(kind, str) and (texts := _texts(given))
        }
        return cls(key, _texts(value.get("terms")), named, value.get("again") is True)

    def to_dict(self) -> dict[str, Any]:
        """The JSON that `read` reads back as an equal value."""
        return {
            "key": self.key,
            "terms": sorted(self.terms),
            "about": {kind: sorted(texts) for kind, texts in sorted(self.about.items())},
            "again": self.again,
        }


def same_question(one: Question, other: Question) -> bool:
    """Whether both ask the same thing.

    An object that both name must be the same one (another order, city or product is another question); one
    that only one of them names does not matter. Beyond that the same intent is the same question, and where
    the intents differ or are not known the words decide.
    """
    return not _conflict(one.about, other.about) and _ask_the_same(one, other)


def likeness(one: Question, other: Question) -> float:
    """Share of terms in common, 0…1 (Dice's coefficient, light terms weighing half)."""
    common = len(one.terms & other.terms)
    if not common:
        return 0.0
    weight = common - LIGHTER * len(one.light & other.light)
    all_terms, all_light = len(one.terms) + len(other.terms), len(one.light) + len(other.light)
    return 2 * weight / (all_terms - LIGHTER * all_light)


def times_asked(questions: Sequence[Question]) -> int:
    """How often the last of these questions has been asked, itself included; 0 for an empty list.

    `questions`: those of one conversation, oldest first.
    """
    if not questions:
        return 0
    resolved = _resolved(questions[-COMPARED:])
    last, last_about = resolved[-1]
    earlier = resolved[:-1]
    return 1 + sum(
        not _conflict(about, last_about) and _ask_the_same(question, last) for question, about in earlier
    )


def _resolved(questions: Sequence[Question]) -> list[tuple[Question, About]]:
    """The questions with what they leave out taken from those before them.

    "And where is it now?" is about the order asked about last. "I've told you three times!" asks what was
    asked last, whatever its words.
    """
    resolved: list[tuple[Question, About]] = []
    objects: dict[str, About] = {}
    for question in questions:
        about = question.about
        if resolved and question.again and not _conflict(about, resolved[-1][1]):
            resolved.append(resolved[-1])
            continue
        if question.key != TEXT:
            if before := objects.get(question.key):
                about = {**before, **about}
            objects[question.key] = about
        resolved.append((question, about))
    return resolved


def _ask_the_same(one: Question, other: Question) -> bool:
    if one.key == other.key != TEXT:
        return True
    limit = SAME_WORDS if TEXT in (one.key, other.key) else NEARLY_THE_SAME_WORDS
    return likeness(one, other) >= limit


def _conflict(one: About, other: About) -> bool:
    """Whether both name an object of some kind, and not the same."""
    for kind in one.keys() & other.keys() if one and other else ():
        if one[kind].isdisjoint(other[kind]):
            return True
    return False


def _texts(value: object) -> frozenset[str]:
    return (
        frozenset(text for text in value if isinstance(text, str)) if isinstance(value, list) else frozenset()
    )
