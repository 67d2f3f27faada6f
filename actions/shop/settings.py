"""Which shop the assistant asks, by the environment.

| variable | meaning |
|---|---|
| `SHOP_URL` | when set: the HTTP shop at this address is asked instead of the demo shop |
| `SHOP_TOKEN` | sent to it as `Authorization: Bearer …` |
| `BATON_DATA_DIR` | where the demo shop's `shop.db` is; default `var` |
"""

from __future__ import annotations

import os
from pathlib import Path

from actions.shop.http_shop import HttpShop
from actions.shop.port import Shop
from actions.shop.sqlite_shop import SqliteShop


def demo_file() -> Path:
    """Return the demo shop's file."""
    return Path(os.environ.get("BATON_DATA_DIR") or "var") / "shop.db"


def shop_from_environment() -> Shop:
    """Return the shop to ask. Opens nothing: a shop that is down shows at the first question."""
    url = os.environ.get("SHOP_URL")
    if url:
        return HttpShop(url, os.environ.get("SHOP_TOKEN") or None)
    return SqliteShop(demo_file())
