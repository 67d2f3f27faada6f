"""What is known of a conversation, turned into a summary and into suggested answers."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy.orm import Session

from handoff_service.assist import repository, words
from handoff_service.assist.asking import asked_before, question_of
from handoff_service.assist.harvest import said_of
from handoff_service.assist.schemas import (
    HandedOverOut,
    MoodOut,
    NoteOut,
    ReferenceOut,
    SummaryOut,
    TriedOut,
    WishOut,
)
from handoff_service.assist.summary import Feeling, Line, Wish, summarise
from handoff_service.decision.facts import Signals
from handoff_service.explaining.repository import last_handoff
from handoff_service.explaining.service import NotReadable, explain
from handoff_service.models import Conversation, Message, Turn

type Language = Literal["zh", "en"]

LOOKED_BACK = 40  # messages: what was asked before them is not what is to be answered now


def summary_of(session: Session, conversation: Conversation, language: Language) -> SummaryOut:
    turns = {
        turn.seq: turn for turn in repository.turns(session, conversation.id)
    }  # a turn has its message's
    messages = repository.said(session, conversation.id)
    summary = summarise([_line(message, turns.get(message.seq)) for message in messages])
    handed_over = _handed_over(session, conversation, language)
    return SummaryOut(
        conversation_id=conversation.id,
        language=language,
        text=words.told(summary, handed_over.reason if handed_over else None, language),
        wish=_wish(summary.wish, language),
        references=[
            ReferenceOut(
                kind=reference.kind,
                text=reference.text,
                label=words.reference_text(reference, language),
                message_id=message_id,
            )
            for reference, message_id in summary.references.items()
        ],
        tried=[
            TriedOut(
                did=each.did,
                text=each.text,
                given=each.given,
                label=words.tried_text(each, language),
                message_id=each.message_id,
            )
            for each in summary.tried
        ],
        handed_over=handed_over,
        mood=_mood(summary.feeling, language),
        note=NoteOut.model_validate(summary.note, from_attributes=True) if summary.note else None,
    )


def _wish(wish: Wish | None, language: Language) -> WishOut | None:
    if wish is None:
        return None
    return WishOut(
        topic=wish.topic,
        topic_name=words.topic_name(wish.topic, language),
        sentence=wish.sentence,
        message_id=wish.message_id,
    )


def _mood(feeling: Feeling | None, language: Language) -> MoodOut | None:
    if feeling is None:
        return None
    return MoodOut(
        mood=feeling.mood,
        trend=feeling.trend,
        sentiment=feeling.sentiment,
        label=words.feeling_text(feeling, language),
    )


def _line(message: Message, turn: Turn | None) -> Line:
    signals = Signals.from_dict(turn.signals) if turn is not None else Signals()
    return Line(
        id=message.id,
        author=message.author,
        text=message.text,
        sent_at=message.sent_at,
        author_name=message.author_name,
        private=message.private,
        assessed=turn is not None,
        owner=turn.owner if turn is not None else None,
        intent=signals.intent,
        confidence=signals.confidence,
        topic=signals.topic,
        question=signals.question is not None,
        fallback=signals.fallback,
        asks_human=signals.asks_human,
        rejects_answer=signals.rejects_answer,
        handed_over=turn is not None and turn.decision == "handoff",
        sentiment=signals.sentiment,
    )


def _handed_over(session: Session, conversation: Conversation, language: Language) -> HandedOverOut | None:
    """What the rule rests on, or who asked; None while the conversation has not left the bot."""
    handoff = last_handoff(session, conversation.id)
    if handoff is None or (conversation.owner == "bot" and conversation.status != "resolved"):
        return None
    try:
        explanation = explain(session, conversation, language)
    except NotReadable:
        return HandedOverOut(rule=handoff.rule, reason=handoff.rule or handoff.source)
    first = next((each for each in explanation.matched if each.rule == handoff.rule), None)
    if first is None:
        return HandedOverOut(rule=handoff.rule, reason=explanation.sentence)
    because = ("，" if language == "zh" else ", ").join(each.text for each in first.because)
    return HandedOverOut(rule=handoff.rule, reason=because or first.name or first.rule)


def asked(session: Session, conversation: Conversation) -> tuple[str | None, str, Sequence[Message]]:
    """The question that waits for an answer, if any, what was asked before it, and what was said last."""
    messages = repository.said(session, conversation.id, newest=LOOKED_BACK)
    said = [said_of(message) for message in messages]
    question = question_of(said)
    return question, asked_before(said, question) if question else "", messages
