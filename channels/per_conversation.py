"""Work that is done in order within a conversation, and side by side for different ones."""

import asyncio
import logging

logger = logging.getLogger(__name__)

# A full disk or a locked file is the operator's to mend; what is to be done waits.
_AGAIN = (1.0, 2.0, 5.0, 15.0)
# How long a stopping server lets running work end. What is cut off is taken up again at the next start.
_STOP_GRACE = 5.0


class PerConversation:
    """One task per conversation that has work; a conversation without any costs nothing."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    async def step(self, conversation: str) -> bool:
        """Do what comes next; False when there is nothing, found out without an await after the last look."""
        raise NotImplementedError

    def attend(self, conversation: str) -> None:
        """The conversation may have work."""
        if conversation not in self._tasks and not self._stopping:
            self._tasks[conversation] = asyncio.create_task(self._work_off(conversation))

    async def stop(self) -> None:
        """Begin nothing more; let what is under way end for a moment, then leave it to the next start."""
        self._stopping = True
        tasks = list(self._tasks.values())
        if tasks:
            _, running = await asyncio.wait(tasks, timeout=_STOP_GRACE)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _work_off(self, conversation: str) -> None:
        # Between finding nothing left and leaving the table there is no await, so nothing is left behind.
        failures = 0
        try:
            while not self._stopping:
                try:
                    if not await self.step(conversation):
                        return
                    failures = 0
                except Exception:
                    logger.exception("broken off, and tried again soon conversation=%s", conversation)
                    await asyncio.sleep(_AGAIN[min(failures, len(_AGAIN) - 1)])
                    failures += 1
        finally:
            del self._tasks[conversation]
