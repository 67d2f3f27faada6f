"""Bot's answers that the channel could not bring to the customer.

The channel may know before Rasa has stored the turn: that is kept until the answer comes. What the bot says
outside of a turn has no name by which a channel could speak of it, and is not marked.
"""

import datetime as dt
from collections.abc import Sequence

from handoff_service.conversations import repository as conversations
from handoff_service.conversations.messages import answer_key
from handoff_service.models import Conversation
from handoff_service.rasa import delivery
from handoff_service.unit import Unit
from handoff_service.visits import repository

KEPT = dt.timedelta(days=1)
"""Events that come later than that are of an outage in which nobody minds a mark."""


def not_received(unit: Unit, sender_id: str, names: Sequence[str], reason: str) -> None:
    """Those of the names that are no answer's, or are another customer's, are left."""
    repository.forget_lost(unit.session, unit.now - KEPT)
    for name in names:
        if (key := answer_key(sender_id, name)) is None:
            continue
        message = conversations.message_by_key(unit.session, key)
        if message is None:
            repository.keep_lost(unit.session, key, reason, unit.now)
        else:
            conversation = unit.session.get_one(Conversation, message.conversation_id)
            delivery.not_received(unit, conversation, message, reason)


def lost_before(unit: Unit, key: str) -> str | None:
    """Why the answer with that key, which comes now, did not reach the customer; None where it may have."""
    return repository.take_lost(unit.session, key)
