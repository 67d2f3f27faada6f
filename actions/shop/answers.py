"""Which response tells a customer about an order, and with which words filled in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from actions.shop.port import Order, Refund
from actions.shop.wording import day_text, money_text

# Days after delivery, as utter_return_refund says.
RETURN_DAYS_OURS = 15
RETURN_DAYS_OWN = 7


@dataclass(frozen=True)
class Answer:
    """The name of a response in the domain and the values of its placeholders."""

    response: str
    values: dict[str, str]


def order_answers(order: Order, language: str, today: date) -> list[Answer]:
    """Where the order is; and its refund, since a customer who asks after such an order means that too."""
    answers = [Answer(_order_response(order, today), _values(order, language, today))]
    if order.refund is not None:
        answers.append(_refund_answer(order, order.refund, language, today))
    return answers


def refund_answers(order: Order, language: str, today: date) -> list[Answer]:
    """How far the order's refund is, or that there is none."""
    if order.refund is None:
        return [Answer("utter_refund_none", {"number": order.number})]
    return [_refund_answer(order, order.refund, language, today)]


def cancellation_answers(order: Order, language: str, today: date) -> list[Answer]:
    """Whether and how the order can still be cancelled."""
    response = "utter_cancel_done" if order.status == "cancelled" else f"utter_cancel_{order.status}"
    return [Answer(response, _values(order, language, today))]


def is_returnable(order: Order) -> bool:
    """Say whether a return can be considered: the goods have arrived and no refund is under way."""
    return order.status == "delivered" and order.refund is None


def return_answers(order: Order, reason: str, language: str, today: date) -> list[Answer]:
    """Whether the order can be returned for this reason, until when, and who pays the postage.

    reason: `faulty` and `wrong` are our mistake, `changed_mind` and `other` are not.
    """
    if order.refund is not None:
        return [_refund_answer(order, order.refund, language, today)]
    if not is_returnable(order):
        return cancellation_answers(order, language, today)
    ours = reason in ("faulty", "wrong")
    values = _values(order, language, today)
    if order.delivered_on is None:
        return [Answer(f"utter_return_{'ours' if ours else 'own'}_undated", values)]
    days = RETURN_DAYS_OURS if ours else RETURN_DAYS_OWN
    deadline = order.delivered_on + timedelta(days=days)
    if today > deadline:
        return [Answer("utter_return_too_late", {**values, "days": str(days)})]
    values["deadline"] = day_text(deadline, language, today)
    return [Answer(f"utter_return_{'ours' if ours else 'own'}", values)]


def is_invoiceable(order: Order) -> bool:
    """Say whether an invoice can be asked for: the order is paid and stands."""
    return order.status in ("paid", "shipped", "delivered")


def _order_response(order: Order, today: date) -> str:
    if order.status == "shipped" and order.eta is not None:
        return "utter_order_late" if order.eta < today else "utter_order_shipped_eta"
    if order.status == "paid" and order.eta is not None and order.eta >= today:
        return "utter_order_paid_eta"
    if order.status == "delivered" and (order.delivered_on is None or order.carrier is None):
        return "utter_order_delivered_undated"
    return f"utter_order_{order.status}"


def _refund_answer(order: Order, refund: Refund, language: str, today: date) -> Answer:
    values = {
        "number": order.number,
        "amount": money_text(refund.amount, order.currency),
        "updated": day_text(refund.updated_on, language, today),
    }
    response = f"utter_refund_{refund.status}"
    if refund.status == "processing" and refund.expected_on is not None:
        values["expected"] = day_text(refund.expected_on, language, today)
        response = (
            "utter_refund_overdue" if refund.expected_on < today else "utter_refund_processing_expected"
        )
    return Answer(response, values)


def _values(order: Order, language: str, today: date) -> dict[str, str]:
    unknown = "未知" if language == "zh" else "unknown"
    values = {
        "number": order.number,
        "amount": money_text(order.amount, order.currency),
        "carrier": order.carrier or unknown,
        "tracking": order.tracking_number or unknown,
    }
    if order.eta is not None:
        values["eta"] = day_text(order.eta, language, today)
    if order.delivered_on is not None:
        values["delivered"] = day_text(order.delivered_on, language, today)
    return values
