"""Showing customers that the bot works on what they wrote, where the network can; not where it leaves the
message to a person.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from channels.desk import Desk, DeskAway, DeskRefuses
from channels.store import InboxRow

# As long as an answer waits for the sign that one is coming.
SHOWING_SECONDS = 1.0
_KNOWN = 5_000  # conversations; of one that was let go the service is asked again


class AtWork:
    """`show` is given the message whose turn it is; `begin` lets work run until the server stops."""

    def __init__(
        self,
        show: Callable[[InboxRow], Awaitable[None]],
        begin: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
    ) -> None:
        self._show = show
        self._begin = begin
        self._shown: dict[str, str] = {}  # by conversation: the last message
        self._showing: dict[str, asyncio.Task[None]] = {}
        self._bot_answers: dict[str, bool] = {}  # as the service told last

    def begins(self, desk: Desk, row: InboxRow) -> None:
        """The turn of the message begins, perhaps again."""
        if self._shown.get(row.conversation) != row.message_id:
            _let_go(self._shown)
            self._shown[row.conversation] = row.message_id
            _let_go(self._showing)
            self._showing[row.conversation] = self._begin(self._show_unless_a_person(desk, row))

    async def is_shown(self, conversation: str) -> None:
        """A message ends what is shown, so that it has to go behind it."""
        if (showing := self._showing.pop(conversation, None)) is not None:
            await asyncio.wait({showing}, timeout=SHOWING_SECONDS)

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

    async def _show_unless_a_person(self, desk: Desk, row: InboxRow) -> None:
        answers = self._bot_answers.get(row.conversation)
        if answers is None:
            try:
                state = await desk.state(row.conversation)
            except (DeskAway, DeskRefuses):
                return
            if row.conversation not in self._bot_answers:  # what was told meanwhile is newer
                self.heard(row.conversation, state)
            answers = self._bot_answers[row.conversation]
        if answers:
            await self._show(row)


def _answers(state: dict[str, Any]) -> bool:
    return state["owner"] == "bot" and not state.get("blocked")


def _let_go(known: dict[str, Any]) -> None:
    """Of the oldest, where there are too many."""
    if len(known) >= _KNOWN:
        del known[next(iter(known))]
