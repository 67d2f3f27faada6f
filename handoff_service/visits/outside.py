"""Customers whom people answer in the provider's own client: the desk keeps what was said."""

import datetime as dt

from handoff_service.attachments import using
from handoff_service.conversations import messages, ownership
from handoff_service.conversations import repository as conversations
from handoff_service.conversations.opening import live_or_new
from handoff_service.models import Conversation
from handoff_service.unit import Unit
from handoff_service.visits.schemas import Outside

ENDED = "ended_outside"
"""The outcome of a stretch that people elsewhere have ended."""


def take_outside(unit: Unit, sender_id: str, given: Outside) -> None:
    """Said again it changes nothing."""
    if given.what in ("said", "recalled"):
        _said(unit, sender_id, given)
        return
    conversation = conversations.live(unit.session, sender_id) or conversations.latest(
        unit.session, sender_id
    )
    if conversation is None:
        return
    if given.what == "ended" and conversation.owner == "queue":
        ownership.give_back(unit, conversation, outcome=ENDED, note=None, notice=None)
    elif given.what == "rated" and given.score is not None:
        _rated(unit, conversation, given.score)


def _said(unit: Unit, sender_id: str, given: Outside) -> None:
    key = f"outside:{sender_id}:{given.key}"
    message = conversations.message_by_key(unit.session, key)
    if message is not None and given.what == "recalled" and message.recall is None:
        message.recall, message.recalled_at = "done", unit.now
        conversation = unit.session.get_one(Conversation, message.conversation_id)
        messages.publish_message(unit, "message.updated", conversation, message)
    if message is not None or given.what == "recalled":
        return
    conversation = live_or_new(unit, sender_id, given.channel)
    messages.add_message(
        unit,
        conversation,
        author="agent",
        author_name=given.name,
        text=given.text,
        sent_at=unit.now if given.said_at is None else dt.datetime.fromtimestamp(given.said_at, dt.UTC),
        key=key,
        attachments=using.use_customers(unit, conversation, given.attachments),
        delivery="sent",
    )
    conversation.agent_wrote_at = conversation.updated_at = unit.now
    conversation.unread = 0


def _rated(unit: Unit, conversation: Conversation, score: int) -> None:
    """Without a question of ours, which is about one of our agents."""
    conversation.rating = score
    unit.touched.add(conversation)
    unit.audit("rating.give", conversation.id, score=score)
