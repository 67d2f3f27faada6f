"""The demo shop: a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from actions.shop.port import InvoiceRequest, Order, ShopUnavailable, order_from_dict

BUSY_SECONDS = 2  # seeding again takes milliseconds; a customer does not wait longer than this for an answer

_CREATE = "CREATE TABLE IF NOT EXISTS invoice_requests (number TEXT PRIMARY KEY, body TEXT NOT NULL)"
_ASK = "INSERT INTO invoice_requests VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET body = excluded.body"


class SqliteShop:
    """Orders from the file that `actions.shop.seed` writes.

    Shows any order to anybody: these are demo orders, and `sender_id` has no meaning for them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def order(self, number: str, sender_id: str) -> Order | None:
        """Return the order, or None. Raises ShopUnavailable when the file is missing or unreadable."""
        try:
            with closing(self._open("ro")) as connection:
                return _find(connection, number)
        except (sqlite3.Error, ValueError) as error:
            raise self._unavailable(error) from error

    def request_invoice(self, number: str, invoice: InvoiceRequest, sender_id: str) -> bool:
        """Keep the request in the table `invoice_requests`. Raises ShopUnavailable."""
        try:
            with closing(self._open("rw")) as connection, connection:
                if _find(connection, number) is None:
                    return False
                connection.execute(_CREATE)
                connection.execute(_ASK, (number, json.dumps(asdict(invoice), ensure_ascii=False)))
            return True
        except (sqlite3.Error, ValueError) as error:
            raise self._unavailable(error) from error

    def _open(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS
        )

    def _unavailable(self, error: Exception) -> ShopUnavailable:
        return ShopUnavailable(
            f"{self._path} cannot be used ({error}); `python -m actions.shop.seed` creates it"
        )


def _find(connection: sqlite3.Connection, number: str) -> Order | None:
    row = connection.execute("SELECT body FROM orders WHERE number = ?", (number,)).fetchone()
    return None if row is None else order_from_dict(json.loads(row[0]))
