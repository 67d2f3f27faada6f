"""All signals of one turn, in the shape of the contract with the handoff service."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from actions.signals.asks_human import Stance, Verdict, asks_human, stance
from actions.signals.attachments import attachments as count_attachments
from actions.signals.gives_up import gives_up
from actions.signals.intents import TOPIC_OF
from actions.signals.language import DEFAULT, language
from actions.signals.needs_advice import needs_advice
from actions.signals.question import question
from actions.signals.reading import Reading, read
from actions.signals.rejects_answer import rejects_answer
from actions.signals.sentiment import sentiment
from actions.signals.threat import threat
from actions.signals.topic import topic
from actions.signals.understanding import believed, not_understood
from actions.signals.whose import only_others_blame

log = logging.getLogger(__name__)

SIGNALS_VERSION = "8"  # stored with every turn; raised when the same turn would show something else

T = TypeVar("T")


def warm_up() -> None:
    """Load dictionaries, matchers and models now rather than in the first customer's turn."""
    signals_of("你好 hello", {}, None)


def signals_of(
    text: str,
    parse_data: Mapping[str, Any],
    previous_language: str | None,
    *,
    requested_slot: str | None = None,
    marked_unsolved: bool = False,
    attachments: Sequence[object] = (),
) -> dict[str, Any]:
    """Return what a turn shows.

    text: the customer's words; the first 2,000 characters count. parse_data: Rasa's result for them (`intent`
    with name and confidence). previous_language: of the turns before, for a turn without words.
    requested_slot: what an active form has asked for, if any. marked_unsolved: the customer pressed "not
    solved" under an answer, which rejects it whatever the words are. attachments: the media types of the
    files that came with the words.

    A signal that fails is logged and takes its neutral value, named in `failed`; the others do not suffer.
    Words that cannot be read at all ("reading") leave what the classifier said.
    """
    try:
        with read(text or "", parse_data or {}, previous_language, requested_slot) as reading:
            return _signals(reading, parse_data or {}, marked_unsolved, attachments)
    except Exception:
        log.exception("The words of a turn could not be read")
    with read("", parse_data or {}, previous_language, requested_slot) as reading:
        signals = _signals(reading, parse_data or {}, marked_unsolved, attachments)
    signals["failed"].append("reading")
    return signals


def _signals(
    reading: Reading, parse_data: Mapping[str, Any], marked_unsolved: bool, attachments: Sequence[object]
) -> dict[str, Any]:
    why: dict[str, str] = {}
    failed: list[str] = []

    def judge(name: str, neutral: T, signal: Callable[..., tuple[T, str | None]], *given: Any) -> T:
        try:
            value, reason = signal(*given)
        except Exception:
            log.exception("The signal %s failed", name)
            failed.append(name)
            why[name] = "the signal failed"
            return neutral
        if reason:
            why[name] = reason
        return value

    left = judge("believed", reading, _believed, reading)
    # Whatever breaks, a lost card stays one.
    named = judge("topic", TOPIC_OF.get(reading.intent or ""), topic, left)
    said = judge("stance", Verdict(Stance.SILENT), _stance, left)
    leaves = judge("gives_up", False, gives_up, left, said)
    rejected = judge("rejects_answer", False, rejects_answer, left, leaves)
    if marked_unsolved:
        rejected, why["rejects_answer"] = True, "marked as not solved"
    feeling = judge("sentiment", 0.0, _feeling, left)
    shown = rejected or leaves or said.stance is not Stance.SILENT
    return {
        "version": SIGNALS_VERSION,
        "language": judge("language", reading.previous_language or DEFAULT, language, reading),
        "intent": (parse_data.get("intent") or {}).get("name"),
        "confidence": round(reading.confidence, 4),
        "fallback": judge("fallback", reading.fallback, not_understood, reading, left, shown),
        "sentiment": feeling,
        "asks_human": judge("asks_human", False, asks_human, left, said),
        "gives_up": leaves,
        "topic": named,
        "rejects_answer": rejected,
        "threat": judge("threat", False, threat, left),
        "needs_advice": judge("needs_advice", False, needs_advice, left, named),
        "question": judge("question", None, question, left, rejected or said.stance is Stance.ASKS),
        "attachments": judge("attachments", len(attachments), count_attachments, attachments),
        "without_words": not reading.raw.strip(),
        "why": why,
        "failed": failed,
    }


def _stance(reading: Reading) -> tuple[Verdict, None]:
    return stance(reading), None


def _believed(reading: Reading) -> tuple[Reading, None]:
    return believed(reading), None


def _feeling(reading: Reading) -> tuple[float, str | None]:
    value, reason = sentiment(reading)
    if value < 0 and only_others_blame(reading):
        return 0.0, f"told of others: {reason}"
    return value, reason
