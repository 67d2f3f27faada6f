"""What the assistant needs of a shop, and the words it uses for an order.

A shop of your own is one class with the methods of `Shop`, or an HTTP server that speaks the JSON of
`order_from_dict` (see `http_shop`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

ORDER_STATUSES = ("unpaid", "paid", "shipped", "delivered", "cancelled")
REFUND_STATUSES = ("requested", "awaiting_return", "processing", "completed", "rejected")


class ShopUnavailable(Exception):
    """The shop gave no usable answer. Says nothing about whether the order exists."""


@dataclass(frozen=True)
class Refund:
    """A refund of an order.

    `updated_on` is the day it came to its present status, `expected_on` the last day on which the money
    should arrive, where known.
    """

    status: str
    amount: Decimal
    updated_on: date
    expected_on: date | None = None


@dataclass(frozen=True)
class Order:
    """An order as far as customers ask about it. Days are the shop's local days."""

    number: str
    status: str
    amount: Decimal
    currency: str
    placed_on: date
    carrier: str | None = None
    tracking_number: str | None = None
    eta: date | None = None
    delivered_on: date | None = None
    refund: Refund | None = None


@dataclass(frozen=True)
class InvoiceRequest:
    """An electronic invoice that a customer asks for. `tax_number` is None for a private person's."""

    title: str
    tax_number: str | None
    email: str


class Shop(Protocol):
    """Looks orders up and takes requests for invoices. Calls may block and may come from several threads."""

    def order(self, number: str, sender_id: str) -> Order | None:
        """Return the order with this number, or None where there is none *for this customer*.

        `sender_id` is the conversation's opaque identity (`webchat:site:4f…`). A real shop must answer None
        for somebody else's order: anybody can type any number. The demo shop holds no real orders and shows
        them all.

        Raises ShopUnavailable when the shop cannot answer.
        """

    def request_invoice(self, number: str, invoice: InvoiceRequest, sender_id: str) -> bool:
        """Ask for the order's invoice; say whether the order exists for this customer.

        Asking again replaces what was asked before, so that a call may be repeated. Raises ShopUnavailable
        when the shop did not take the request.
        """


def order_to_dict(order: Order) -> dict[str, Any]:
    """Return the order as JSON values: days as YYYY-MM-DD, amounts as decimal text."""
    return _json(asdict(order))


def order_from_dict(data: Any) -> Order:
    """Read what `order_to_dict` writes: the JSON of the HTTP adapter.

    ```
    {"number": "10023", "status": "shipped", "amount": "199.00", "currency": "CNY", "placed_on": "2026-03-01",
     "carrier": "SF Express", "tracking_number": "SF1023…", "eta": "2026-03-04", "delivered_on": null,
     "refund": null | {"status": "processing", "amount": "199.00", "updated_on": "…", "expected_on": null}}
    ```
    Optional keys may be missing, unknown ones are ignored. Raises ValueError for anything else.
    """
    if not isinstance(data, dict):
        raise ValueError("an order must be an object")
    refund = data.get("refund")
    return Order(
        number=_text(data, "number"),
        status=_one_of(data, "status", ORDER_STATUSES),
        amount=_amount(data, "amount"),
        currency=_text(data, "currency"),
        placed_on=_day(data, "placed_on"),
        carrier=_optional_text(data, "carrier"),
        tracking_number=_optional_text(data, "tracking_number"),
        eta=_optional_day(data, "eta"),
        delivered_on=_optional_day(data, "delivered_on"),
        refund=None if refund is None else _refund(refund),
    )


def _refund(data: Any) -> Refund:
    if not isinstance(data, dict):
        raise ValueError("a refund must be an object")
    return Refund(
        status=_one_of(data, "status", REFUND_STATUSES),
        amount=_amount(data, "amount"),
        updated_on=_day(data, "updated_on"),
        expected_on=_optional_day(data, "expected_on"),
    )


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be a text, not {value!r}")
    return value


def _optional_text(data: dict[str, Any], key: str) -> str | None:
    return None if data.get(key) is None else _text(data, key)


def _one_of(data: dict[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = _text(data, key)
    if value not in allowed:
        raise ValueError(f"{key} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def _amount(data: dict[str, Any], key: str) -> Decimal:
    value = data.get(key)
    try:
        # Through text, so that a JSON number 19.9 is 19.9 and not what a float makes of it.
        amount = Decimal(str(value)) if isinstance(value, str | int | float) else None
    except InvalidOperation:
        amount = None
    if amount is None or isinstance(value, bool) or not amount.is_finite():
        raise ValueError(f"{key} must be an amount, not {value!r}")
    return amount


def _day(data: dict[str, Any], key: str) -> date:
    try:
        return date.fromisoformat(_text(data, key))
    except ValueError:
        raise ValueError(f"{key} must be a day as YYYY-MM-DD, not {data.get(key)!r}") from None


def _optional_day(data: dict[str, Any], key: str) -> date | None:
    return None if data.get(key) is None else _day(data, key)
