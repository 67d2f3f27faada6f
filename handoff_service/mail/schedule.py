"""When an absent customer is owed a mail. The deadline is a row, so it outlives a restart."""

from handoff_service.contacts.view import mailable
from handoff_service.mail import repository
from handoff_service.models import Contact, Conversation, Mail
from handoff_service.unit import Unit


def owe_mail(unit: Unit, conversation: Conversation) -> None:
    """Something of ours may stay unread: look again after `mail_after`, unless a look is due already, or a
    mail went out and the customer has not been back since."""
    if conversation.channel not in unit.settings.message_channels or unit.settings.smtp_url is None:
        return
    contact = unit.session.get(Contact, conversation.sender_id)
    if contact is None or not mailable(contact, unit.settings):
        return
    unit.session.flush()
    if repository.open_mail(unit.session, contact.sender_id) is not None or not _back(unit, contact):
        return
    if not repository.unread(unit.session, contact.sender_id):
        return
    unit.session.add(
        Mail(
            sender_id=contact.sender_id,
            conversation_id=conversation.id,
            message_ids=[],
            state="waiting",
            attempts=0,
            due_at=unit.now + unit.settings.mail_after,
            created_at=unit.now,
        )
    )


def _back(unit: Unit, contact: Contact) -> bool:
    """Whether the customer has been here since the last mail, so that another would be news."""
    if contact.mailed_at is None:
        return True
    wrote = repository.wrote_last(unit.session, contact.sender_id)
    return any(seen is not None and seen > contact.mailed_at for seen in (contact.seen_at, wrote))
