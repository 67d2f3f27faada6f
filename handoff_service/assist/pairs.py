"""Questions with their answers in what was said in a conversation that is over. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handoff_service.assist.grams import asks, grams
from handoff_service.assist.scrubbing import placeholders, scrub
from handoff_service.assist.scrubbing.scrub import Language

SHORTEST = 16  # grams: "one moment, please" answers nothing
LONGEST = 1_000  # characters of an answer that somebody would still send as it is
OPEN_AT_MOST = 3  # placeholders: with more of them it is this customer's answer and nobody else's
ASKED_AT_MOST = 3  # messages of a question: what was written before them is of something else


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it matters here. `failed`: it never reached the customer, or was taken back."""

    author: str
    text: str
    private: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    question: str
    answer: str


def pairs_of(said: Sequence[Said], language: Language, known_names: Iterable[str] = ()) -> list[Pair]:
    """Every question that an agent answered, scrubbed of everything personal."""
    names = list(known_names)
    found = []
    for question, answer in _exchanges(said):
        if len(answer) > LONGEST:
            continue
        # cut after it is scrubbed: half a telephone number is none that could be known
        pair = Pair(scrub(question, language, names)[-LONGEST:], scrub(answer, language, names))
        if _worth_keeping(pair):
            found.append(pair)
    return found


def _exchanges(said: Iterable[Said]) -> Iterator[tuple[str, str]]:
    """Runs of a customer's messages, each with the run of an agent's that follows it."""
    asked: list[str] = []
    answered: list[str] = []
    for each in said:
        if each.private or each.failed or not each.text.strip():
            continue
        if each.author == "agent":
            answered.append(each.text.strip())
        elif each.author == "customer":
            if answered:
                yield "\n".join(asked[-ASKED_AT_MOST:]), "\n".join(answered)
                asked, answered = [], []
            asked.append(each.text.strip())
    if answered:
        yield "\n".join(asked[-ASKED_AT_MOST:]), "\n".join(answered)


def _worth_keeping(pair: Pair) -> bool:
    if not asks(pair.question) or not asks(pair.answer):
        return False
    return len(grams(pair.answer)) >= SHORTEST and len(placeholders(pair.answer)) <= OPEN_AT_MOST
