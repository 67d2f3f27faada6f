"""Words: of the customer, the bot, an agent, the system. Each is stored once, numbered and streamed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from handoff_service.attachments import using
from handoff_service.attachments.showing import for_desk
from handoff_service.conversations import repository
from handoff_service.conversations.due import answer_due
from handoff_service.conversations.opening import live_or_new
from handoff_service.errors import Conflict
from handoff_service.mail.schedule import owe_mail
from handoff_service.models import Agent, Conversation, Message
from handoff_service.models.base import new_id
from handoff_service.rasa import outbox
from handoff_service.sanitize import as_typed, storable, storable_json
from handoff_service.texts.notices import notice
from handoff_service.unit import Unit

PLACE, JOINED, STILL_THERE, QUESTION = "place", "joined", "still_there", "ask_rating"
_TELLS = {
    **dict.fromkeys(("queue_reminder", "back_in_queue"), PLACE),
    **dict.fromkeys(("handed_to_agent", "assigned_from_queue", "reopened"), JOINED),
    "still_there": STILL_THERE,
    "ask_rating": QUESTION,
}
"""What the texts tell that could come again and again."""


def message_view(message: Message) -> dict[str, Any]:
    """The API's Message."""
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "author_id": message.author_id,
        "author_name": message.author_name,
        "private": message.private,
        "text": message.text,
        "attachments": for_desk(message.attachments),
        "sent_at": message.sent_at.isoformat().replace("+00:00", "Z"),
        "delivery": message.delivery,
        "failure": message.failure,
        "mail": message.mail,
        "client_id": message.client_id,
        "recall": message.recall,
        "original": message.original,
        "reaction": message.reaction,
    }


def visibility(session: Session, conversation: Conversation) -> dict[str, Any]:
    """What tells who may see an event of the conversation; the stream keeps it to itself."""
    assignee = session.get(Agent, conversation.assignee_id) if conversation.assignee_id else None
    return {
        "owner": conversation.owner,
        "assignee_id": conversation.assignee_id,
        "team_id": assignee.team_id if assignee else None,
        "status": conversation.status,
        "sender_id": conversation.sender_id,
    }


def publish_message(unit: Unit, kind: str, conversation: Conversation, message: Message) -> None:
    """`kind` is `message.added` or `message.updated`; who may see it is told by `visibility`."""
    unit.publish(
        kind,
        {
            "conversation_id": conversation.id,
            "message": message_view(message),
            "visibility": visibility(unit.session, conversation),
        },
        conversation.id,
    )


def add_message(
    unit: Unit,
    conversation: Conversation,
    *,
    author: str,
    text: str,
    sent_at: dt.datetime,
    key: str | None = None,
    author_id: str | None = None,
    author_name: str | None = None,
    attachments: list[Any] | None = None,
    delivery: str | None = None,
    failure: str | None = None,
    client_id: str | None = None,
    private: bool = False,
    template: dict[str, Any] | None = None,
) -> Message:
    message_id = new_id()
    message = Message(
        id=message_id,
        conversation_id=conversation.id,
        seq=unit.next_number("message"),
        key=key or f"ours:{message_id}",
        author=author,
        author_id=author_id,
        author_name=author_name,
        private=private,
        text=storable(text),
        attachments=storable_json(attachments or []),
        sent_at=sent_at,
        delivery=delivery,
        failure=failure,
        mail=None,
        client_id=client_id,
        template=template,
    )
    unit.session.add(message)
    unit.touched.add(conversation)
    publish_message(unit, "message.added", conversation, message)
    return message


def customer_key(sender_id: str, message_id: str) -> str:
    return f"customer:{sender_id}:{message_id}"


def bot_key(sender_id: str, reply_to: str, n: int) -> str:
    """Of what the bot said in its turn: the answer number `n`, from 0, to the customer's message."""
    return f"bot:{sender_id}:{reply_to}:{n}"


def answer_key(sender_id: str, name: str) -> str | None:
    """The same of what a channel calls by the customer's message and its place, `m1.0`; None where it is no
    name of that kind."""
    reply_to, _, n = name.rpartition(".")
    return bot_key(sender_id, reply_to, int(n)) if reply_to and n.isascii() and n.isdecimal() else None


def customer_wrote(
    unit: Unit,
    *,
    sender_id: str,
    channel: str,
    message_id: str,
    text: str,
    sent_at: dt.datetime,
    attachments: Iterable[str] = (),
    answers: Conversation | None = None,
) -> tuple[Conversation, Message, bool]:
    """Store a customer's message, once; True when it was new. `answers` names the conversation it belongs
    to even where that is over.

    Whoever waits for it is put right: an agent's clock starts, a snoozed conversation wakes. `attachments`:
    ids of files that the channel has uploaded for this customer.
    """
    key = customer_key(sender_id, message_id)
    known = repository.message_by_key(unit.session, key)
    if known is not None:
        conversation = unit.session.get(Conversation, known.conversation_id)
        assert conversation is not None  # a foreign key guards it
        return conversation, known, False
    conversation = answers or live_or_new(unit, sender_id, channel)
    conversation.customer_wrote_at = unit.now
    conversation.updated_at = unit.now
    if conversation.owner != "bot":
        conversation.unread += 1
    if conversation.owner == "agent":
        conversation.waiting_since = conversation.waiting_since or unit.now
        if conversation.kind == "message":
            conversation.due_at = conversation.due_at or answer_due(unit)
    message = add_message(
        unit,
        conversation,
        author="customer",
        text=as_typed(text),
        sent_at=sent_at,
        key=key,
        attachments=using.use_customers(unit, conversation, attachments) if attachments else None,
    )
    return conversation, message, True


def agent_says(
    unit: Unit,
    conversation: Conversation,
    *,
    agent_id: str,
    agent_name: str,
    text: str,
    client_id: str,
    attachments: Iterable[str] = (),
    template: dict[str, Any] | None = None,
) -> Message:
    """An agent's words to the customer, files with them or instead of them; the same `client_id` again is the
    same message."""
    known = _known(unit, conversation, agent_id, client_id, private=False)
    if known is not None:
        return known
    conversation.agent_wrote_at = unit.now
    conversation.waiting_since = None
    conversation.due_at = None
    mark_read(unit, conversation)
    conversation.updated_at = unit.now
    message = add_message(
        unit,
        conversation,
        author="agent",
        text=text,
        sent_at=unit.now,
        author_id=agent_id,
        author_name=agent_name,
        attachments=using.use(unit, conversation, attachments, uploader=f"agent:{agent_id}"),
        delivery="pending",
        client_id=client_id,
        template=template,
    )
    outbox.put(unit, conversation, "say", message=message)
    owe_mail(unit, conversation)
    unit.audit("message.say", conversation.id, message_id=message.id)
    return message


def mark_read(unit: Unit, conversation: Conversation) -> None:
    """An agent has seen all that the customer wrote."""
    key = repository.last_customer_key(unit.session, conversation.id)
    read = key.removeprefix(customer_key(conversation.sender_id, "")) if key else None
    if conversation.unread or conversation.read_message_id != read:
        conversation.unread = 0
        conversation.read_message_id = read or conversation.read_message_id
        unit.touched.add(conversation)


def note(
    unit: Unit,
    conversation: Conversation,
    *,
    agent_id: str,
    agent_name: str,
    text: str,
    client_id: str | None,
    attachments: Iterable[str] = (),
) -> Message:
    """An agent's words to the desk: never for Rasa, nor the customer, who goes on waiting for an answer."""
    known = client_id and _known(unit, conversation, agent_id, client_id, private=True)
    if known:
        return known
    conversation.updated_at = unit.now
    message = add_message(
        unit,
        conversation,
        author="agent",
        text=text,
        sent_at=unit.now,
        author_id=agent_id,
        author_name=agent_name,
        attachments=using.use(unit, conversation, attachments, uploader=f"agent:{agent_id}"),
        client_id=client_id,
        private=True,
    )
    unit.audit("message.note", conversation.id, message_id=message.id)
    return message


def system_note(unit: Unit, conversation: Conversation, text: str) -> Message:
    """What the desk should know, said by nobody. The customer never sees it."""
    message = add_message(unit, conversation, author="system", text=text, sent_at=unit.now, private=True)
    unit.audit("message.note", conversation.id, message_id=message.id)
    return message


def _known(
    unit: Unit, conversation: Conversation, agent_id: str, client_id: str, *, private: bool
) -> Message | None:
    known = repository.message_by_client_id(unit.session, conversation.id, agent_id, client_id)
    if known is not None and known.private != private:
        raise Conflict("This client_id names a message of the other kind: a note, or words to the customer.")
    return known


def told_key(handoff_id: str, tells: str) -> str:
    """The key of the one message of a handoff that tells it."""
    return f"told:{handoff_id}:{tells}"


def system_says(
    unit: Unit,
    conversation: Conversation,
    key: str,
    *,
    perishable: bool = True,
    once_in: str | None = None,
    buttons: list[dict[str, str]] | None = None,
    **values: Any,
) -> Message | None:
    """Tell the customer something in the service's own name; `key` is one of `texts`. See `system_text`."""
    text = notice(key, conversation.language, **values)
    return system_text(
        unit,
        conversation,
        text,
        tells=_TELLS.get(key),
        perishable=perishable,
        once_in=once_in,
        buttons=buttons,
    )


def system_text(
    unit: Unit,
    conversation: Conversation,
    text: str,
    *,
    tells: str | None,
    perishable: bool,
    once_in: str | None = None,
    buttons: list[dict[str, str]] | None = None,
) -> Message | None:
    """A perishable text is dropped when the owner has changed before it could be sent.

    Where each message counts, what it `tells` is told once in a handoff: a second time nothing is said, and
    the answer is None. With `once_in`, a handoff's id, it is so on every channel.
    """
    if is_told(unit, conversation, tells, once_in):
        return None
    key = _once(unit, conversation, tells, once_in)
    message = add_message(
        unit, conversation, author="system", text=text, sent_at=unit.now, delivery="pending", key=key
    )
    payload = {"perishable": perishable, **({"buttons": buttons} if buttons else {})}
    outbox.put(unit, conversation, "say", message=message, payload=payload)
    return message


def is_told(unit: Unit, conversation: Conversation, tells: str | None, once_in: str | None = None) -> bool:
    """Whether it would be told a second time where that must not be."""
    key = _once(unit, conversation, tells, once_in)
    return key is not None and repository.message_by_key(unit.session, key) is not None


def _once(unit: Unit, conversation: Conversation, tells: str | None, once_in: str | None) -> str | None:
    """The key that keeps it from being told twice; None where it may be."""
    scarce = conversation.channel in unit.settings.scarce_channels
    handoff_id = once_in or (conversation.handoff_id if scarce else None)
    return told_key(handoff_id, tells) if handoff_id and tells else None
