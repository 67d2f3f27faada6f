"""Customers edit and delete what they wrote, and react to what we did."""

from handoff_service.conversations import repository as conversations
from handoff_service.conversations.messages import answer_key, customer_key, customer_wrote, publish_message
from handoff_service.models import Conversation, Message
from handoff_service.sanitize import as_typed
from handoff_service.unit import Unit
from handoff_service.visits import repository
from handoff_service.visits.schemas import Change

LONGEST_REACTION = 40
"""Characters: an emoji of a family with skin tones is long."""


def take_change(unit: Unit, sender_id: str, given: Change) -> None:
    """Said again it changes nothing. Of a message that nobody here knows nothing is kept."""
    if given.change == "reacted":
        for message, conversation in _ours(unit, sender_id, given.message_id):
            reaction = given.text[:LONGEST_REACTION] or None
            if message.reaction != reaction:
                message.reaction = reaction
                _show(unit, conversation, message)
        return
    conversation, message = _theirs(unit, sender_id, given)
    if message.recall is not None:
        return
    if given.change == "recalled":
        message.recall, message.recalled_at = "done", unit.now
        _show(unit, conversation, message)
        unit.audit("message.deleted", conversation.id, message_id=message.id)
    elif message.text != (text := as_typed(given.text)):
        message.original = message.text if message.original is None else message.original
        message.text = text
        _show(unit, conversation, message)
        unit.audit("message.edited", conversation.id, message_id=message.id)


def _ours(unit: Unit, sender_id: str, message_id: str) -> list[tuple[Message, Conversation]]:
    """An agent's, the system's, or what the bot said in a turn."""
    if key := answer_key(sender_id, message_id):
        said = conversations.message_by_key(unit.session, key)
        return [(said, unit.session.get_one(Conversation, said.conversation_id))] if said else []
    return repository.told(unit.session, sender_id, [message_id])


def _theirs(unit: Unit, sender_id: str, given: Change) -> tuple[Conversation, Message]:
    """The customer's message. The change may be quicker than the message itself, which is then stored as it
    has become: what comes later under its id is known."""
    known = conversations.message_by_key(unit.session, customer_key(sender_id, given.message_id))
    if known is not None:
        return unit.session.get_one(Conversation, known.conversation_id), known
    conversation, message, _new = customer_wrote(
        unit,
        sender_id=sender_id,
        channel=given.channel,
        message_id=given.message_id,
        text=given.text,
        sent_at=unit.now,
    )
    return conversation, message


def _show(unit: Unit, conversation: Conversation, message: Message) -> None:
    publish_message(unit, "message.updated", conversation, message)
