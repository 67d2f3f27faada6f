"""A shop behind HTTP.

`GET {SHOP_URL}/orders/{number}?customer={sender_id}` with `Authorization: Bearer {SHOP_TOKEN}`:

- 200 with the JSON of `port.order_from_dict`: the order;
- 404, or 403 for an order of another customer: none. The customer is told the same for both, so that trying
  numbers reveals nothing;
- anything else, no answer in time, or JSON of another shape: the shop is unavailable.

`PUT {SHOP_URL}/orders/{number}/invoice?customer={sender_id}` with `{"title", "tax_number", "email"}`
(`tax_number` is null for a private person): any 2xx means that the request was taken, 404 or 403 that there
is no such order. Sent again it replaces the earlier one.

`customer` is how your server can check whose order it is; the demo shop does not, a real one must.
"""

from __future__ import annotations

from dataclasses import asdict
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import requests

from actions.shop.port import InvoiceRequest, Order, ShopUnavailable, order_from_dict

# A form asks the shop while the customer waits and while Rasa waits for the action server (10 s at most).
CONNECT_SECONDS = 1.0
READ_SECONDS = 4.0


class HttpShop:
    """Orders from an HTTP server; see the module's text for what it must answer."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self._url = url.rstrip("/")
        self._shown = self._url.rpartition("@")[2]  # in logs: without a password
        self._timeout = timeout
        self._session = requests.Session()
        # Threads share the session; without cookies a request leaves nothing behind for the next customer's.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["Accept"] = "application/json"
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def order(self, number: str, sender_id: str) -> Order | None:
        """Return the customer's order, or None. Raises ShopUnavailable."""
        response = self._send("GET", f"orders/{quote(number, safe='')}", sender_id)
        if response.status_code in (403, 404):
            return None
        if response.status_code != 200:
            raise ShopUnavailable(f"{self._shown} answered {response.status_code}")
        try:
            return order_from_dict(response.json())
        except ValueError as error:
            raise ShopUnavailable(f"{self._shown} sent an order that cannot be read: {error}") from error

    def request_invoice(self, number: str, invoice: InvoiceRequest, sender_id: str) -> bool:
        """Ask for the order's invoice; False where there is no such order. Raises ShopUnavailable."""
        path = f"orders/{quote(number, safe='')}/invoice"
        response = self._send("PUT", path, sender_id, json=asdict(invoice))
        if response.status_code in (403, 404):
            return False
        if not 200 <= response.status_code < 300:
            raise ShopUnavailable(f"{self._shown} answered {response.status_code}")
        return True

    def _send(self, method: str, path: str, sender_id: str, **body: Any) -> requests.Response:
        try:
            # A redirect would carry the token to an address that nobody configured.
            return self._session.request(
                method,
                f"{self._url}/{path}",
                params={"customer": sender_id},
                timeout=self._timeout,
                allow_redirects=False,
                **body,
            )
        except requests.RequestException as error:
            # What requests says itself holds the whole address: the customer, the number, maybe a password.
            raise ShopUnavailable(f"{self._shown} does not answer: {type(error).__name__}") from error
