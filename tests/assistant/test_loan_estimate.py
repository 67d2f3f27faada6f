"""The arithmetic of the loan pre-check."""

from decimal import Decimal

import pytest

from actions.loan_estimate import HIGHEST_RATE, LOWEST_RATE, MOST, SHARE_OF_INCOME, estimate, instalment


def test_the_example_that_the_answer_on_rates_gives():
    """¥100,000 at 6 % over a year costs about ¥3,280 in interest."""
    paid = 12 * instalment(Decimal(100_000), 12, Decimal("0.06"))
    assert round(paid - 100_000, -1) == 3280


@pytest.mark.parametrize("months", [12, 37, 60])
@pytest.mark.parametrize("rate", [LOWEST_RATE, HIGHEST_RATE])
def test_the_instalments_pay_the_loan_back_exactly(months, rate):
    left, monthly = Decimal(50_000), instalment(Decimal(50_000), months, rate)
    for _ in range(months):
        left += left * rate / 12 - monthly
    assert abs(left) < Decimal("0.01")


@pytest.mark.parametrize(
    ("income", "verdict"),
    [(20_000, "fits"), (17_998, "fits"), (17_500, "tight"), (17_000, "too_much"), (0, "too_much")],
)
def test_the_verdict_compares_the_instalment_with_half_of_the_income(income, verdict):
    """¥100,000 over a year is 8,552 a month at the lowest rate and 8,998 at the highest."""
    assert estimate(Decimal(100_000), 12, Decimal(income)).verdict == verdict


@pytest.mark.parametrize("income", [3_000, 8_000, 15_000])
def test_what_is_within_reach_fits_and_a_thousand_more_does_not(income):
    reach = estimate(Decimal(300_000), 36, Decimal(income)).within_reach
    assert estimate(reach, 36, Decimal(income)).verdict == "fits"
    assert instalment(reach + 1000, 36, HIGHEST_RATE) > income * SHARE_OF_INCOME


def test_no_more_is_within_reach_than_anybody_gets():
    assert estimate(Decimal(1000), 60, Decimal(1_000_000)).within_reach == MOST


def test_nothing_is_within_reach_without_an_income():
    assert estimate(Decimal(1000), 60, Decimal(0)).within_reach == 0
