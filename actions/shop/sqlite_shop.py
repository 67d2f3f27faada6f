"""The demo shop: a SQLite file, read only."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from actions.shop.port import Order, ShopUnavailable, order_from_dict

BUSY_SECONDS = 2  # seeding again takes milliseconds; a customer does not wait longer than this for an answer


class SqliteShop:
    """Orders from the file that `actions.shop.seed` writes.

    Shows any order to anybody: these are demo orders, and `sender_id` has no meaning for them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def order(self, number: str, sender_id: str) -> Order | None:
        """Return the order, or None. Raises ShopUnavailable when the file is missing or unreadable."""
        try:
            with closing(
                sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
            ) as connection:
                row = connection.execute("SELECT body FROM orders WHERE number = ?", (number,)).fetchone()
            return None if row is None else order_from_dict(json.loads(row[0]))
        except (sqlite3.Error, ValueError) as error:
            raise ShopUnavailable(
                f"{self._path} cannot be read ({error}); `python -m actions.shop.seed` creates it"
            ) from error
