"""A customer's message belongs to the live conversation of its sender; where there is none, one begins."""

from handoff_service.blocks import repository as blocks
from handoff_service.conversations import repository
from handoff_service.models import Conversation
from handoff_service.unit import Unit


def live_or_new(unit: Unit, sender_id: str, channel: str) -> Conversation:
    """The live conversation, or a new one with the bot that names the one before it."""
    conversation = repository.live(unit.session, sender_id)
    if conversation is not None:
        conversation.channel = conversation.channel or channel  # unknown where the bot spoke first
        return conversation
    before = repository.latest(unit.session, sender_id)
    customer = repository.customer_of(unit.session, sender_id)
    block = blocks.standing(unit.session, sender_id, unit.now)
    conversation = Conversation(
        sender_id=sender_id,
        channel=channel,
        previous_id=before.id if before else None,
        customer_id=customer.id if customer else None,
        language=(customer.language if customer else None) or (before.language if before else "zh"),
        last_agent_id=before.last_agent_id if before else None,
        epoch=1,
        status="open",
        owner="bot",
        control="confirmed",
        returned_seq=0,
        unread=0,
        read_message_id=before.read_message_id if before else None,
        rating_id=before.rating_id if before else None,
        block_id=block.id if block else None,
        created_at=unit.now,
        updated_at=unit.now,
    )
    unit.session.add(conversation)
    unit.session.flush()
    unit.touched.add(conversation)
    unit.audit("conversation.open", conversation.id, previous_id=conversation.previous_id)
    return conversation
