"""The one connection on which the handoff service tells of customers, kept open for as long as it takes."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any

from channels.desk import Desk, DeskAway

logger = logging.getLogger(__name__)

_RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


async def follow(
    desk: Desk,
    heard: Callable[[str, dict[str, Any]], None],
    begin_anew: Callable[[], None],
    lost: Callable[[], None] = lambda: None,
) -> None:
    """Until cancelled. `heard` gets kind and data of each event; `begin_anew` is called where some may have
    been missed, `lost` when from now on nothing is heard."""
    number: int | None = None
    failures = 0
    while True:
        try:
            async for at, kind, data in desk.events(number):
                if failures:
                    logger.info("the handoff service tells of customers again")
                failures = 0
                if number is None or kind == "reset":
                    begin_anew()
                number = number if at is None else at
                if kind is not None and kind != "reset":
                    heard(kind, data)
            reason = "the stream ended"
        except DeskAway as error:
            reason = str(error)
        lost()
        if not failures:
            logger.warning("the handoff service tells nothing of customers: %s", reason)
        wait = _RECONNECT_SECONDS[min(failures, len(_RECONNECT_SECONDS) - 1)]
        failures += 1
        await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311 -- several servers, not all at once
