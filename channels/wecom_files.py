"""Files of the people who answer in WeCom's own client: on disk until the desk has them, or they are lost."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.provider import Media
from channels.store import InboxRow, Store
from channels.telling import Telling


class PeoplesFiles:
    """`fetch` brings the files of a message to the handoff service (`ProviderInput.prepare`)."""

    def __init__(
        self,
        store: Callable[[], Store],
        telling: Telling,
        fetch: Callable[[InboxRow], Awaitable[InboxRow]],
    ) -> None:
        self._store = store
        self._telling = telling
        self._fetch = fetch

    def keep(self, conversation: str, told: Mapping[str, Any], media: Media) -> None:
        """What the desk is to be told, once the file is there. Its `key` is WeCom's id of the message."""
        with self._store().transaction() as db:
            db.execute(
                "INSERT INTO outside_file (key, conversation, told, media) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (told["key"], conversation, json.dumps(dict(told)), json.dumps(vars(media))),
            )

    def drop(self, key: str) -> None:
        """It was taken back, or is told."""
        with self._store().transaction() as db:
            db.execute("DELETE FROM outside_file WHERE key = ?", (key,))

    def kept(self) -> list[str]:
        """The keys of what an earlier process has left."""
        with self._store().transaction() as db:
            return [key for (key,) in db.execute("SELECT key FROM outside_file")]

    async def bring(self, key: str) -> None:
        row = self._row(key)
        if row is None:
            return
        conversation, told, media = row
        asked = {"media": [json.loads(media)]}
        fetched = await self._fetch(InboxRow(f"outside:{key}", conversation, "", asked, "", 0))
        if self._row(key) is None:
            return
        files = [each["id"] for each in fetched.metadata["attachments"]]
        text = fetched.metadata.get("shown", "")
        self._telling.tell(conversation, "outside", {**json.loads(told), "attachments": files, "text": text})
        self.drop(key)

    def _row(self, key: str) -> tuple[str, str, str] | None:
        with self._store().transaction() as db:
            return db.execute(
                "SELECT conversation, told, media FROM outside_file WHERE key = ?", (key,)
            ).fetchone()
