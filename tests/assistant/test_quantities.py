"""Amounts and lengths of time as customers write them."""

from decimal import Decimal

import pytest

from actions.quantities import amount_in, bare_number, months_in


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("三万", 30_000),
        ("三万五", 35_000),
        ("3万5", 35_000),
        ("两万零五百", 20_500),
        ("八千五", 8_500),
        ("十五万", 150_000),
        ("一百万", 1_000_000),
        ("3.5w", 35_000),
        ("５万元", 50_000),
        ("貳萬 20000", 20_000),
        ("30k", 30_000),
        ("¥12,000", 12_000),
        ("twenty thousand", 20_000),
        ("a hundred thousand", 100_000),
        ("twenty-five k", 25_000),
        ("five grand", 5_000),
        ("0.5万", 5_000),
        ("贷10万三年", 100_000),
        ("5万元分3年", 50_000),
        ("8000 a month", 8_000),
        ("三年", None),
        ("36 months", None),
        ("我35岁", None),
        ("利率5%", None),
        ("千万别", None),
        ("I earn a lot", None),
        ("没有", None),
        ("", None),
    ],
)
def test_amount_in(text, amount):
    assert amount_in(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("一年", 12),
        ("一年半", 18),
        ("2年半", 30),
        ("半年", 6),
        ("两年", 24),
        ("六个月", 6),
        ("24期", 24),
        ("贷10万三年", 36),
        ("12 months", 12),
        ("a year", 12),
        ("a year and a half", 18),
        ("half a year", 6),
        ("two years", 24),
        ("1.5 years", 18),
        ("3 yrs", 36),
        ("36", None),
        ("三万", None),
        ("", None),
    ],
)
def test_months_in(text, months):
    assert months_in(text) == months


@pytest.mark.parametrize(
    ("text", "number"), [("36", 36), (" 三 。", 3), ("1,200", 1200), ("36 months", None), ("很久", None)]
)
def test_bare_number(text, number):
    assert bare_number(text) == number


@pytest.mark.parametrize(
    "text", ["9" * 480, "一" + "万" * 480, "9" * 480 + "个月", "9" * 480 + "年", "1e999", "1m" * 200]
)
def test_no_number_is_too_large_to_work_with(text):
    for read in (amount_in, months_in, bare_number):
        number = read(text)
        assert number is None or float(number) <= 10**18
