"""People who answer in WeCom's own client: passing customers to them, and hearing what they say.

While they have a customer, WeCom takes nothing from us but one message for each event that has a code.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from channels.tencent import ApiError
from channels.wecom_rules import IN_POOL, WITH_PERSON

logger = logging.getLogger(__name__)

# The bot's own words about the handoff go first; WeCom takes none afterwards.
WORDS_SECONDS = 10.0
_LOOK_EVERY = 0.05
_AGAIN = (1.0, 5.0, 15.0, 60.0)

RATING = "rating-"
_SCORES = (
    ("非常满意 · Very good", 5),
    ("满意 · Good", 4),
    ("一般 · Fair", 3),
    ("不满意 · Poor", 2),
    ("很不满意 · Bad", 1),
)
_QUESTION = "请您评价本次人工服务。\nHow was our colleagues' service?"


class Sessions(Protocol):
    """What is needed of the connector."""

    def address(self, conversation: str) -> dict[str, Any]: ...

    def note_address(self, conversation: str, **known: Any) -> None: ...

    def is_working(self, conversation: str) -> bool: ...

    async def move(self, conversation: str, state: int, **more: str) -> dict[str, Any]: ...

    def keep_code(self, conversation: str, action: str, code: str, at: float) -> None: ...


class Passing:
    """Brings those whom the desk wants to see with a person into WeCom's pool, or to the one `servicer`."""

    def __init__(self, sessions: Sessions, servicer: str, now: Callable[[], float]) -> None:
        self._sessions = sessions
        self._servicer = servicer
        self._now = now
        self._under_way: set[str] = set()

    def wants(self, conversation: str, owner: str) -> bool:
        """The desk tells who is responsible; whether the customer is to be passed on now."""
        self._sessions.note_address(conversation, wanted=owner != "bot")
        state = self._sessions.address(conversation).get("state")
        return owner != "bot" and state not in (IN_POOL, WITH_PERSON) and conversation not in self._under_way

    async def bring(self, conversation: str) -> None:
        """Until WeCom has them, or nobody wants it any more."""
        self._under_way.add(conversation)
        try:
            await self._words_are_said(conversation)
            failures = 0
            while True:
                try:
                    if self._sessions.address(conversation).get("wanted"):
                        await self._move(conversation)
                    return
                except Exception as error:  # the customer waits for somebody all the same
                    why = str(error) if isinstance(error, ApiError) else type(error).__name__
                    logger.error(
                        "WeCom does not take a customer over conversation=%s why=%s", conversation, why
                    )
                await asyncio.sleep(_AGAIN[min(failures, len(_AGAIN) - 1)])
                failures += 1
        finally:
            self._under_way.discard(conversation)

    async def _move(self, conversation: str) -> None:
        state, more = (WITH_PERSON, {"servicer_userid": self._servicer}) if self._servicer else (IN_POOL, {})
        answer = await self._sessions.move(conversation, state, **more)
        self._sessions.note_address(conversation, state=state)
        if code := answer.get("msg_code"):
            action = "taken" if self._servicer else "queued"
            self._sessions.keep_code(conversation, action, str(code), self._now())

    async def _words_are_said(self, conversation: str) -> None:
        loop = asyncio.get_running_loop()
        patience = loop.time() + WORDS_SECONDS
        # Of several ends that are waited for, none announces itself to who only looks on.
        while self._sessions.is_working(conversation) and loop.time() < patience:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY)


def rating_menu() -> dict[str, Any]:
    """The question that goes with the end of a session."""
    items = [
        {"type": "click", "click": {"id": f"{RATING}{score}", "content": words}} for words, score in _SCORES
    ]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": _QUESTION, "list": items}}


def score_of(item: Mapping[str, Any]) -> int | None:
    """Of a tap on that menu."""
    text = item.get("text")
    pressed = text.get("menu_id") if isinstance(text, Mapping) else None
    if not isinstance(pressed, str) or not pressed.startswith(RATING):
        return None
    score = pressed.removeprefix(RATING)
    return int(score) if score in ("1", "2", "3", "4", "5") else None
