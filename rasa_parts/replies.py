"""Which customer message a tracker event follows, so that the service can tell a repeated bot answer.

Rasa puts no id on its bot events. When it is killed after publishing a turn and before saving it, the message
is handled again and the same answers come with new timestamps; `(sender_id, reply_to, n)` stays the same.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

# A turn's events are published in one go, so only senders whose turns overlap need to be remembered.
# 10,000 entries are about 3 MB.
MAX_SENDERS = 10_000


class ReplyMarks:
    """Remembers per sender the last customer message and how many bot events followed it."""

    def __init__(self, max_senders: int = MAX_SENDERS) -> None:
        self._max_senders = max_senders
        self._turns: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def mark(self, sender_id: str, event: Mapping[str, Any]) -> tuple[str | None, int | None]:
        """The event's `(reply_to, n)`, both None where there is nothing to say.

        A user event starts its turn anew at n = 0, also when its message id was seen before. One without an
        id (a reminder, an external intent) ends the turn: what follows answers no message of the customer.
        `n` counts bot events only.
        """
        kind = event.get("event")
        if kind == "user":
            self._start(sender_id, event.get("message_id"))
            return None, None
        turn = self._turns.get(sender_id)
        if turn is None:
            return None, None
        message_id, count = turn
        if kind != "bot":
            return message_id, None
        self._turns[sender_id] = (message_id, count + 1)
        return message_id, count

    def _start(self, sender_id: str, message_id: Any) -> None:
        self._turns.pop(sender_id, None)
        if not message_id:
            return
        self._turns[sender_id] = (str(message_id), 0)
        if len(self._turns) > self._max_senders:
            self._turns.popitem(last=False)
