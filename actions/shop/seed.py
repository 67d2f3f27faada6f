"""Fills the demo shop: `python -m actions.shop.seed [FILE]`.

Days are counted from the day of seeding, so that a parcel on its way is never due last year. Set-up
therefore seeds at each start; on the same day that changes nothing, and orders added by hand stay.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from actions.shop.port import Order, Refund, order_to_dict
from actions.shop.settings import demo_file


def demo_orders(today: date) -> list[Order]:
    """Return one order for each situation that customers ask about."""

    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    def order(number: str, status: str, amount: str, placed: int, **rest: object) -> Order:
        return Order(number, status, Decimal(amount), "CNY", day(placed), **rest)

    def refund(status: str, amount: str, updated: int, expected: int | None = None) -> Refund:
        return Refund(status, Decimal(amount), day(updated), None if expected is None else day(expected))

    def sent(carrier: str, tracking: str, eta: int, delivered: int | None = None) -> dict[str, object]:
        return {
            "carrier": carrier,
            "tracking_number": tracking,
            "eta": day(eta),
            "delivered_on": None if delivered is None else day(delivered),
        }

    return [
        order("10023", "shipped", "199.00", -2, **sent("SF Express", "SF1020304050", 1)),
        order("10024", "delivered", "89.90", -6, **sent("YTO Express", "YT5566778899", -2, -2)),
        order(
            "10025",
            "delivered",
            "329.00",
            -12,
            **sent("JD Logistics", "JD0088776655", -8, -9),
            refund=refund("processing", "329.00", -1, 3),
        ),
        order("10026", "unpaid", "59.00", 0),
        order("10027", "paid", "1299.00", -1, eta=day(3)),
        order("10028", "cancelled", "45.50", -3),
        order(
            "10029",
            "delivered",
            "168.00",
            -20,
            **sent("ZTO Express", "ZT3344556677", -16, -16),
            refund=refund("completed", "168.00", -3),
        ),
        order(
            "10030",
            "delivered",
            "259.00",
            -9,
            **sent("SF Express", "SF6070809010", -6, -6),
            refund=refund("requested", "259.00", 0),
        ),
        order("10031", "shipped", "420.00", -8, **sent("EMS", "EM9911223344", -2)),
        order(
            "10032",
            "delivered",
            "76.00",
            -25,
            **sent("YTO Express", "YT1122334455", -21, -21),
            refund=refund("rejected", "76.00", -5),
        ),
        order(
            "10033",
            "delivered",
            "540.00",
            -10,
            **sent("JD Logistics", "JD2233445566", -7, -7),
            refund=refund("awaiting_return", "540.00", -2),
        ),
        order(
            "10034",
            "cancelled",
            "999.00",
            -15,
            refund=refund("processing", "999.00", -11, -4),
        ),
    ]


def seed(path: Path, today: date) -> int:
    """Write the demo orders to the file, creating it where needed, and return how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    orders = demo_orders(today)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, body TEXT NOT NULL)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET body = excluded.body",
            [(order.number, json.dumps(order_to_dict(order))) for order in orders],
        )
    return len(orders)


def main() -> None:
    """Seed the file named on the command line, or the one the assistant reads."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else demo_file()
    count = seed(path, date.today())
    print(f"{count} demo orders are in {path}")


if __name__ == "__main__":
    main()
