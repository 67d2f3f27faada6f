"""The outbox: what Rasa still has to be told, in order per sender.

Entries are written in the transaction of the change they follow from, so a crash can neither lose nor
invent one. Which entry is still worth sending is decided at the moment of sending (`still_wanted`).
"""

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff_service.conversations import repository
from handoff_service.models import Conversation, Message, OutboxEntry
from handoff_service.unit import Unit

OPEN = ("waiting", "sending", "unknown")


def put(
    unit: Unit,
    conversation: Conversation,
    kind: str,
    *,
    message: Message | None = None,
    payload: dict[str, Any] | None = None,
    due_at: dt.datetime | None = None,
) -> OutboxEntry:
    """Append an entry: `pause`, `resume`, `answer` (the bot is to answer), `say`, `recall` (of a message)."""
    entry = OutboxEntry(
        number=unit.next_number("outbox"),
        sender_id=conversation.sender_id,
        conversation_id=conversation.id,
        epoch=conversation.epoch,
        kind=kind,
        message_id=message.id if message else None,
        payload={**(payload or {}), "correlation_id": unit.correlation_id},
        state="waiting",
        attempts=0,
        due_at=due_at or unit.now,
        created_at=unit.now,
    )
    unit.session.add(entry)
    unit.session.flush()
    return entry


def open_entries(session: Session, sender_id: str) -> list[OutboxEntry]:
    return list(
        session.scalars(
            select(OutboxEntry)
            .where(OutboxEntry.sender_id == sender_id, OutboxEntry.state.in_(OPEN))
            .order_by(OutboxEntry.number)
        )
    )


def entries_of(session: Session, message_id: str, kind: str) -> list[OutboxEntry]:
    """All that were written for a message, oldest first."""
    query = select(OutboxEntry).where(OutboxEntry.message_id == message_id, OutboxEntry.kind == kind)
    return list(session.scalars(query.order_by(OutboxEntry.number)))


def was_answered(session: Session, sender_id: str, message_id: str) -> bool:
    """Whether the bot was told to answer this message before; events can be shipped twice."""
    answers = session.scalars(
        select(OutboxEntry.payload).where(OutboxEntry.sender_id == sender_id, OutboxEntry.kind == "answer")
    )
    return any(payload.get("message_id") == message_id for payload in answers)


def should_be_paused(session: Session, sender_id: str) -> bool:
    """What the owner of the sender's live conversation implies for Rasa's tracker."""
    conversation = repository.live(session, sender_id)
    return conversation is not None and conversation.owner != "bot"


def still_wanted(session: Session, entry: OutboxEntry, conversation: Conversation) -> bool:
    """Whether the world still asks for this entry.

    Pause and resume are judged by the owner of now, not by the epoch they were written in: a pause is
    right for as long as any person owns the conversation. An agent's words are always sent: they were
    accepted, and the customer is owed them even when the agent has just returned the conversation.
    """
    if entry.kind == "pause":
        return should_be_paused(session, entry.sender_id)
    if entry.kind == "resume":
        return not should_be_paused(session, entry.sender_id)
    if entry.kind == "answer":
        return not should_be_paused(session, entry.sender_id)
    return not (entry.payload.get("perishable") and entry.epoch < conversation.epoch)
