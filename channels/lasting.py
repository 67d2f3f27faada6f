"""Work that lasts as long as the server runs: whatever it breaks off with, it begins anew."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)

# A locked file is free again by then; a mistake of ours fills no disk with its log.
AGAIN_SECONDS = 5.0


async def lasting(work: Callable[..., Awaitable[None]], *given: Any) -> None:
    """Do it until it ends by itself or is cancelled."""
    while True:
        try:
            return await work(*given)
        except Exception:
            logger.exception("broken off, and begun anew in %g s: %s", AGAIN_SECONDS, work)
        await asyncio.sleep(AGAIN_SECONDS)
