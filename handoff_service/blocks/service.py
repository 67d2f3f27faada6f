"""Blocking and what follows from it.

While a block stands, a customer's words are stored and shown like any others, and that is all: no handoff
opens, nobody can take the conversation over, the bot does not answer. They are told once on each of their
channels: at once where a person had them, else when they next write.
"""

import datetime as dt

from handoff_service import routing_service
from handoff_service.blocks import repository
from handoff_service.blocks.schemas import BlockIn
from handoff_service.conversations import messages, ownership
from handoff_service.conversations import repository as conversations
from handoff_service.customers import repository as customers
from handoff_service.errors import NotFound, Unprocessable
from handoff_service.models import Block, Conversation
from handoff_service.ratings import service as ratings
from handoff_service.unit import Unit


def block_customer(unit: Unit, customer_id: str, given: BlockIn) -> Block:
    """On all channels. What stood before is replaced."""
    customer = customers.get(unit.session, customer_id)
    if customer is None:
        raise NotFound("No such customer.")
    sender_ids = [identity.sender_id for identity in customer.identities]
    return _block(unit, given, sender_ids, customer_id=customer_id)


def block_of_conversation(unit: Unit, conversation: Conversation, given: BlockIn) -> Block:
    """The customer of the conversation; a visitor nobody knows, by the sender id."""
    customer = conversations.customer_of(unit.session, conversation.sender_id)
    if customer is not None:
        return block_customer(unit, customer.id, given)
    return _block(unit, given, [conversation.sender_id], sender_id=conversation.sender_id)


def lift_from_customer(unit: Unit, customer_id: str) -> None:
    """Nothing, where nothing stands."""
    customer = customers.get(unit.session, customer_id)
    if customer is None:
        raise NotFound("No such customer.")
    for block in standing_against_customer(unit, customer_id):
        _end(unit, block, "customer.unblock")


def lift_from_conversation(unit: Unit, conversation: Conversation) -> None:
    """Whatever stands against its sender."""
    while (block := repository.standing(unit.session, conversation.sender_id, unit.now)) is not None:
        _end(unit, block, "customer.unblock")


def standing_against_customer(unit: Unit, customer_id: str) -> list[Block]:
    customer = customers.get(unit.session, customer_id)
    sender_ids = [identity.sender_id for identity in customer.identities] if customer else []
    return list(repository.not_ended(unit.session, customer_id=customer_id, sender_ids=sender_ids))


def keeps_out(unit: Unit, conversation: Conversation) -> bool:
    """Whether its customer, who has just written, is blocked; then they are told, unless they know."""
    block = unit.session.get(Block, conversation.block_id) if conversation.block_id else None
    if block is not None and _over(block, unit.now):
        _end(unit, block, "customer.block_over")
        return keeps_out(unit, conversation)
    if block is not None:
        _tell(unit, conversation, block)
    return block is not None


def reconsider(unit: Unit, conversation: Conversation) -> None:
    """The conversation has come to belong to another customer, or to nobody."""
    block = repository.standing(unit.session, conversation.sender_id, unit.now)
    if block is None:
        conversation.block_id = None
    elif conversation.block_id != block.id:
        _apply(unit, conversation, block)


def end_what_is_over(unit: Unit) -> None:
    """Called by the timer."""
    for block in repository.over(unit.session, unit.now):
        _end(unit, block, "customer.block_over")


def _block(
    unit: Unit,
    given: BlockIn,
    sender_ids: list[str],
    *,
    customer_id: str | None = None,
    sender_id: str | None = None,
) -> Block:
    if given.until is not None and given.until <= unit.now:
        raise Unprocessable("until must be a time to come.")
    # a visitor who was blocked and has become a customer since stands under one block, not two
    earlier = repository.not_ended(unit.session, customer_id=customer_id, sender_ids=sender_ids)
    for before in earlier:
        before.ended_at = unit.now
    unit.session.flush()
    block = Block(
        customer_id=customer_id,
        sender_id=sender_id,
        reason=given.reason,
        until=given.until,
        blocked_by=unit.actor,
        blocked_at=unit.now,
        told=sorted({sender for before in earlier for sender in before.told}),
    )
    unit.session.add(block)
    unit.session.flush()
    unit.audit("customer.block", **_details(block))
    for before in earlier:
        for under in repository.conversations_under(unit.session, before.id):
            _apply(unit, under, block)
    for each in sender_ids:
        ratings.close(unit, each)
        conversation = conversations.live(unit.session, each) or conversations.latest(unit.session, each)
        if conversation is not None:
            _apply(unit, conversation, block)
    routing_service.assign_waiting(unit)
    return block


def _apply(unit: Unit, conversation: Conversation, block: Block) -> None:
    """Show it there; where a person has the conversation or owes an answer, that is over."""
    conversation.block_id = block.id
    unit.touched.add(conversation)
    left = conversation.kind == "message" and conversation.status != "resolved"
    if conversation.owner != "bot" or left:
        ownership.resolve(unit, conversation, outcome="blocked", note=None)
        _tell(unit, conversation, block)


def _tell(unit: Unit, conversation: Conversation, block: Block) -> None:
    if conversation.sender_id in block.told:
        return
    block.told = [*block.told, conversation.sender_id]
    if block.until is None:
        messages.system_says(unit, conversation, "blocked", perishable=False)
    else:
        local = block.until.astimezone(unit.settings.time_zone)
        until = local.strftime("%Y-%m-%d %H:%M")
        messages.system_says(unit, conversation, "blocked_until", perishable=False, until=until)


def _end(unit: Unit, block: Block, action: str) -> None:
    block.ended_at = unit.now
    unit.audit(action, **_details(block))
    unit.session.flush()
    for conversation in repository.conversations_under(unit.session, block.id):
        other = repository.standing(unit.session, conversation.sender_id, unit.now)
        conversation.block_id = other.id if other else None
        unit.touched.add(conversation)


def _over(block: Block, now: dt.datetime) -> bool:
    return block.ended_at is not None or (block.until is not None and block.until <= now)


def _details(block: Block) -> dict[str, str | None]:
    return {
        "customer_id": block.customer_id,
        "sender_id": block.sender_id,
        "reason": block.reason,
        "until": block.until.isoformat() if block.until else None,
    }
