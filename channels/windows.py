"""How much may still be said to a customer: providers count messages from what the customer did last.

Kept per opening action. A provider that counts nothing has no windows, and everything may be said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from channels.store import Store


@dataclass(frozen=True)
class Window:
    """The customer's `action` opens it for `seconds`, for so many messages; None: as many as one likes."""

    action: str
    seconds: float
    messages: int | None = None


Opening = tuple[str, float]
"""An action of the customer's, and when it was."""


@dataclass(frozen=True)
class Left:
    """How many messages may be said until when (seconds since the epoch). `messages` None: no limit; `until`
    None: nothing is open, or nothing ends. `reason`: why it is so, where it is not the customer's silence.
    `later`: what is left of it when that moment has passed, and when the next has."""

    messages: int | None
    until: float | None
    reason: str | None = None
    later: "Sequence[Left]" = ()


def configured(defaults: Sequence[Window], given: Mapping[str, Any] | None) -> list[Window]:
    """The windows, with what the settings say otherwise: `{action: {seconds, messages}}`; null: no limit.

    Raises ValueError.
    """
    known = {window.action: window for window in defaults}
    for action, values in (given or {}).items():
        if action not in known or not isinstance(values, Mapping) or set(values) - {"seconds", "messages"}:
            raise ValueError(
                f"windows: {action} is none of {', '.join(known)}, each with seconds and messages"
            )
        known[action] = replace(known[action], **values)
    return list(known.values())


class Windows:
    """`store` gives the open store: there is one only while the server runs."""

    def __init__(
        self, windows: Sequence[Window], store: Callable[[], Store], now: Callable[[], float]
    ) -> None:
        self._windows = {window.action: window for window in windows}
        self._store = store
        self._now = now

    def open(self, conversation: str, action: str, at: float | None = None) -> None:
        """The customer has done it, now or `at` that time: its window is open anew. What comes late, after
        something newer, changes nothing."""
        if action in self._windows:
            with self._store().transaction() as db:
                db.execute(
                    "INSERT INTO opening (conversation, action, at) VALUES (?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET at = excluded.at, spent = 0 WHERE excluded.at >= at",
                    (conversation, action, self._now() if at is None else min(at, self._now())),
                )

    def left(self, conversation: str) -> Left:
        if not self._windows:
            return Left(None, None)
        usable = [(ends, left) for _action, ends, left in self._open(conversation) if left != 0]
        steps: list[Left] = []
        for moment in sorted({ends for ends, _left in usable}):
            open_until_then = [left for ends, left in usable if ends >= moment]
            unlimited = None in open_until_then
            if unlimited and steps:
                steps.pop()  # the same for longer
            steps.append(Left(None if unlimited else sum(left or 0 for left in open_until_then), moment))
        return replace(steps[0], later=steps[1:]) if steps else Left(0, None)

    def spend(self, conversation: str) -> None:
        """One message was said: of what ends first and has something left."""
        usable = [(ends, action, left) for action, ends, left in self._open(conversation) if left != 0]
        _, action, left = min(usable, default=(0.0, "", None))
        if left is not None:
            with self._store().transaction() as db:
                db.execute(
                    "UPDATE opening SET spent = spent + 1 WHERE conversation = ? AND action = ?",
                    (conversation, action),
                )

    def exhaust(self, conversation: str, at: float | None = None) -> None:
        """The provider says, or said `at` that time, that nothing may be said: it knows better. What the
        customer has done since is open."""
        with self._store().transaction() as db:
            db.execute(
                "DELETE FROM opening WHERE conversation = ? AND at <= ?",
                (conversation, self._now() if at is None else at),
            )

    def openings(self, conversation: str) -> list[Opening]:
        """What the customer has done last, of each action."""
        query = "SELECT action, at FROM opening WHERE conversation = ?"
        return self._store().look(query, conversation)

    def refuted(self, conversation: str, openings: Sequence[Opening]) -> None:
        """These let nothing be said (any more), as the provider sees it."""
        with self._store().transaction() as db:
            db.executemany(
                "DELETE FROM opening WHERE conversation = ? AND action = ? AND at = ?",
                [(conversation, *opening) for opening in openings],
            )

    def _open(self, conversation: str) -> list[tuple[str, float, int | None]]:
        """(action, end, messages left) of each window that is open now."""
        query = "SELECT action, at, spent FROM opening WHERE conversation = ?"
        found = []
        for action, at, spent in self._store().look(query, conversation):
            window = self._windows.get(action)
            if window is not None and at + window.seconds > self._now():
                left = None if window.messages is None else max(0, window.messages - spent)
                found.append((action, at + window.seconds, left))
        return found
