"""Messages that customers leave: taken out of the live queue, answered when somebody gets to it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from handoff_service.blocks.refusal import refuse_blocked
from handoff_service.contacts import repository
from handoff_service.contacts.schemas import LeftMessage
from handoff_service.contacts.validation import email_address, phone_number
from handoff_service.contacts.view import hint, mailable, may_leave
from handoff_service.conversations import messages, ownership
from handoff_service.conversations import repository as conversations
from handoff_service.conversations.due import answer_due
from handoff_service.conversations.opening import live_or_new
from handoff_service.errors import BadRequest, Conflict, NotFound, TooMany
from handoff_service.handoffs import service as handoffs
from handoff_service.mail.schedule import owe_mail
from handoff_service.models import Contact, Conversation, Message
from handoff_service.unit import Unit

AT_MOST = 5
"""Messages that one customer may leave in an hour: more of them say nothing that one does not."""
WITHIN = dt.timedelta(hours=1)


class InvalidContact(BadRequest):
    """`field`: email, phone, or contact when there is neither."""

    title = "An e-mail address or a telephone number is needed"


class NoMessagesHere(Conflict):
    title = "No messages are left on this channel"


class WithAgent(Conflict):
    title = "A colleague is talking with the customer"


class ContactNotFound(NotFound):
    title = "The customer has left no contact"


def leave_message(
    unit: Unit, sender_id: str, given: LeftMessage
) -> tuple[Conversation, Message, Contact | None]:
    """Store it once per client id and make the conversation one of kind `message`.

    Who waited in the queue does so no longer; the bot serves them until a colleague picks the message up.
    """
    known = conversations.message_by_key(unit.session, repository.left_key(sender_id, given.client_id))
    if known is not None:
        conversation = unit.session.get_one(Conversation, known.conversation_id)
        return conversation, known, unit.session.get(Contact, sender_id)
    _check(unit, sender_id, given)
    contact = _keep(unit, sender_id, given)
    conversation = live_or_new(unit, sender_id, given.channel)
    _show(unit, conversation)
    if given.language:
        conversation.language = given.language
    message = messages.add_message(
        unit,
        conversation,
        author="customer",
        text=given.text,
        sent_at=unit.now,
        key=repository.left_key(sender_id, given.client_id),
    )
    if conversation.owner == "queue":
        ownership.give_back(unit, conversation, outcome="left_message", note=None, notice=None)
    elif conversation.owner == "bot":
        conversation.returned_seq = unit.next_number("message")  # what came before is in a person's hands
    conversation.kind = "message"
    conversation.due_at = conversation.due_at or answer_due(unit)
    conversation.customer_wrote_at = unit.now
    conversation.updated_at = unit.now
    conversation.unread += 1
    handoffs.wake_if_snoozed(unit, conversation)
    unit.audit(
        "message.leave",
        conversation.id,
        message_id=message.id,
        due_at=conversation.due_at.isoformat(),
        contact=hint(contact),
    )
    _acknowledge(unit, conversation, contact)
    return conversation, message, contact


def present(unit: Unit, sender_id: str, *, connected: bool) -> None:
    """The customer has the chat open, or no longer. What they still do not read is mailed anew."""
    contact = seen(unit, sender_id)
    contact.connected = connected
    conversation = conversations.live(unit.session, sender_id)
    if conversation is not None:
        _show(unit, conversation)
    answered = conversations.latest(unit.session, sender_id)
    if connected and answered is not None:
        owe_mail(unit, answered)


def seen(unit: Unit, sender_id: str) -> Contact:
    """A sign of the customer: they were here just now, so that another mail would be news to them."""
    contact = _contact(unit, sender_id)
    contact.seen_at = unit.now
    return contact


def note_window(unit: Unit, sender_id: str, window: dict[str, Any]) -> None:
    """How much may still be said, as the channel counts it."""
    contact = _contact(unit, sender_id)
    if contact.window != window:
        contact.window = window
        conversation = conversations.live(unit.session, sender_id)
        if conversation is not None:
            _show(unit, conversation)


def opened(unit: Unit, conversation: Conversation) -> Contact:
    """The contact in clear, for somebody who may see the conversation; the audit tells that they looked."""
    contact = unit.session.get(Contact, conversation.sender_id)
    if hint(contact) is None or contact is None:
        raise ContactNotFound()
    unit.audit("contact.open", conversation.id)
    return contact


def _check(unit: Unit, sender_id: str, given: LeftMessage) -> None:
    refuse_blocked(unit, sender_id)
    conversation = conversations.live(unit.session, sender_id)
    if given.channel not in unit.settings.message_channels:
        raise NoMessagesHere()
    if not may_leave(conversation):
        raise WithAgent()
    if repository.left_since(unit.session, sender_id, unit.now - WITHIN) >= AT_MOST:
        raise TooMany(retry_after=int(WITHIN.total_seconds()))


def _keep(unit: Unit, sender_id: str, given: LeftMessage) -> Contact:
    """What is given replaces what was known; what is left out stays."""
    email = _valid(email_address, "email", given.email)
    phone = _valid(phone_number, "phone", given.phone)
    if email is None and phone is None:
        raise InvalidContact(field="contact")
    contact = _contact(unit, sender_id)
    contact.email = email or contact.email
    contact.phone = phone or contact.phone
    contact.name = given.name or contact.name
    if email is not None:
        contact.refused = None  # typed once more: perhaps the mail server takes it now
    contact.seen_at = unit.now
    contact.updated_at = unit.now
    return contact


def _valid(check: Callable[[str], str], field: str, typed: str | None) -> str | None:
    if typed is None or not typed.strip():
        return None
    try:
        return check(typed)
    except ValueError as error:
        raise InvalidContact(f"This is {error}.", field=field) from error


def _contact(unit: Unit, sender_id: str) -> Contact:
    contact = unit.session.get(Contact, sender_id)
    if contact is None:
        contact = Contact(sender_id=sender_id, updated_at=unit.now)
        unit.session.add(contact)
    return contact


def _show(unit: Unit, conversation: Conversation) -> None:
    """Have the desk told, of a contact too that was not there when the conversation was read."""
    unit.session.flush()
    unit.session.refresh(conversation, ["contact"])
    unit.touched.add(conversation)


def _acknowledge(unit: Unit, conversation: Conversation, contact: Contact) -> None:
    shown = hint(contact) or {}
    if mailable(contact, unit.settings):
        messages.system_says(
            unit, conversation, "message_left_mail", perishable=False, address=shown["email"]
        )
    elif contact.phone:
        messages.system_says(
            unit, conversation, "message_left_phone", perishable=False, number=shown["phone"]
        )
    else:
        messages.system_says(unit, conversation, "message_left", perishable=False)
