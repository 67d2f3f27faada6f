"""Does a customer describe a case of their own that a person should look at before they borrow?

"What are the conditions?" has an answer for everybody. "I earn 8,000, owe 30,000 on two cards, should I …?"
has not. A case shows in two ways: a clause that states something of the customer's life (work, debts, family;
not one that asks: "do you lend to the self-employed?" tells of nobody), or a question for judgement about
themselves.
"""

import re

from actions.quantities import amount_in, months_in
from actions.signals import advice_words as words
from actions.signals.intents import AMOUNT_OR_TIME_ANSWERS, GUESS, OUT_OF_SCOPE, SURE
from actions.signals.reading import Reading
from actions.signals.whose import without_others

# Answered from a table, sums and all.
_GENERAL = ("loan_conditions", "interest_rate")
# What the bot deals with itself, with the customer's income and the sum they want in it.
_SERVED = ("loan_precheck", "repayment")

_CLAUSE = re.compile(r"[^,.!?;。\n]+[,.!?;。\n]*")
_WITHIN_A_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")


def needs_advice(reading: Reading, topic: str | None) -> tuple[bool, str | None]:
    """Return whether advice on a loan is needed and what showed it; `topic` is this turn's topic.

    A turn that was not understood and names no topic may go on about the loan of the turn before. Only the
    service knows that one.
    """
    goes_on = topic is None and reading.intent in (None, OUT_OF_SCOPE)
    if topic != "loan" and not goes_on:
        return False, None
    by_intent = reading.is_sure_of("loan_advice", SURE)
    shown = _life(reading, words.LIFE)
    if _answers_form(reading):
        shown = shown if by_intent else None
    elif not goes_on and not any(reading.is_sure_of(intent, SURE) for intent in _SERVED):
        shown = shown or _life(reading, words.MONEY) or _judgement(reading) or _sum(reading)
        if shown is None and by_intent and _tells_something(reading):
            return True, f"intent loan_advice ({reading.confidence:.2f})"
    return shown is not None, f"own case: {shown}" if shown else None


def _answers_form(reading: Reading) -> bool:
    if reading.requested_slot not in AMOUNT_OR_TIME_ANSWERS:
        return False
    return amount_in(reading.raw) is not None or months_in(reading.raw) is not None


def _tells_something(reading: Reading) -> bool:
    """Tell a case in unlisted words from "I want a loan", from what is told of others and from a guess."""
    clauses = _clauses(reading)
    own = reading.confidence >= GUESS or any(map(words.FIRST_PERSON.search, clauses))
    return own and any(words.BARE_WISH.sub("", clause) for clause in clauses)


def _life(reading: Reading, facts: re.Pattern[str]) -> str | None:
    """The first fact that a clause states, or that a question ties to the customer: 我刚毕业能贷吗."""
    for clause in _clauses(reading):
        asks = words.ASKS.search(clause) is not None
        for fact in facts.finditer(clause):
            if not asks or words.TIED.search(clause[: fact.start()]):
                return fact[0].strip()
    return None


def _judgement(reading: Reading) -> str | None:
    clauses = _clauses(reading)
    own = any(map(words.FIRST_PERSON.search, clauses))
    found = (words.JUDGE if own else words.JUDGE_FOR_ANYBODY).search(" ".join(clauses))
    return found[0].strip() if found else None


def _sum(reading: Reading) -> str | None:
    """ "What is the rate for 100,000?" is a general question although it names a sum."""
    if reading.intent in _GENERAL:
        return None
    for clause in _clauses(reading):
        found = words.FIRST_PERSON.search(clause) and words.SUM.search(clause)
        if found:
            return found[0].strip()
    return None


def _clauses(reading: Reading) -> list[str]:
    """The clauses that do not tell of others; none when what is left is not about the customer either."""
    told = [without_others(clause) for clause in _CLAUSE.findall(_WITHIN_A_NUMBER.sub("", reading.text))]
    own = [clause for clause in told if clause is not None]
    about_others = len(own) < len(told) and not any(map(words.FIRST_PERSON.search, own))
    return [] if about_others else own
