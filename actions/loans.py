"""The loan pre-check: amount, length and monthly income; then a first estimate, never a promise."""

# ruff: noqa: E501 (a pattern is one line; wrapped, it is hard to read and to compare)

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form_words import LEAVES, NOTHING_ELSE, intent_of, words_of
from actions.loan_estimate import LEAST, LONGEST, MOST, SHORTEST, estimate
from actions.orders import REQUESTED, Event, starts_now
from actions.quantities import amount_in, bare_number, months_in

AMOUNT, MONTHS, INCOME = "loan_amount", "loan_months", "monthly_income"
HIGHEST_INCOME = Decimal(10_000_000)  # a month; more is a slip of the finger

_ANSWERS = {*NOTHING_ELSE, "affirm", "deny", "loan_precheck", "loan_advice", "loan_conditions"}
_INCOME = re.compile(
    r"(?:收入|月薪|工资|薪水|人工|到手|挣|赚|薪资|\b(?:earn|earning|make|making|income|salary|wage|paid|take home|bring home)\b)"
    r"(?P<after>(?:[^,，。;；]|,(?=\d{3}))*)",
    re.IGNORECASE,
)
_NO_INCOME = re.compile(
    r"没有?(?:收入|工作|工资)|失业|待业|无业|\b(?:no income|unemployed|no job|nothing)\b", re.IGNORECASE
)
_A_YEAR = re.compile(
    r"年薪|年收入|一年|每年|\b(?:a year|per year|yearly|annual(?:ly)?|per annum)\b", re.IGNORECASE
)
_LONGEST_IN_YEARS = 5  # a bare number up to here counts years, from SHORTEST on months


class ValidateLoanForm(FormValidationAction):
    """Takes amount, length and income from the customer's words, in any order and several at once."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_loan_form"

    def extract_loan_amount(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"loan_amount": yuan} when this turn names it, else {}."""
        amount = _loan_amount(words_of(tracker))
        if starts_now(tracker, self.form_name()):
            # In a first sentence a small number counts something else: "can I have 2 loans".
            amount = amount if amount is not None and amount >= LEAST else None
        elif tracker.get_slot(REQUESTED) != AMOUNT:
            amount = None
        return self._extracted(tracker, AMOUNT, amount)

    def extract_loan_months(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"loan_months": months} when this turn names it, else {}."""
        text = words_of(tracker)
        months = months_in(_INCOME.sub(" ", text))
        if months is None and tracker.get_slot(REQUESTED) == MONTHS:
            number = bare_number(text)
            if number is not None and number == int(number):
                months = int(number) * (12 if number <= _LONGEST_IN_YEARS else 1)
        return self._extracted(tracker, MONTHS, months)

    def extract_monthly_income(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Return {"monthly_income": yuan} when this turn names it, else {}."""
        text = words_of(tracker)
        income = _named_income(text)
        if income is None and tracker.get_slot(REQUESTED) == INCOME:
            income = Decimal(0) if _NO_INCOME.search(text) else amount_in(text)
            if income is not None and _A_YEAR.search(text):
                income /= 12
        return self._extracted(tracker, INCOME, income)

    def validate_loan_amount(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Refuse what no unsecured loan can be, and say so."""
        if not isinstance(value, int | float):
            return {AMOUNT: None}
        if LEAST <= value <= MOST:
            return {AMOUNT: value}
        dispatcher.utter_message(
            response="utter_loan_amount_low" if value < LEAST else "utter_loan_amount_high"
        )
        return {AMOUNT: None}

    def validate_loan_months(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Refuse what is shorter or longer than a loan runs, and say so."""
        if not isinstance(value, int | float):
            return {MONTHS: None}
        if SHORTEST <= value <= LONGEST:
            return {MONTHS: int(value)}
        dispatcher.utter_message(response="utter_loan_months_wrong")
        return {MONTHS: None}

    def validate_monthly_income(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Refuse an income that nobody has, and say so."""
        if not isinstance(value, int | float):
            return {INCOME: None}
        if 0 <= value <= HIGHEST_INCOME:
            return {INCOME: value}
        dispatcher.utter_message(response="utter_monthly_income_wrong")
        return {INCOME: None}

    def _extracted(self, tracker: Tracker, slot: str, value: Decimal | int | None) -> dict[str, Any]:
        """The slot's value as JSON can carry it; a new start forgets what an earlier form had."""
        if starts_now(tracker, self.form_name()):
            kept = tracker.get_slot(slot) is not None
            return {slot: None if value is None else float(value)} if kept or value is not None else {}
        if value is None or intent_of(tracker) in LEAVES:
            return {}
        alone = bare_number(words_of(tracker)) is not None
        return {slot: float(value)} if alone or intent_of(tracker) in _ANSWERS or _is_short(tracker) else {}


def _is_short(tracker: Tracker) -> bool:
    """A few words around a quantity answer the question, whatever intent they resemble; a question is longer."""
    text = words_of(tracker)
    return len(text) <= 12 and not re.search(
        r"[?？吗]|多少|利息|利率|\b(?:rate|interest|how|what)\b", text.lower()
    )


def _named_income(text: str) -> Decimal | None:
    """Return the monthly income that a text names as such: 月薪八千, I earn 3,500."""
    found = _INCOME.search(text)
    if found is None:
        return None
    # 八千工资, 3,500 a month income: the amount may stand before the word.
    income = amount_in(found["after"]) or amount_in(
        re.split(r"，|。|;|；|,(?!\d{3})", text[: found.start()])[-1]
    )
    return income / 12 if income is not None and _A_YEAR.search(text) and not months_in(text) else income


def _loan_amount(text: str) -> Decimal | None:
    """Return the amount that a text names apart from the income."""
    rest = _INCOME.sub(" ", text)
    if _INCOME.search(text) and amount_in(_INCOME.search(text)["after"]) is None:  # type: ignore[index]
        return None  # the only amount stands before the word for income
    return amount_in(rest)


class ActionShowLoanEstimate(Action):
    """Tells the estimate and empties the form's slots."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_show_loan_estimate"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Say one message; return the events that empty the slots."""
        amount, months, income = (tracker.get_slot(slot) for slot in (AMOUNT, MONTHS, INCOME))
        result = estimate(Decimal(str(amount)), int(months), Decimal(str(income)))
        dispatcher.utter_message(
            response=f"utter_loan_{result.verdict}",
            amount=_yuan(Decimal(str(amount))),
            months=str(int(months)),
            lowest=_yuan(result.lowest),
            highest=_yuan(result.highest),
            within_reach=_yuan(result.within_reach),
        )
        return [SlotSet(slot, None) for slot in (AMOUNT, MONTHS, INCOME)]


def _yuan(amount: Decimal) -> str:
    return f"¥{amount:,.0f}"
