"""Asking the shop behind the caller's back: a request is answered at once with what is known by then.

So a shop that hangs keeps no thread from those who answer turns.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog

from handoff_service.orders.schemas import OrderOut
from handoff_service.orders.shop import Shop, ShopUnavailable

KEPT_SECONDS = 60.0  # an order changes within hours; who opens the panel again does so within seconds
FAILED_SECONDS = 10.0  # a shop that is down is not asked by every click
MOST = 500  # customers; the one looked at longest ago is forgotten first
AT_ONCE = 4

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Lookup:
    state: str = "asking"
    until: float = float("inf")
    orders: list[OrderOut] = field(default_factory=list)


class Lookups:
    """For calls from several threads."""

    def __init__(self, shop: Shop, clock: Callable[[], float] = time.monotonic) -> None:
        self._shop = shop
        self._clock = clock
        self._known: OrderedDict[str, _Lookup] = OrderedDict()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="shop")

    def look(self, sender_id: str) -> dict[str, Any]:
        """The API's OrdersOut."""
        with self._lock:
            known = self._known.get(sender_id)
            if known is None or known.until <= self._clock():
                known = self._known[sender_id] = _Lookup()
                self._threads.submit(self._ask, sender_id, known)
            self._known.move_to_end(sender_id)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
            return {"state": known.state, "demo": self._shop.demo, "orders": list(known.orders)}

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, sender_id: str, lookup: _Lookup) -> None:
        state, seconds, orders = "unavailable", FAILED_SECONDS, []
        try:
            orders = self._shop.orders(sender_id)
            state, seconds = "known", KEPT_SECONDS
        except ShopUnavailable as error:
            log.warning("shop_unavailable", reason=str(error))
        except Exception:
            log.exception("shop_failed")
        with self._lock:
            lookup.state, lookup.orders, lookup.until = state, orders, self._clock() + seconds
