"""Who is typing: told to the desks that are listening now, and kept nowhere."""

import datetime as dt
import threading

EVERY = dt.timedelta(seconds=3)
"""A desk shows "is typing" for some seconds, so more often than that would say nothing new."""


class Typists:
    """Lets one word per agent and conversation through in each interval; for calls from several threads."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], dt.datetime] = {}
        self._lock = threading.Lock()

    def may_tell(self, agent_id: str, conversation_id: str, now: dt.datetime) -> bool:
        with self._lock:
            self._told = {key: at for key, at in self._told.items() if now - at < EVERY}
            if (agent_id, conversation_id) in self._told:
                return False
            self._told[agent_id, conversation_id] = now
            return True
