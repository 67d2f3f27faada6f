"""What becomes of an outbox entry: each outcome written down with the message and the control it concerns."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from handoff_service.attachments import using
from handoff_service.conversations import repository
from handoff_service.conversations.messages import publish_message
from handoff_service.handoffs import service as handoffs
from handoff_service.models import Conversation, Message, OutboxEntry
from handoff_service.rasa import outbox
from handoff_service.ratings import service as ratings
from handoff_service.unit import Unit

LONGEST_BACKOFF = dt.timedelta(seconds=2)
"""Rasa restarts in seconds, and a customer waits for the words: more patience would only be felt."""

RECALL = "recall:"
"""Before a message's id it is the id of the event that takes the message back."""

REFUSALS = 5
"""A refusal that trying again should mend, and does not, is told to the agent after this many."""


def confirm_echo(unit: Unit, our_id: str, resend: object) -> bool:
    """Rasa's own event shows that our words were said, or taken back. True when it is ours. `resend`: which
    attempt's it is."""
    message_id = our_id.removeprefix(RECALL)
    if unit.session.get(Message, message_id) is None:
        return False
    recalled = our_id != message_id
    for entry in outbox.entries_of(unit.session, message_id, "recall" if recalled else "say"):
        if entry.state in (*outbox.OPEN, "failed") and shows(entry.payload, resend):
            sent(unit, entry)
    return True


def shows(payload: Mapping[str, Any], resend: object) -> bool:
    """Whether an event of the message, with that `resend` in its metadata, shows that the entry with this
    payload is done. One that was written because Rasa could not be asked about an earlier attempt is done
    where that one was."""
    return payload.get("resend") in (None, resend) or bool(payload.get("look_up"))


def pause_seen(unit: Unit, sender_id: str, handoff_id: object) -> None:
    """Rasa has paused. With a handoff's id it was the assistant's action, which has told the customer."""
    conversation = repository.live(unit.session, sender_id)
    if conversation is None or conversation.owner == "bot":
        return
    if isinstance(handoff_id, str) and handoff_id != conversation.handoff_id:
        return  # the pause of an earlier handoff, arriving late
    handoff = repository.handoff(unit.session, conversation.handoff_id)
    if handoff is not None and handoff.id == handoff_id:
        handoff.told = True
    for entry in outbox.open_entries(unit.session, sender_id):
        if entry.kind == "pause":
            entry.state = "done"
    paused(unit, conversation)


def paused(unit: Unit, conversation: Conversation) -> None:
    """The pause stands: control is confirmed, and whoever has not heard of the handoff is told now."""
    _confirm(unit, conversation)
    handoffs.tell(unit, conversation)


def resumed(unit: Unit, entry: OutboxEntry) -> None:
    """The bot has it again; a conversation resolved meanwhile is confirmed like the one that followed it."""
    returned = unit.session.get(Conversation, entry.conversation_id)
    for conversation in (returned, repository.live(unit.session, entry.sender_id)):
        if conversation is not None and conversation.owner == "bot":
            _confirm(unit, conversation)


def sent(unit: Unit, entry: OutboxEntry) -> None:
    """Rasa has taken the words and, as far as it can know, said them; or it has taken them back."""
    entry.state = "done"
    message, conversation = _message(unit, entry)
    if message is None or conversation is None:
        return
    if entry.kind == "recall":
        _recalled(unit, conversation, message, "done")
    elif conversation.channel in unit.settings.deaf_channels:
        _as_rasa_knows(unit, conversation, message, "failed", "channel_cannot_push")
    else:
        _as_rasa_knows(unit, conversation, message, "sent")


def dropped(unit: Unit, entry: OutboxEntry) -> None:
    """Overtaken by what happened since."""
    entry.state = "dropped"
    message, conversation = _message(unit, entry)
    if message is not None and conversation is not None:
        _as_rasa_knows(unit, conversation, message, "failed", "superseded")


def failed(unit: Unit, entry: OutboxEntry, reason: str) -> None:
    """Given up; shown to the agent, who may send it again."""
    entry.state = "failed"
    entry.error = reason
    message, conversation = _message(unit, entry)
    if message is None or conversation is None:
        return
    if entry.kind == "recall":
        _recalled(unit, conversation, message, "failed")
    else:
        _as_rasa_knows(unit, conversation, message, "failed", reason)


def again(unit: Unit, entry: OutboxEntry, reason: str) -> None:
    """Try again, a little later each time."""
    entry.state = "waiting"
    entry.error = reason
    backoff = dt.timedelta(milliseconds=100 * 2 ** min(entry.attempts, 6))
    entry.due_at = unit.now + min(backoff, LONGEST_BACKOFF)


def unknown(unit: Unit, entry: OutboxEntry, reason: str) -> None:
    """It may have been said. Wait for the echo; when it is due the tracker is read."""
    entry.state = "unknown"
    entry.error = reason
    entry.due_at = unit.now + unit.settings.echo_within


def sending(unit: Unit, entry: OutboxEntry) -> None:
    message, conversation = _message(unit, entry)
    if message is not None and conversation is not None and message.delivery == "pending":
        _deliver(unit, conversation, message, "sending")


def send_again(unit: Unit, conversation: Conversation, message: Message) -> None:
    """An agent wants a failed message sent once more, under the same id."""
    *_, last = outbox.entries_of(unit.session, message.id, "say")
    in_doubt = message.failure == "unconfirmed"
    _deliver(unit, conversation, message, "pending")
    entry = outbox.put(unit, conversation, "say", message=message, payload={"in_doubt": in_doubt})
    # Where it was Rasa's answer that did not come, its tracker may show by now that the words were said, and
    # is read first. Where the channel's word was that it does not know, they are in the tracker anyway.
    look_up = in_doubt and last.state == "failed"
    entry.payload = {**entry.payload, "resend": entry.number, "look_up": look_up}
    unit.audit("message.resend", conversation.id, message_id=message.id)


def received(unit: Unit, conversation: Conversation, message: Message, delivery: str) -> None:
    """The customer's client has the words (`delivered`), or the customer has read them (`read`)."""
    further = message.delivery == "read" or message.delivery == delivery
    if not further:
        _deliver(unit, conversation, message, delivery)


def not_received(unit: Unit, conversation: Conversation, message: Message, reason: str) -> None:
    """The channel's provider has not taken the words, or could not bring them to the customer: not all of
    them, where they were more than one message there.

    The channel has the words, then: whether Rasa has said them is no question any more. An attempt that has
    not left yet is not what it speaks of.
    """
    for entry in outbox.entries_of(unit.session, message.id, "say"):
        if entry.state == "waiting" and not entry.attempts:
            return
        entry.state = "done"
    _deliver(unit, conversation, message, "failed", reason)


def not_recalled(unit: Unit, conversation: Conversation, message: Message) -> None:
    """The channel's provider goes on showing it, for good."""
    if message.recall in ("pending", "done"):
        _recalled(unit, conversation, message, "failed")


def _as_rasa_knows(
    unit: Unit, conversation: Conversation, message: Message, delivery: str, failure: str | None = None
) -> None:
    """Unless the customer's own client has told already, which knows more."""
    if message.delivery not in ("delivered", "read"):
        _deliver(unit, conversation, message, delivery, failure)


def _deliver(
    unit: Unit, conversation: Conversation, message: Message, delivery: str, failure: str | None = None
) -> None:
    message.delivery = delivery
    message.failure = failure
    publish_message(unit, "message.updated", conversation, message)
    if delivery == "failed" and failure != "unconfirmed":
        ratings.not_asked(unit, message)


def _recalled(unit: Unit, conversation: Conversation, message: Message, state: str) -> None:
    message.recall = state
    if state == "failed":
        using.show_again(unit, message.attachments)
    publish_message(unit, "message.updated", conversation, message)


def _confirm(unit: Unit, conversation: Conversation) -> None:
    if conversation.control != "confirmed":
        conversation.control = "confirmed"
        unit.touched.add(conversation)


def _message(unit: Unit, entry: OutboxEntry) -> tuple[Message | None, Conversation | None]:
    message = unit.session.get(Message, entry.message_id) if entry.message_id else None
    return message, unit.session.get(Conversation, entry.conversation_id)
