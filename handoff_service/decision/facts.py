"""What a decision is made from. Everything here can be stored as JSON and read back unchanged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from handoff_service.decision.questions import Question

LANGUAGES = ("zh", "en")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object, low: float, high: float) -> float:
    """`value` held within `low`…`high`; 0 for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return min(high, max(low, number)) if math.isfinite(number) else 0.0


def _share(value: object) -> float | None:
    """A number held within 0…1; None for what is no number."""
    return None if isinstance(value, bool) or not isinstance(value, int | float) else _number(value, 0.0, 1.0)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(value: object) -> tuple[str, ...]:
    return tuple(name for name in value if isinstance(name, str) and name) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Signals:
    """What one turn shows by itself, as the assistant's signal code saw it.

    The defaults are the neutral values: they hand nothing over. `language` is None when it is not known,
    `question` when the turn asks nothing that could be compared (thanks, form answers …). `attachments`: how
    many files came; `without_words`: nothing was said, only files or the like came. `why` says for a signal
    what made it fire, `failed` which signals crashed and are neutral for that reason.
    """

    version: str = "1"
    language: str | None = None
    intent: str | None = None
    confidence: float = 0.0
    fallback: bool = False
    sentiment: float = 0.0
    asks_human: bool = False
    gives_up: bool = False
    topic: str | None = None
    rejects_answer: bool = False
    threat: bool = False
    needs_advice: bool = False
    question: Question | None = None
    attachments: int = 0
    without_words: bool = False
    why: Mapping[str, str] = field(default_factory=dict, hash=False)
    failed: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, d: object) -> Self:
        """Signals from a turn's JSON. Never fails: what is missing or of the wrong type becomes neutral.

        One broken signal must cost that signal, not the customer's turn.
        """
        given = _mapping(d)
        language = given.get("language")
        return cls(
            version=_text(given.get("version")) or "1",
            language=language if language in LANGUAGES else None,
            intent=_text(given.get("intent")),
            confidence=_number(given.get("confidence"), 0.0, 1.0),
            fallback=given.get("fallback") is True,
            sentiment=_number(given.get("sentiment"), -1.0, 1.0),
            asks_human=given.get("asks_human") is True,
            gives_up=given.get("gives_up") is True,
            topic=_text(given.get("topic")),
            rejects_answer=given.get("rejects_answer") is True,
            threat=given.get("threat") is True,
            needs_advice=given.get("needs_advice") is True,
            question=Question.read(given.get("question")),
            attachments=_count(given.get("attachments")),
            without_words=given.get("without_words") is True,
            why={
                name: text
                for name, text in _mapping(given.get("why")).items()
                if isinstance(name, str) and isinstance(text, str) and text
            },
            failed=_names(given.get("failed")),
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON that `from_dict` reads back as an equal value."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "question": None if self.question is None else self.question.to_dict(),
            "why": dict(self.why),
            "failed": list(self.failed),
        }


@dataclass(frozen=True, slots=True)
class PastTurn:
    """An earlier turn of the same conversation that the bot owned."""

    signals: Signals
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """What the turns show together, this one included. `running.running_values` says what each means."""

    consecutive_fallbacks: int = 0
    repeat_count: int = 0
    displeased_streak: int = 0
    recent_sentiment: float = 0.0
    recent_topic: str | None = None
    attachments_without_words: int = 0


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of the customer beyond this conversation."""

    tier: str | None = None
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision may depend on.

    `business_hours`: whether the decision was made within them. `just_resolved`: whether an agent resolved
    the customer's conversation before this one, a short while ago. `agents_available`: online agents with
    capacity left who speak the turn's language. `learned_score`: how probably this turn should be handed
    over, as the model `learned_version` sees it; both None where no model is active.
    """

    signals: Signals
    running: Running
    customer: Customer
    agents_online: int
    channel: str
    business_hours: bool = True
    just_resolved: bool = False
    agents_available: int = 0
    learned_score: float | None = None
    learned_version: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON to store with the decision, so that it can be repeated."""
        return {
            "signals": self.signals.to_dict(),
            "running": {name: getattr(self.running, name) for name in self.running.__slots__},
            "customer": {"tier": self.customer.tier, "tags": sorted(self.customer.tags)},
            "agents_online": self.agents_online,
            "channel": self.channel,
            "business_hours": self.business_hours,
            "just_resolved": self.just_resolved,
            "agents_available": self.agents_available,
            "learned_score": self.learned_score,
            "learned_version": self.learned_version,
        }

    @classmethod
    def from_dict(cls, d: object) -> Self:
        """The facts that `to_dict` wrote; like `Signals.from_dict` it reads what is missing as neutral."""
        given = _mapping(d)
        running, customer = _mapping(given.get("running")), _mapping(given.get("customer"))
        tags = customer.get("tags")
        return cls(
            signals=Signals.from_dict(given.get("signals")),
            running=Running(
                consecutive_fallbacks=_count(running.get("consecutive_fallbacks")),
                repeat_count=_count(running.get("repeat_count")),
                displeased_streak=_count(running.get("displeased_streak")),
                recent_sentiment=_number(running.get("recent_sentiment"), -1.0, 1.0),
                recent_topic=_text(running.get("recent_topic")),
                attachments_without_words=_count(running.get("attachments_without_words")),
            ),
            customer=Customer(
                tier=_text(customer.get("tier")),
                tags=frozenset(t for t in tags if isinstance(t, str))
                if isinstance(tags, list)
                else frozenset(),
            ),
            agents_online=_count(given.get("agents_online")),
            channel=_text(given.get("channel")) or "",
            business_hours=given.get("business_hours") is not False,
            just_resolved=given.get("just_resolved") is True,
            agents_available=_count(given.get("agents_available")),
            learned_score=_share(given.get("learned_score")),
            learned_version=_count(given.get("learned_version")) or None,
        )
