"""Showing customers that the bot works on what they wrote, where the network can; not where it leaves the
message to a person.

An answer that comes at once is not held up by the sign that one is coming: then the message is shown as read,
beside the answer.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from channels.desk import Desk, DeskAway, DeskRefuses
from channels.store import InboxRow

AT_ONCE_SECONDS = 0.5
# As long as an answer waits for the sign that is being shown.
SHOWING_SECONDS = 1.0
_KNOWN = 5_000  # conversations; of one that was let go the service is asked again

Show = Callable[[InboxRow], Awaitable[None]]


class _Sign:
    """Of one message. `begun`: the network is being told. `over`: there is nothing more to wait for, the
    message being `answered` or another one under way."""

    def __init__(self, message_id: str) -> None:
        self.message_id = message_id
        self.begun = self.answered = False
        self.over = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def is_answered_by(self, message_ids: Sequence[str]) -> bool:
        return any(each.startswith(f"{self.message_id}.") for each in message_ids)


class AtWork:
    """`show` is given the message whose turn it is, `show_read` the one that was answered at once; `begin`
    lets work run until the server stops."""

    def __init__(
        self,
        show: Show,
        show_read: Show,
        begin: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
    ) -> None:
        self._show = show
        self._show_read = show_read
        self._begin = begin
        self._shown: dict[str, str] = {}  # by conversation: the last message
        self._signs: dict[str, _Sign] = {}
        self._bot_answers: dict[str, bool] = {}  # as the service told last

    def begins(self, desk: Desk, row: InboxRow) -> None:
        """The turn of the message begins, perhaps again."""
        if self._shown.get(row.conversation) != row.message_id:
            _let_go(self._shown)
            self._shown[row.conversation] = row.message_id
            _let_go(self._signs)
            if (before := self._signs.get(row.conversation)) is not None:
                before.over.set()
            sign = self._signs[row.conversation] = _Sign(row.message_id)
            sign.task = self._begin(self._show_unless_a_person(desk, row, sign))

    async def answer_comes(self, conversation: str, message_ids: Sequence[str]) -> None:
        """To be awaited before they are sent: a message ends what is shown, so it has to go behind it."""
        sign = self._signs.get(conversation)
        if sign is None or sign.task is None:
            return
        if sign.is_answered_by(message_ids):
            sign.answered = True
            sign.over.set()
        if sign.begun:
            await asyncio.wait({sign.task}, timeout=SHOWING_SECONDS)

    def heard(self, conversation: str, state: dict[str, Any]) -> None:
        """The service tells where the conversation stands."""
        _let_go(self._bot_answers)
        self._bot_answers[conversation] = _answers(state)

    def new_customer(self, conversation: str) -> None:
        """Nobody but the bot has them, which need not be asked."""
        self.heard(conversation, {"owner": "bot"})

    def begin_anew(self) -> None:
        """What the service told may have been missed."""
        self._bot_answers.clear()

    async def _show_unless_a_person(self, desk: Desk, row: InboxRow, sign: _Sign) -> None:
        if not await self._is_for_the_bot(desk, row.conversation):
            return
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(sign.over.wait(), AT_ONCE_SECONDS)
        if not self._bot_answers.get(row.conversation, False):
            return
        if sign.answered:
            await self._show_read(row)
        elif not sign.over.is_set():
            sign.begun = True
            await self._show(row)

    async def _is_for_the_bot(self, desk: Desk, conversation: str) -> bool:
        if conversation not in self._bot_answers:
            try:
                state = await desk.state(conversation)
            except (DeskAway, DeskRefuses):
                return False
            if conversation not in self._bot_answers:  # what was told meanwhile is newer
                self.heard(conversation, state)
        return self._bot_answers[conversation]


def _answers(state: dict[str, Any]) -> bool:
    return state["owner"] == "bot" and not state.get("blocked")


def _let_go(known: dict[str, Any]) -> None:
    """Of the oldest, where there are too many."""
    if len(known) >= _KNOWN:
        del known[next(iter(known))]
