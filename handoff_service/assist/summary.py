"""A conversation at a glance, for the agent who takes it over. Pure: told from turns and messages.

Everything in it names the message that it is told from, so that it can be looked up.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from handoff_service.assist.grams import asks, grams
from handoff_service.assist.references import Reference, masked, references, unique
from handoff_service.decision.running import DISPLEASED_AT, MOOD_TURNS

LONGEST_SENTENCE = 160  # characters: what is read at a glance
TRIED_AT_MOST = 6  # the last ones; more nobody reads
TREND = 0.25  # of the mean sentiment: less of a change is chance
TREND_TURNS = 8  # looked back on: what was before does not tell where it goes now
ANGRY_AT = -0.7
PLEASED_AT = 0.4
NEUTRAL = 0.25  # a request for a person that shows no more feeling than this shows none
DOUBTFUL = 0.5  # below it, the classifier itself takes another intent to be as likely

type Mood = Literal["pleased", "calm", "displeased", "angry"]
type Trend = Literal["better", "steady", "worse"]
type Did = Literal["answered", "asked", "looked_up", "not_understood"]

# What the bot's question is about, where it asks for something; the first that fits.
_ASKED_FOR: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("invoice_title", r"抬头写什么|name should be on the invoice"),
        ("tax_number", r"发.{0,4}税号|tax number"),
        ("email", r"发到哪个邮箱|邮箱地址|e-mail address|which e-mail"),
        ("return_reason", r"为什么想退|why would you like to return"),
        ("loan_amount", r"想贷多少|how much would you like to borrow"),
        ("loan_months", r"分多久还|over how long"),
        ("income", r"税后收入|income after tax"),
        (
            "order_number",
            r"订单号.{0,6}发给我|send me (?:the|its|your) (?:order )?number|number of the order",
        ),
    )
)
_WANTS = re.compile(
    r"[?？]|想|要|能不能|可以|怎么|什么|哪|吗|呢|帮|为何|多久|赶紧|"
    r"\b(?:want|need|can|could|would|please|how|where|when|why|what|which|who|help)\b",
    re.IGNORECASE,
)
_SHORT_ZH, _SHORT_EN = 80, 200
"""Characters of a form's question; what is longer is an answer that may end with one."""

_SENTENCES = re.compile(r"(?<=[。！？!?；\n])|(?<=\. )")


@dataclass(frozen=True, slots=True)
class Line:
    """A message; what is behind `assessed` is of its turn, if it has one."""

    id: str
    author: str
    text: str
    sent_at: dt.datetime
    author_name: str | None = None
    private: bool = False
    assessed: bool = False
    owner: str | None = None
    intent: str | None = None
    confidence: float = 1.0  # of the intent
    topic: str | None = None
    question: bool = False
    fallback: bool = False
    asks_human: bool = False
    rejects_answer: bool = False
    handed_over: bool = False
    sentiment: float = 0.0


@dataclass(frozen=True, slots=True)
class Wish:
    topic: str | None
    sentence: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What the bot did. `text`: its words, or what it asked for; `given`: what the customer said to that."""

    did: Did
    text: str
    message_id: str
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Feeling:
    mood: Mood
    trend: Trend
    sentiment: float


@dataclass(frozen=True, slots=True)
class Note:
    author: str
    text: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Summary:
    wish: Wish | None
    references: Mapping[Reference, str] = field(hash=False)  # with the message that named it first
    tried: Sequence[Tried]
    feeling: Feeling | None
    note: Note | None


def summarise(lines: Sequence[Line]) -> Summary:
    """`lines`: the whole conversation in the order in which it was said."""
    customers = [line for line in lines if line.author == "customer"]
    return Summary(
        wish=_wish(customers),
        references=unique((reference, line.id) for line in customers for reference in references(line.text)),
        tried=list(_tried(lines))[-TRIED_AT_MOST:],
        feeling=_feeling(_sentiments([line for line in customers if line.assessed])),
        note=_note(lines),
    )


def _wish(customers: Sequence[Line]) -> Wish | None:
    """The customer's own sentence that states the matter. What they say to an agent counts only where they
    had asked for nothing before."""
    before = [line for line in customers if line.owner != "agent"]
    telling = [line for line in before if asks(line.text)]
    line = _stating(telling) or next((each for each in customers if asks(each.text)), None)
    if line is None:
        return None
    said_before = telling[: telling.index(line)] if line in telling else []
    known = (topic for each in reversed(said_before) if (topic := _topic(each)))
    return Wish(_topic(line) or next(known, None), _key_sentence(line.text), line.id)


def _stating(telling: Sequence[Line]) -> Line | None:
    """The last that is plainly of some matter: a later matter replaces an earlier one. Without any the most
    telling of the others, and of what is only about how the talk went where there is nothing else."""
    plain = [line for line in telling if _how_plainly(line) == PLAIN]
    if plain:
        return plain[-1]
    return max(telling, key=lambda line: (_how_plainly(line), _tells(line.text)), default=None)


PLAIN = 3


def _how_plainly(line: Line) -> int:
    """How plainly a turn states what the customer came for."""
    topic = _topic(line)
    if line.rejects_answer or (topic is None and line.intent in _SMALL_TALK):
        return 0
    if topic is None:
        return 1
    sure = (line.topic or line.question) and not line.fallback and line.confidence >= DOUBTFUL
    # a complaint is as often about the course of this very talk
    return PLAIN if sure and topic != "complaint" else 2


_NO_TOPIC_WORDS = (
    "affirm deny greet thank goodbye bot_challenge request_human decline_human give_up_waiting "
    "reject_answer inform_order_number stop_form nlu_fallback out_of_scope"
)
_NO_TOPIC = frozenset(_NO_TOPIC_WORDS.split())


_SMALL_TALK = frozenset({"greet", "thank", "goodbye", "bot_challenge"})


def _topic(line: Line) -> str | None:
    """What the turn is about, as the signals have it; an intent is more of a topic than none."""
    return line.topic or (line.intent if line.intent and line.intent not in _NO_TOPIC else None)


def _key_sentence(text: str) -> str:
    """Of several sentences the one that tells most."""
    sentences = [part.strip() for part in _SENTENCES.split(masked(text)) if part.strip()]
    told = max(
        sentences,
        key=lambda part: (bool(_WANTS.search(part)), _tells(part)) if asks(part) else (False, 0),
    )
    return _shortened(told)


def _tells(text: str) -> int:
    """How much it tells: its different pieces."""
    return len(set(grams(text)))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SENTENCE else f"{text[: LONGEST_SENTENCE - 1]}…"


def _tried(lines: Sequence[Line]) -> Iterator[Tried]:
    """What the bot said before a person had it, each thing once."""
    seen: set[tuple[Did, str]] = set()
    for number, line in enumerate(lines):
        if line.author == "agent" and not line.private:
            return
        if line.author != "bot" or not line.text.strip():
            continue
        before = next((each for each in reversed(lines[:number]) if each.author == "customer"), None)
        tried = _what_it_did(line, before, lines[number + 1 :])
        if tried is not None and (tried.did, tried.text) not in seen:
            seen.add((tried.did, tried.text))
            yield tried


def _what_it_did(line: Line, before: Line | None, after: Sequence[Line]) -> Tried | None:
    if before is None or before.asks_human or before.owner not in (None, "bot"):
        return None  # a greeting, or the notice of the handoff
    if before.intent in _SMALL_TALK:
        return None
    if before.fallback:
        return Tried("not_understood", _shortened(masked(before.text)), before.id)
    if before.handed_over:
        return None
    short = len(line.text) <= (_SHORT_EN if line.text.isascii() else _SHORT_ZH)
    wanted = next((name for name, pattern in _ASKED_FOR if short and pattern.search(line.text)), None)
    if wanted is not None:
        reply = next((each for each in after if each.author == "customer"), None)
        given = _shortened(masked(reply.text)) if reply is not None and _fills(wanted, reply) else None
        return Tried("asked", wanted, line.id, given)
    ordered = {reference.text for reference in references(line.text) if reference.kind == "order"}
    if ordered:
        return Tried("looked_up", sorted(ordered)[0], line.id)
    if not asks(line.text):
        return None
    return Tried("answered", _shortened(masked(_SENTENCES.split(line.text.strip())[0].strip())), line.id)


def _fills(wanted: str, reply: Line) -> bool:
    if reply.asks_human or reply.handed_over or reply.fallback:
        return False
    if wanted == "order_number":
        return any(reference.kind == "order" for reference in references(reply.text))
    return True


def _sentiments(turns: Sequence[Line]) -> list[float]:
    """Of the turns that show some; of all where none does."""
    showing = [line for line in turns if not line.asks_human or abs(line.sentiment) > NEUTRAL]
    return [line.sentiment for line in showing or turns]


def _feeling(sentiments: Sequence[float]) -> Feeling | None:
    if not sentiments:
        return None
    now = sum(sentiments[-MOOD_TURNS:]) / len(sentiments[-MOOD_TURNS:])
    lowest = min(sentiments[-2:])  # one outburst just now is not averaged away
    mood: Mood = "calm"
    if now <= ANGRY_AT or lowest <= ANGRY_AT:
        mood = "angry"
    elif now <= DISPLEASED_AT or lowest <= DISPLEASED_AT:
        mood = "displeased"
    elif now >= PLEASED_AT:
        mood = "pleased"
    change = _change(sentiments[-TREND_TURNS:])
    trend: Trend = "better" if change >= TREND else "worse" if change <= -TREND else "steady"
    return Feeling(mood, trend, round(now, 2))


def _change(sentiments: Sequence[float]) -> float:
    """How the last two turns differ from the first half."""
    first = sentiments[: max(1, len(sentiments) // 2)]
    last = sentiments[-2:] if len(sentiments) > 2 else sentiments[-1:]
    return round(sum(last) / len(last) - sum(first) / len(first), 2)


def _note(lines: Sequence[Line]) -> Note | None:
    """The last that a colleague left."""
    notes = (line for line in reversed(lines) if line.private and line.author == "agent")
    line = next((note for note in notes if note.text.strip()), None)
    return Note(line.author_name or "", masked(line.text), line.id) if line else None
