"""An order, as shops send it and as it is shown: the JSON that the assistant reads, too (`shop/port.py`)."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Amount = Annotated[Decimal, Field(allow_inf_nan=False)]


class RefundOut(BaseModel):
    model_config = ConfigDict(extra="ignore")

    status: Literal["requested", "awaiting_return", "processing", "completed", "rejected"]
    amount: Amount
    updated_on: dt.date
    expected_on: dt.date | None = None


class OrderOut(BaseModel):
    """Days are the shop's local days; amounts are decimal texts."""

    model_config = ConfigDict(extra="ignore")

    number: Word
    status: Literal["unpaid", "paid", "shipped", "delivered", "cancelled"]
    amount: Amount
    currency: Word
    placed_on: dt.date
    carrier: Word | None = None
    tracking_number: Word | None = None
    eta: dt.date | None = None
    delivered_on: dt.date | None = None
    refund: RefundOut | None = None


class OrdersOut(BaseModel):
    """`asking`: ask again in a moment. `unavailable`: the shop does not answer. `demo`: these belong to
    nobody; the demo shop shows them to everybody."""

    state: Literal["known", "asking", "unavailable"]
    demo: bool
    orders: list[OrderOut]
