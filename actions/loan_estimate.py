"""The arithmetic of a first loan estimate. Pure; it promises nothing.

The conditions are those that `utter_loan_conditions` and `utter_interest_rate` name: unsecured loans up to
¥300,000 over 1 to 5 years at 4.8 % to 14.4 % a year, and all repayments together within half of the income.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

LEAST, MOST = Decimal(1000), Decimal(300_000)
SHORTEST, LONGEST = 12, 60  # months
LOWEST_RATE, HIGHEST_RATE = Decimal("0.048"), Decimal("0.144")  # a year
SHARE_OF_INCOME = Decimal("0.5")


@dataclass(frozen=True)
class Estimate:
    """What a loan would cost a month, and how that fits the income.

    verdict: `fits` at the highest rate too, `tight` at the lowest rate only, `too_much` at any.
    within_reach: the largest loan of this length that fits at the highest rate, in whole thousands of yuan.
    """

    verdict: str
    lowest: Decimal
    highest: Decimal
    within_reach: Decimal


def estimate(amount: Decimal, months: int, monthly_income: Decimal) -> Estimate:
    """Return the estimate for an amount and a monthly income in yuan, paid back in equal instalments."""
    lowest, highest = instalment(amount, months, LOWEST_RATE), instalment(amount, months, HIGHEST_RATE)
    bearable = monthly_income * SHARE_OF_INCOME
    verdict = "fits" if highest <= bearable else "tight" if lowest <= bearable else "too_much"
    reach = bearable / instalment(Decimal(1), months, HIGHEST_RATE)
    thousands = (min(reach, MOST) / 1000).to_integral_value(ROUND_DOWN) * 1000
    return Estimate(verdict, lowest, highest, thousands)


def instalment(amount: Decimal, months: int, yearly_rate: Decimal) -> Decimal:
    """Return the equal monthly instalment of a loan; `yearly_rate` is a fraction above zero."""
    monthly = yearly_rate / 12
    growth = (1 + monthly) ** months
    return amount * monthly * growth / (growth - 1)
