"""Storing a customer. Conversations under way show the change at once."""

from handoff_service.blocks import service as blocks
from handoff_service.conversations import repository as conversations
from handoff_service.customers import repository
from handoff_service.customers.schemas import CustomerIn
from handoff_service.errors import Conflict
from handoff_service.models import Customer, Identity
from handoff_service.models.base import new_id
from handoff_service.unit import Unit


class IdentityTaken(Conflict):
    title = "A sender_id belongs to another customer"


def put(unit: Unit, customer_id: str, given: CustomerIn) -> Customer:
    """Create or replace."""
    sender_ids = {identity.sender_id for identity in given.identities}
    taken = repository.taken_by_others(unit.session, sender_ids, customer_id)
    if taken:
        raise IdentityTaken(f"Taken: {', '.join(taken[:5])}.")
    customer = repository.get(unit.session, customer_id)
    created = customer is None
    if customer is None:
        customer = Customer(id=customer_id, tags=[], identities=[])
        unit.session.add(customer)
    if given.name != customer.name:
        customer.name, customer.named_by_site = given.name, False
    customer.tier, customer.tags = given.tier, given.tags
    customer.language = given.language
    _replace_identities(customer, given)
    unit.session.flush()
    for conversation in repository.live_conversations(unit.session, sender_ids, customer_id):
        conversation.customer_id = customer_id if conversation.sender_id in sender_ids else None
        blocks.reconsider(unit, conversation)
        unit.touched.add(conversation)
    unit.audit(
        "customer.create" if created else "customer.change",
        customer_id=customer_id,
        tier=given.tier,
        tags=given.tags,
        identities=sorted(sender_ids),
    )
    return customer


def named_by_site(unit: Unit, sender_id: str, channel: str, name: str) -> None:
    """The site where the customer is logged in says what they are called; what somebody at the desk has
    written down stands."""
    customer = conversations.customer_of(unit.session, sender_id)
    if customer is None:
        identity = Identity(sender_id=sender_id, channel=channel)
        customer = Customer(id=new_id(), tags=[], identities=[identity])
        unit.session.add(customer)
    elif customer.name == name or not (customer.name is None or customer.named_by_site):
        return
    customer.name, customer.named_by_site = name, True
    unit.session.flush()
    for conversation in repository.live_conversations(unit.session, [sender_id], customer.id):
        conversation.customer_id = customer.id
        unit.touched.add(conversation)
    unit.audit("customer.named", customer_id=customer.id)


def _replace_identities(customer: Customer, given: CustomerIn) -> None:
    """Keeps the rows that stay: a primary key cannot be deleted and inserted in one flush."""
    known = {identity.sender_id: identity for identity in customer.identities}
    rows = []
    for identity in given.identities:
        row = known.get(identity.sender_id) or Identity(sender_id=identity.sender_id)
        row.channel = identity.channel
        rows.append(row)
    customer.identities = rows
