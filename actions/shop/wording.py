"""Days and amounts as customers read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_text(day: date, language: str, today: date) -> str:
    """Return a day in the customer's language, with its year where that is not today's."""
    if language == "zh":
        year = f"{day.year}年" if day.year != today.year else ""
        return f"{year}{day.month}月{day.day}日（周{_WEEKDAYS_ZH[day.weekday()]}）"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}{year}"


def money_text(amount: Decimal, currency: str) -> str:
    """Return an amount with its symbol, or its code where that is clearer: ¥1,299.00, SEK 90.00."""
    symbol = _SYMBOLS.get(currency.upper())
    return f"{symbol}{amount:,.2f}" if symbol else f"{currency.upper()} {amount:,.2f}"
