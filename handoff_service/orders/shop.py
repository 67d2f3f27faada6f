"""The shops that can be asked: yours over HTTP, or the demo shop's file.

`GET {SHOP_URL}/orders?customer={sender_id}` with `Authorization: Bearer {SHOP_TOKEN}` answers 200 with
`{"orders": [...]}`, the newest first, or 404 where it knows no such customer (or no such call).
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import httpx
from pydantic import TypeAdapter, ValidationError

from handoff_service.orders.schemas import OrderOut
from handoff_service.settings import Settings

MOST = 50
"""More than an agent reads; a shop that sends more is cut short."""

_TIMEOUT = httpx.Timeout(4.0, connect=1.0)  # an agent looks at the panel and waits
_BUSY_SECONDS = 2.0  # the file is written anew at each start, in milliseconds
_MOST_BYTES = 1024 * 1024
_ORDERS = TypeAdapter(list[OrderOut])


class ShopUnavailable(Exception):
    """No usable answer. Says nothing about whether there are orders, and holds no secret."""


class Shop(Protocol):
    """Calls block, and come from several threads."""

    demo: bool

    def orders(self, sender_id: str) -> list[OrderOut]: ...


class HttpShop:
    demo = False

    def __init__(self, url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url = f"{url.rstrip('/')}/orders"
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        # A redirect would carry the token to an address that nobody configured.
        self._client = httpx.Client(
            timeout=_TIMEOUT, headers=headers, follow_redirects=False, transport=transport
        )

    def orders(self, sender_id: str) -> list[OrderOut]:
        try:
            status, body = self._get(sender_id)
        except httpx.HTTPError as error:
            raise ShopUnavailable(type(error).__name__) from None  # its own words hold the whole address
        if status in (403, 404):
            return []
        if status != 200:
            raise ShopUnavailable(f"answered {status}")
        try:
            return _ORDERS.validate_python(json.loads(body)["orders"])[:MOST]
        except (ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ShopUnavailable(f"cannot be read: {type(error).__name__}") from None

    def _get(self, sender_id: str) -> tuple[int, bytes]:
        with self._client.stream("GET", self._url, params={"customer": sender_id}) as response:
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ShopUnavailable("sent too much")
            return response.status_code, body


class DemoShop:
    """The file that set-up fills for the assistant. Its orders belong to nobody and are shown to all."""

    demo = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def orders(self, sender_id: str) -> list[OrderOut]:
        uri = f"{self._path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
                rows: list[Any] = connection.execute("SELECT body FROM orders LIMIT ?", (MOST,)).fetchall()
            found = _ORDERS.validate_python([json.loads(body) for (body,) in rows])
        except (sqlite3.Error, ValidationError, ValueError) as error:
            raise ShopUnavailable(type(error).__name__) from None
        return sorted(found, key=lambda order: order.placed_on, reverse=True)


def shop_of(settings: Settings) -> Shop:
    """By SHOP_URL, as the assistant; without it the demo shop."""
    if settings.shop_url:
        return HttpShop(settings.shop_url, settings.shop_token.get_secret_value())
    return DemoShop(settings.data_dir / "shop.db")
