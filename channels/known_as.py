"""Which conversation a customer has, where a network calls the same one by several names that may change."""

from collections.abc import Callable

from channels.store import Store


class KnownAs:
    """`store` gives the open store: there is one only while the server runs."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store

    def conversation(self, name: str) -> str | None:
        """Whose name it is now."""
        rows = self._store().look("SELECT conversation FROM known_as WHERE name = ?", name)
        return rows[0][0] if rows else None

    def is_taken(self, conversation: str) -> bool:
        """Whether somebody has the conversation already, whatever they are called by now."""
        return bool(self._store().look("SELECT 1 FROM conversation WHERE id = ?", conversation))

    def note(self, name: str, conversation: str) -> None:
        """From now on the name is theirs."""
        self._store().open_conversation(conversation)
        with self._store().transaction() as db:
            db.execute(
                "INSERT INTO known_as (name, conversation) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET conversation = excluded.conversation",
                (name, conversation),
            )

    def forget(self, name: str) -> None:
        """It may be somebody else's from now on."""
        with self._store().transaction() as db:
            db.execute("DELETE FROM known_as WHERE name = ?", (name,))
