"""Why a conversation was handed over, or why not yet, from what is stored of it."""

from collections.abc import Iterator
from typing import Literal

from sqlalchemy.orm import Session

from handoff_service.decision.facts import Facts
from handoff_service.errors import Conflict, NotFound
from handoff_service.explaining import repository, words
from handoff_service.explaining.decisions import Told, tell_handoff, tell_stay
from handoff_service.explaining.schemas import ExplanationOut, HandoffExplained, TurnExplained
from handoff_service.models import Conversation, Handoff, Turn
from handoff_service.rules.errors import RuleError
from handoff_service.rules.repository import get as rule_version
from handoff_service.rules.service import rule_set

type Language = Literal["zh", "en"]


class NoSuchTurn(NotFound):
    title = "The conversation has no such turn"


class NotReadable(Conflict):
    title = "The rules of that time cannot be read by this version of Baton"


def explain(
    session: Session, conversation: Conversation, language: Language, number: int | None = None
) -> ExplanationOut:
    """The conversation as it stands: the handoff under way or, when it is resolved, the last one; else why
    the last turn stayed with the bot. With `number` (from 1) that turn alone."""
    if number is not None:
        turn = repository.turn_at(session, conversation.id, number)
        if turn is None:
            raise NoSuchTurn()
        return _turn(session, turn, number, language)
    handoff = repository.last_handoff(session, conversation.id)
    if handoff is not None and (conversation.owner != "bot" or conversation.status == "resolved"):
        return _handoff(session, handoff, language)
    turn = repository.last_turn(session, conversation.id)
    if turn is None:
        return _plain(conversation.id, language, words.say("no_turns", language))
    if turn.seq <= conversation.returned_seq:
        return _plain(conversation.id, language, words.say("not_again", language))
    key = "stayed" if conversation.status == "resolved" else "not_yet_again" if handoff else "not_yet"
    return _turn(session, turn, repository.number_of(session, turn), language, key)


def explain_all(session: Session, conversation: Conversation, language: Language) -> Iterator[ExplanationOut]:
    """Every turn, in order."""
    for number, turn in enumerate(repository.turns(session, conversation.id), start=1):
        yield _turn(session, turn, number, language)


def _handoff(session: Session, handoff: Handoff, language: Language) -> ExplanationOut:
    turn = repository.turn_of(session, handoff)
    if turn is not None:
        return _turn(session, turn, repository.number_of(session, turn), language)
    if handoff.source == "desk":
        agent = repository.who_claimed(session, handoff) or words.say("somebody", language)
        sentence = words.say("claimed", language, agent=agent)
    else:
        reason = next((each["why"].get("reason") for each in handoff.reasons), None)
        key = "by_caller_because" if reason else "by_caller"
        sentence = words.say(key, language, reason=reason)
    return _plain(handoff.conversation_id, language, sentence, handoff)


def _turn(
    session: Session, turn: Turn, number: int, language: Language, key: str = "stayed"
) -> ExplanationOut:
    handoff = repository.handoff_of(session, turn) if turn.decision == "handoff" else None
    if turn.decision in ("silent", "noted"):
        told = Told(words.say(_why_silent(turn), language, n=number), [], [])
    else:
        told = _decision(session, turn, number, language, key)
    sentence = told.sentence
    if turn.signals.get("version") == "backstop":
        sentence = f"{sentence} {words.say('backstop', language)}"
    elif handoff is not None and handoff.source == "ingest":
        sentence = f"{sentence} {words.say('late', language)}"
    return ExplanationOut(
        conversation_id=turn.conversation_id,
        language=language,
        sentence=sentence,
        turn=TurnExplained(
            number=number,
            id=turn.id,
            message_id=turn.message_id,
            sent_at=turn.sent_at,
            decision=turn.decision,  # type: ignore[arg-type]  # the column holds nothing else
            rule=turn.rule,
            rules_version=turn.rules_version,
            signals_version=str(turn.signals.get("version", "")),
            learned_version=Facts.from_dict(turn.facts).learned_version,
        ),
        handoff=_shown(handoff),
        matched=told.matched,
        nearest=told.nearest,
    )


def _decision(session: Session, turn: Turn, number: int, language: Language, key: str) -> Told:
    version = rule_version(session, turn.rules_version)
    assert version is not None  # no version is ever deleted
    try:
        rules = rule_set(version)
    except RuleError as error:
        raise NotReadable(f"Version {version.version}: {error}") from error
    facts = Facts.from_dict(turn.facts)
    if turn.rule is not None:
        return tell_handoff(number, facts, rules, turn.rule, language)
    return tell_stay(key, number, facts, rules, language)


def _why_silent(turn: Turn) -> str:
    if turn.decision == "noted":
        return "rated"
    reasons = {"queue": "waiting", "agent": "with_agent", "nobody": "blocked"}
    return reasons.get(turn.owner, "outdated")


def _plain(
    conversation_id: str, language: Language, sentence: str, handoff: Handoff | None = None
) -> ExplanationOut:
    return ExplanationOut(
        conversation_id=conversation_id,
        language=language,
        sentence=sentence,
        turn=None,
        handoff=_shown(handoff),
        matched=[],
        nearest=[],
    )


def _shown(handoff: Handoff | None) -> HandoffExplained | None:
    return HandoffExplained.model_validate(handoff, from_attributes=True) if handoff else None
