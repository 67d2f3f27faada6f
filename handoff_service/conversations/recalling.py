"""An agent takes a message back, on its way or where it is shown already."""

from sqlalchemy import update

from handoff_service.attachments import using
from handoff_service.channels.table import channel_of
from handoff_service.conversations import repository
from handoff_service.conversations.due import answer_due
from handoff_service.conversations.messages import publish_message
from handoff_service.errors import Conflict
from handoff_service.models import Conversation, Message, OutboxEntry
from handoff_service.rasa import outbox
from handoff_service.unit import Unit


class CannotRecall(Conflict):
    """`reason`: channel (it cannot), too_late, not_sent (it never reached the customer)."""

    title = "This message cannot be taken back"


def recall(unit: Unit, conversation: Conversation, message: Message) -> None:
    """What has not left yet never leaves; what may have is taken back through the outbox, behind its words.

    Asked again it changes nothing, unless the first attempt has failed.
    """
    if message.recall in ("pending", "done"):
        return
    if _withdraw(unit, message):
        message.delivery = message.failure = None
        _note(unit, conversation, message, "done", left=False)
        return
    if message.delivery == "failed" and message.failure != "unconfirmed":
        raise CannotRecall("It never reached the customer.", reason="not_sent")
    if not channel_of(conversation.channel).recall:
        raise CannotRecall("This channel cannot take back what it has shown.", reason="channel")
    if unit.now - message.sent_at > unit.settings.recall_within:
        seconds = unit.settings.recall_within.total_seconds()
        raise CannotRecall(f"That works for {seconds:.0f} seconds after sending.", reason="too_late")
    outbox.put(unit, conversation, "recall", message=message)
    _note(unit, conversation, message, "pending", left=True)


def _withdraw(unit: Unit, message: Message) -> bool:
    """Take the words out of the outbox; False when they may have been said."""
    unit.session.flush()
    for entry in outbox.entries_of(unit.session, message.id, "say"):
        in_doubt = entry.payload.get("unknown") or entry.payload.get("in_doubt")
        if entry.state == "waiting" and not in_doubt:
            dropped = unit.session.scalar(
                update(OutboxEntry)
                .where(OutboxEntry.number == entry.number, OutboxEntry.state == "waiting")
                .values(state="dropped")
                .returning(OutboxEntry.number)
            )
            return dropped is not None
    return False


def _note(unit: Unit, conversation: Conversation, message: Message, state: str, *, left: bool) -> None:
    message.recall = state
    message.recalled_at = unit.now
    using.withdraw(unit, message.attachments)
    _look_for_an_answer(unit, conversation)
    unit.audit("message.recall", conversation.id, message_id=message.id, had_left=left)
    publish_message(unit, "message.updated", conversation, message)


def _look_for_an_answer(unit: Unit, conversation: Conversation) -> None:
    """Where none is left the customer waits again, and the agent has as much time as for any other."""
    unit.session.flush()
    answer = repository.last_answer(unit.session, conversation.id)
    conversation.agent_wrote_at = answer.sent_at if answer else None
    if answer and answer.seq > repository.last_seq_of_customer(unit.session, conversation.id):
        return
    if conversation.owner == "agent" and conversation.waiting_since is None:
        conversation.waiting_since = unit.now
        if conversation.kind == "message":
            conversation.due_at = answer_due(unit)
        unit.touched.add(conversation)
