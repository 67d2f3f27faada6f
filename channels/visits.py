"""Where each customer's conversation stands, kept up to date over one connection to the handoff service.

While the service is away, customers go on writing and receiving; what they see of the queue and the agent
is then as old as the connection.
"""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from channels.desk import Desk, DeskAway, DeskRefuses
from channels.feed import Feed
from channels.following import follow
from channels.lasting import lasting
from channels.presence import Presence
from channels.store import Store
from channels.telling import Telling

logger = logging.getLogger(__name__)

TYPING_SECONDS = 6.0  # "is typing" goes away when no word of it came for so long: two of its intervals
TYPING_EVERY = 3.0  # more often it says nothing new
# A page waits this long for the first state; without the service it shows what the bot does.
_FIRST_STATE_SECONDS = 0.5
_KEPT = 5_000  # states; one that was let go is asked for again
_QUEUE_EVERY = 1.0  # a burst of changes in the queue is one question
# Time alone moves people in the queue: priority grows with waiting, and the estimate with who is online.
_QUEUE_AT_LEAST = 15.0
_UNKNOWN = {
    "owner": "bot",
    "position": None,
    "wait_seconds": None,
    "agent": None,
    "rating": None,
    "can_leave_message": False,
    "blocked": False,
}


class Visits:
    """`desk` is None where no service is configured: everybody is with the bot then."""

    def __init__(self, desk: Desk | None, feed: Feed, store: Callable[[], Store]) -> None:
        self.telling = Telling(store)
        self.presence = Presence(store, self.telling)
        self._desk = desk
        self._feed = feed
        self._store = store
        self._states: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._fresh: set[str] = set()  # of those known: no event since can have been missed
        self._changes: dict[str, int] = {}  # events per conversation while it is being asked for
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._typing_until: dict[str, float] = {}
        self._typed_at: dict[str, float] = {}
        self._waiting: set[str] = set()
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        if self._desk is None:
            logger.warning("HANDOFF_SERVICE_KEY is not set: customers are not told of queue and agents")
            return
        await self._desk.open()
        self.presence.start()
        self._moved = asyncio.Event()
        self._begin(lasting(follow, self._desk, self._heard, self._begin_anew))
        self._begin(lasting(self._watch_queue))
        self._begin(lasting(self.telling.run, self._desk))

    async def stop(self) -> None:
        self.presence.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._desk is not None:
            await self._desk.close()

    async def known(self, conversation: str) -> None:
        """Ask for the state, unless it is at hand; return when it came, or after a moment."""
        if self._desk is None or conversation in self._fresh:
            return
        asking = self._asking.get(conversation)
        if asking is None:
            asking = self._asking[conversation] = self._begin(self._ask(self._desk, conversation))
        await asyncio.wait({asking}, timeout=_FIRST_STATE_SECONDS)

    def state(self, conversation: str) -> dict[str, Any]:
        """The protocol's State."""
        state = {**_UNKNOWN, **self._states.get(conversation, {})}
        read = state.pop("read_message_id", None)
        if read is not None:
            number = self._store().number_of(conversation, read)
            if number is not None:
                state["read_up_to"] = number
        return {**state, "typing": self._typing_until.get(conversation, 0.0) > time.monotonic()}

    def agent_spoke(self, conversation: str) -> None:
        """What was being typed has been said."""
        self._typing_until.pop(conversation, None)

    async def customer_types(self, conversation: str) -> None:
        """Pass it on, if it is news. Of the moment: nobody misses one that did not come through."""
        now = time.monotonic()
        self._typed_at = {key: at for key, at in self._typed_at.items() if now - at < TYPING_EVERY}
        if self._desk is not None and conversation not in self._typed_at:
            self._typed_at[conversation] = now
            self._begin(self._pass_on_typing(self._desk, conversation))

    async def choose(self, conversation: str, choice: str) -> None:
        """Raises DeskAway, DeskRefuses."""
        if self._desk is None:
            raise DeskAway("not configured")
        await self._desk.tell(conversation, "choice", {"choice": choice})

    async def rate(self, conversation: str, body: dict[str, Any]) -> None:
        """Raises DeskAway, DeskRefuses."""
        if self._desk is None:
            raise DeskAway("not configured")
        await self._desk.tell(conversation, "rating", body)

    async def leave_message(self, conversation: str, body: dict[str, Any]) -> None:
        """Raises DeskAway, DeskRefuses."""
        if self._desk is None:
            raise DeskAway("not configured")
        await self._desk.tell(conversation, "message", body)

    async def resumed(self, token: str) -> str:
        """The conversation that the link of a mail opens. Raises DeskAway, DeskRefuses."""
        if self._desk is None:
            raise DeskAway("not configured")
        return await self._desk.resumed(token)

    # -- the connection

    def _heard(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "visit.updated":
            self._updated(data["sender_id"], data["state"])
        elif kind == "visit.typing":
            self._agent_types(data["sender_id"])

    def _begin_anew(self) -> None:
        """From here on nothing is missed; what is known from before may be old."""
        self._fresh.clear()
        for conversation in self._feed.conversations():
            if conversation not in self._asking and self._desk is not None:
                self._asking[conversation] = self._begin(self._ask(self._desk, conversation))

    async def _ask(self, desk: Desk, conversation: str) -> None:
        try:
            changes = self._changes.setdefault(conversation, 0)
            state = await desk.state(conversation)
            # An event that came meanwhile may be newer than the answer.
            if self._changes[conversation] == changes:
                self._keep(conversation, state)
            self._fresh.add(conversation)
        except (DeskAway, DeskRefuses) as error:
            logger.debug("no state conversation=%s %s", conversation, error)
        finally:
            self._changes.pop(conversation, None)
            self._asking.pop(conversation, None)

    def _updated(self, conversation: str, state: dict[str, Any]) -> None:
        waited = conversation in self._waiting
        waits = state["owner"] == "queue"
        if waits:
            self._waiting.add(conversation)
        else:
            self._waiting.discard(conversation)
        if waits or waited:
            self._moved.set()
        if conversation in self._changes:
            self._changes[conversation] += 1
        if conversation in self._states or conversation in self._asking:
            self._keep(conversation, state)

    def _keep(self, conversation: str, state: dict[str, Any]) -> None:
        changed = self._states.get(conversation) != state
        self._states[conversation] = state
        self._states.move_to_end(conversation)
        if len(self._states) > _KEPT:
            self._fresh.discard(self._states.popitem(last=False)[0])
        if changed:
            self._feed.ring(conversation)

    def _agent_types(self, conversation: str) -> None:
        if not self._feed.listeners(conversation):
            return
        self._typing_until[conversation] = time.monotonic() + TYPING_SECONDS
        self._feed.ring(conversation)
        asyncio.get_running_loop().call_later(TYPING_SECONDS + 0.05, self._typing_may_be_over, conversation)

    def _typing_may_be_over(self, conversation: str) -> None:
        if self._typing_until.get(conversation, 0.0) <= time.monotonic():
            self._typing_until.pop(conversation, None)
            self._feed.ring(conversation)

    async def _watch_queue(self) -> None:
        """Each who leaves the queue moves all behind: their places are asked for while somebody looks on."""
        assert self._desk is not None  # started only with one
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._moved.wait(), _QUEUE_AT_LEAST)
            self._moved.clear()
            if any(self._is_waiting(conversation) for conversation in self._feed.conversations()):
                try:
                    for conversation, state in (await self._desk.waiting()).items():
                        if self._is_waiting(conversation):
                            self._keep(conversation, state)
                except (DeskAway, DeskRefuses) as error:
                    logger.debug("no places in the queue: %s", error)
            await asyncio.sleep(_QUEUE_EVERY)

    def _is_waiting(self, conversation: str) -> bool:
        return self._states.get(conversation, _UNKNOWN)["owner"] == "queue"

    async def _pass_on_typing(self, desk: Desk, conversation: str) -> None:
        try:
            await desk.tell(conversation, "typing", {})
        except (DeskAway, DeskRefuses) as error:
            logger.debug("typing not passed on conversation=%s %s", conversation, error)

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
