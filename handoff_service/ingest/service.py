"""Take in events, in order; each is stored once, and none can hold back those behind it."""

import hashlib
import json
from typing import Any

import structlog
from pydantic import ValidationError

from handoff_service.blocks import service as blocks
from handoff_service.conversations import messages, repository
from handoff_service.conversations.opening import live_or_new
from handoff_service.handoffs import service as handoffs
from handoff_service.ingest import tracker
from handoff_service.ingest.event import Event, Poisoned, parse
from handoff_service.ingest.schemas import Result
from handoff_service.models import DeadLetter
from handoff_service.rasa import delivery
from handoff_service.ratings import service as ratings
from handoff_service.sanitize import storable, storable_json
from handoff_service.turns import repository as turns
from handoff_service.turns.schemas import TurnIn
from handoff_service.turns.service import take_turn
from handoff_service.unit import Unit
from handoff_service.visits import answers

log = structlog.get_logger(__name__)

ASKS_HUMAN = "request_human"
"""The assistant's intent for a plain request for a person: the backstop's evidence."""


def take_in(unit: Unit, items: list[Any]) -> list[Result]:
    """One result per item. A poisoned event goes to the dead letters, with an alarm in the log."""
    results = []
    senders = set()
    unassessed: list[Event] = []
    for item in items:
        item_id = item.get("id") if isinstance(item, dict) else None
        try:
            event = parse(item)
            stored = False
            if _says_something(event):
                with unit.savepoint():
                    stored = _take(unit, event, unassessed)
        except Exception as error:  # whatever is wrong with one event must cost that event only
            reason = str(error) if isinstance(error, Poisoned) else type(error).__name__
            _bury(unit, item, reason)
            log.exception("event_rejected", item_id=item_id, reason=reason)
            results.append(Result(id=item_id, status="rejected", reason=reason))
        else:
            senders.add(event.sender_id)
            results.append(Result(id=item_id, status="stored" if stored else "duplicate"))
    for event in unassessed:
        _hand_over_unassessed(unit, event)
    for sender_id in sorted(senders):
        tracker.mend(unit, sender_id)
    return results


def _says_something(event: Event) -> bool:
    """Whether anything here depends on it. Most of a turn's events are of Rasa's own affairs."""
    return event.kind in ("user", "bot") or _is_late_turn(event) or tracker.shows_pause(event)


def _take(unit: Unit, event: Event, unassessed: list[Event]) -> bool:
    """True when the event was new. Requests for a person that nobody assessed are added to `unassessed`."""
    if event.kind == "user":
        return _customer(unit, event, unassessed)
    if event.kind == "bot":
        return _bot(unit, event)
    if event.kind == "slot":
        return _late_turn(unit, event)
    return tracker.observe(unit, event)


def _customer(unit: Unit, event: Event, unassessed: list[Event]) -> bool:
    if event.message_id is None:
        return False  # not a customer's words but an intent triggered from outside; only Rasa leaves it out
    turn = turns.find(unit.session, event.sender_id, event.message_id)
    if turn is None and _rates(unit, event):
        take_turn(unit, _unassessed(event), late=True)  # what it is kept in comes behind, and is known then
        return True
    conversation, _message, new = messages.customer_wrote(
        unit,
        sender_id=event.sender_id,
        channel=_channel(event),
        message_id=event.message_id,
        text=event.words,
        sent_at=event.sent_at,
        attachments=event.attachments,
    )
    blocked = turn is None and blocks.keeps_out(unit, conversation)
    if turn is None and event.intent.get("name") == ASKS_HUMAN:
        unassessed.append(event)
    elif turn is None and new:
        handoffs.wake_if_snoozed(unit, conversation)
    meant_for_bot = (turn.owner if turn else conversation.owner) == "bot"
    if meant_for_bot and conversation.owner == "bot" and not blocked:
        tracker.note_unanswered(unit, event)
    return new


def _rates(unit: Unit, event: Event) -> bool:
    """Whether the words say how satisfied the customer is: they do, also when we were away as they came."""
    words = "" if event.attachments else event.words
    return ratings.answered_by(unit, event.sender_id, words, event.sent_at) is not None


def _hand_over_unassessed(unit: Unit, event: Event) -> None:
    """The backstop, at the end of the batch: the turn itself may have come behind its message, as the slot it
    was kept in, and then it knows better."""
    if turns.find(unit.session, event.sender_id, event.message_id or "") is None:
        why = {"asks_human": f"intent {ASKS_HUMAN}, seen when the events arrived"}
        take_turn(unit, _unassessed(event, intent=ASKS_HUMAN, asks_human=True, why=why), late=True)


def _unassessed(event: Event, **signals: Any) -> TurnIn:
    """A turn that nobody assessed; `signals` are what Rasa's own understanding says of it."""
    confidence = event.intent.get("confidence")
    return TurnIn(
        sender_id=event.sender_id,
        channel=_channel(event),
        message_id=event.message_id or "",
        sent_at=event.sent_at,
        text=event.words,
        signals={
            "version": "backstop",
            "language": _guess(event.words),
            "confidence": confidence if isinstance(confidence, int | float) else 0.0,
            **signals,
        },
    )


def _guess(text: str) -> str:
    return "zh" if any("一" <= character <= "鿿" for character in text) else "en"


def _bot(unit: Unit, event: Event) -> bool:
    our_id = event.metadata.get("message_id")
    if isinstance(our_id, str) and delivery.confirm_echo(unit, our_id, event.metadata.get("resend")):
        return False
    key = _bot_key(event)
    if repository.message_by_key(unit.session, key) is not None:
        return False
    conversation = repository.live(unit.session, event.sender_id) or repository.latest(
        unit.session, event.sender_id
    )
    if conversation is None:
        conversation = live_or_new(unit, event.sender_id, "")
    lost = answers.lost_before(unit, key)
    data = event.body.get("data")
    attachments = [data] if isinstance(data, dict) and any(data.values()) else []
    messages.add_message(
        unit,
        conversation,
        author="bot",
        text=event.text,
        sent_at=event.sent_at,
        key=key,
        attachments=attachments,
        delivery="failed" if lost else None,
        failure=lost,
    )
    if conversation.owner == "agent" and not _tells_of_handoff(event):
        log.warning("bot_spoke_while_agent_owns", conversation_id=conversation.id)
    return True


def _bot_key(event: Event) -> str:
    if event.reply_to is not None and event.n is not None:
        return messages.bot_key(event.sender_id, event.reply_to, event.n)
    told = json.dumps([event.sent_at.timestamp(), event.text, event.body.get("data")], sort_keys=True)
    return f"bot:{event.sender_id}:#{hashlib.sha256(told.encode()).hexdigest()}"


def _tells_of_handoff(event: Event) -> bool:
    return event.reply_to is not None  # an answer within a turn; the turn that handed over tells of it


def _is_late_turn(event: Event) -> bool:
    """A turn that could not reach us in time comes again as the slot it was kept in."""
    value = event.body.get("value")
    return (
        event.kind == "slot"
        and event.body.get("name") == "turn"
        and isinstance(value, dict)
        and value.get("decision") == "unreachable"
        and isinstance(value.get("turn"), dict)
    )


def _late_turn(unit: Unit, event: Event) -> bool:
    try:
        given = TurnIn.model_validate(event.body["value"]["turn"])
    except ValidationError as error:
        raise Poisoned(f"a late turn with wrong values: {error.error_count()}") from error
    if given.sender_id != event.sender_id:
        raise Poisoned("a late turn of another sender")
    if turns.find(unit.session, given.sender_id, given.message_id) is not None:
        return False
    take_turn(unit, given, late=True)
    return True


def _channel(event: Event) -> str:
    channel = event.body.get("input_channel")
    return channel[:100] if isinstance(channel, str) else ""


def _bury(unit: Unit, item: Any, reason: str) -> None:
    sender_id = item.get("sender_id") if isinstance(item, dict) else None
    unit.session.add(
        DeadLetter(
            sender_id=storable(sender_id)[:500] if isinstance(sender_id, str) else None,
            event=json.dumps(storable_json(item), ensure_ascii=False, default=str),
            reason=reason,
            created_at=unit.now,
        )
    )
    unit.publish("dead_letter.added", {"reason": reason})
