"""The fields that a rule may test: their names, what they hold and where it is found among the facts."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from handoff_service.decision.facts import Facts
from handoff_service.decision.rules import Scalar


class Kind(Enum):
    """What a field holds, and so how it may be compared."""

    flag = auto()
    number = auto()
    text = auto()
    tags = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """`low`…`high` bounds a number; `choices` lists the only texts that can occur, empty when any can.

    What is not known reads as None; every comparison with it is false, but for a text's own "is nothing".
    """

    kind: Kind
    read: Callable[[Facts], Scalar | frozenset[str]]
    signal: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def _question(facts: Facts) -> str | None:
    """The key of the question: its intent, or "text"."""
    return facts.signals.question.key if facts.signals.question else None


FIELDS: dict[str, Field] = {
    "language": Field(Kind.text, lambda f: f.signals.language, signal=True, choices=("zh", "en")),
    "intent": Field(Kind.text, lambda f: f.signals.intent, signal=True),
    "confidence": Field(Kind.number, lambda f: f.signals.confidence, signal=True, low=0, high=1),
    "fallback": Field(Kind.flag, lambda f: f.signals.fallback, signal=True),
    "sentiment": Field(Kind.number, lambda f: f.signals.sentiment, signal=True, low=-1, high=1),
    "asks_human": Field(Kind.flag, lambda f: f.signals.asks_human, signal=True),
    "gives_up": Field(Kind.flag, lambda f: f.signals.gives_up, signal=True),
    "topic": Field(Kind.text, lambda f: f.signals.topic, signal=True),
    "rejects_answer": Field(Kind.flag, lambda f: f.signals.rejects_answer, signal=True),
    "threat": Field(Kind.flag, lambda f: f.signals.threat, signal=True),
    "needs_advice": Field(Kind.flag, lambda f: f.signals.needs_advice, signal=True),
    "question": Field(Kind.text, _question, signal=True),
    "attachments": Field(Kind.number, lambda f: f.signals.attachments, signal=True, low=0),
    "attachments_without_words": Field(Kind.number, lambda f: f.running.attachments_without_words, low=0),
    "consecutive_fallbacks": Field(Kind.number, lambda f: f.running.consecutive_fallbacks, low=0),
    "repeat_count": Field(Kind.number, lambda f: f.running.repeat_count, low=0),
    "displeased_streak": Field(Kind.number, lambda f: f.running.displeased_streak, low=0),
    "recent_sentiment": Field(Kind.number, lambda f: f.running.recent_sentiment, low=-1, high=1),
    "recent_topic": Field(Kind.text, lambda f: f.running.recent_topic),
    "customer.tier": Field(Kind.text, lambda f: f.customer.tier),
    "customer.tags": Field(Kind.tags, lambda f: f.customer.tags),
    "channel": Field(Kind.text, lambda f: f.channel),
    "business_hours": Field(Kind.flag, lambda f: f.business_hours),
    "just_resolved": Field(Kind.flag, lambda f: f.just_resolved),
    "agents_online": Field(Kind.number, lambda f: f.agents_online, low=0),
    "agents_available": Field(Kind.number, lambda f: f.agents_available, low=0),
    "learned_score": Field(Kind.number, lambda f: f.learned_score, low=0, high=1),
}


def shown(name: str, facts: Facts) -> str:
    """What the field shows, for people: what made the signal fire if that is known, else the value."""
    field = FIELDS[name]
    if field.signal and (fired := facts.signals.why.get(name)):
        return fired
    return plain(field.read(facts))


def plain(value: Scalar | frozenset[str]) -> str:
    """A value as short text that is the same on every machine."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
