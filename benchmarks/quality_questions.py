"""How well a repeated question is told from a new one: precision and recall of "the same".

Each pair is two turns of one conversation. The assistant's signals (`actions/signals/question.py`) make what
each asks comparable, and the service's `times_asked` says whether the later one repeats the earlier, as it
does live. A turn that asks nothing (thanks, an answer to a form) repeats nothing. The intents are those that
the pairs name, so it is the comparison that is measured and not the classifier; the second figure of a set is
with no intent understood at all. Single turns that ask nothing are counted apart. `first` is what a set gave
when it was measured for the first time, before anything was changed for it. --errors lists the wrong pairs.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "assistant"
NOT_UNDERSTOOD = "-"
FALLBACK = "nlu_fallback"


class Set(NamedTuple):
    """`first`: precision and recall when first measured, with intents and without; None where not kept."""

    file: str
    written: str
    first: str | None = None


SETS = (
    Set("same_question.yml", "written before tuning"),
    Set("same_question_later.yml", "written afterwards", "0.82 / 0.88, without intents 0.80 / 0.48"),
    Set("same_question_third.yml", "written later still", "0.82 / 0.82, without intents 0.67 / 0.14"),
)


class Pair(NamedTuple):
    """`slot`: what a form asks for when the later turn is said."""

    same: bool
    intent: str
    text: str
    later_intent: str
    later_text: str
    slot: str | None = None


class Score(NamedTuple):
    precision: float
    recall: float

    @classmethod
    def of(cls, wanted: Sequence[bool], said: Sequence[bool]) -> "Score":
        both = sum(w and s for w, s in zip(wanted, said, strict=True))
        return cls(both / (sum(said) or 1), both / (sum(wanted) or 1))

    def __str__(self) -> str:
        return f"{self.precision:.2f} / {self.recall:.2f}"


def pairs(document: dict[str, Any]) -> Iterator[Pair]:
    """All pairs of a set; a turn that asks nothing is a pair where the one before it is given."""
    for kind in ("same", "different", "nothing"):
        for words in document.get(kind, ()):
            if len(words) > 2:
                yield Pair(kind == "same", *words)


def singles(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Intent and words of turns that ask nothing."""
    return [(intent, text) for intent, text, *more in document.get("nothing", ()) if not more]


def asked(intent: str, text: str, slot: str | None = None) -> Any:
    """The question of a turn as the service reads it; None for none."""
    from actions.signals import signals_of
    from handoff_service.decision.questions import Question

    name = FALLBACK if intent == NOT_UNDERSTOOD else intent
    parsed = {"intent": {"name": name, "confidence": 0.7}}
    return Question.read(signals_of(text, parsed, "zh", requested_slot=slot)["question"])


def said_same(pair: Pair, *, intents: bool) -> bool:
    from handoff_service.decision.questions import times_asked

    one = asked(pair.intent if intents else NOT_UNDERSTOOD, pair.text)
    other = asked(pair.later_intent if intents else NOT_UNDERSTOOD, pair.later_text, pair.slot)
    return one is not None and other is not None and times_asked([one, other]) == 2


def main(show: Callable[[str], None] = print) -> None:
    import yaml

    show("Questions, precision / recall of “the same”:")
    for each in SETS:
        document = yaml.safe_load((FOLDER / each.file).read_text(encoding="utf-8"))
        measured = list(pairs(document))
        wanted = [pair.same for pair in measured]
        said = [said_same(pair, intents=True) for pair in measured]
        without = [said_same(pair, intents=False) for pair in measured]
        first = f" (first {each.first})" if each.first else ""
        show(
            f"  {len(measured)} pairs {each.written}, {each.file}: {Score.of(wanted, said)}, "
            f"without intents {Score.of(wanted, without)}{first}"
        )
        if alone := singles(document):
            silent = sum(asked(intent, text) is None for intent, text in alone)
            show(f"    turns that ask nothing: {silent} of {len(alone)} recognised")
        if "--errors" in sys.argv:
            for pair, is_said in zip(measured, said, strict=True):
                if pair.same != is_said:
                    error = "missed" if pair.same else "wrongly the same"
                    show(f"    {error}: {' | '.join(pair[1:5])}")


if __name__ == "__main__":
    # `make bench` starts every benchmark with the service's Python; spaCy is in the assistant's.
    python = ROOT / ".venv" / "bin" / "python"
    if Path(sys.executable).parent != python.parent:
        command = [python, "-m", "benchmarks.quality_questions", *sys.argv[1:]]
        raise SystemExit(subprocess.call(command, cwd=ROOT))
    main()
