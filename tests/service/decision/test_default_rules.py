"""The shipped rules say what they should: who is handed over when, how urgently, and to whom."""

from typing import Any

import pytest

from handoff_service.decision.decide import Priority
from handoff_service.decision.facts import PastTurn, Running, Signals
from handoff_service.decision.questions import Question
from handoff_service.decision.running import DISPLEASED_AT, running_values
from tests.service.decision.factories import DEFAULT_RULES, DEFAULT_RULES_TEXT, decided
from tests.service.decision.test_running import DISPLEASED, HOURS, NOON, NOT_UNDERSTOOD, PHOTO, REFUND, THANKS

REJECTS = Signals(intent="reject_answer", rejects_answer=True)
LOAN = Signals(intent="loan_conditions", topic="loan", question=Question("loan_conditions"))
COMPLAINT = Signals(intent="complaint", topic="complaint", question=Question("complaint"))


def after(*turns: Signals, tier: str | None = None) -> Any:
    """The decision for the last of these turns."""
    past = [PastTurn(signals, NOON) for signals in turns[:-1]]
    signals = {name: getattr(turns[-1], name) for name in Signals.__slots__ if name != "language"}
    return decided(running=running_values(past, turns[-1]), tier=tier, **signals)


@pytest.mark.parametrize(
    ("given", "rule", "priority", "skills"),
    [
        ({"asks_human": True}, "asks_for_person", Priority.normal, ("zh",)),
        ({"asks_human": True, "just_resolved": True}, "asks_for_person", Priority.high, ("zh",)),
        ({"rejects_answer": True, "just_resolved": True}, "not_solved_after_all", Priority.high, ("zh",)),
        ({"topic": "fraud"}, "fraud_or_lost_card", Priority.urgent, ("zh", "risk")),
        ({"threat": True}, "threat_or_strong_displeasure", Priority.high, ("zh",)),
        ({"sentiment": -0.8}, "threat_or_strong_displeasure", Priority.high, ("zh",)),
    ],
)
def test_one_turn_is_enough(
    given: dict[str, Any], rule: str, priority: Priority, skills: tuple[str, ...]
) -> None:
    decision = decided(**given)

    assert decision.rule == rule
    assert decision.priority is priority
    assert decision.skills_required == skills


@pytest.mark.parametrize(
    "signals",
    [REFUND, LOAN, COMPLAINT, HOURS, THANKS, NOT_UNDERSTOOD, DISPLEASED, REJECTS, Signals(sentiment=-0.79)],
)
def test_a_first_question_one_misunderstanding_or_one_bad_mood_is_answered_by_the_bot(
    signals: Signals,
) -> None:
    decision = after(signals)

    assert decision.handoff is False
    assert decision.priority is Priority.normal


@pytest.mark.parametrize(
    ("first", "rule", "skill"),
    [
        (REFUND, "refund_unsettled", "refund"),
        (COMPLAINT, "complaint_unsettled", "complaint"),
        (LOAN, "loan_unsettled", "loan"),
    ],
)
@pytest.mark.parametrize("second", ["same", REJECTS, DISPLEASED])
def test_an_unsettled_money_matter_goes_to_who_knows_it(
    first: Signals, rule: str, skill: str, second: Signals | str
) -> None:
    decision = after(first, first if isinstance(second, str) else second)

    assert decision.rule == rule
    assert decision.priority is Priority.normal
    assert decision.skills_required == ("zh", skill)


def test_another_question_asked_twice_after_a_refund_question_is_no_refund_trouble() -> None:
    assert after(REFUND, HOURS, HOURS).handoff is False


def test_a_loan_case_that_needs_advice_goes_to_loans_at_once() -> None:
    decision = decided(topic="loan", needs_advice=True, running=Running(recent_topic="loan", repeat_count=1))

    assert decision.rule == "loan_needs_advice"
    assert decision.skills_required == ("zh", "loan")
    assert decided(needs_advice=True).handoff is False


@pytest.mark.parametrize("tier", ["gold", "platinum"])
@pytest.mark.parametrize("signals", [NOT_UNDERSTOOD, DISPLEASED])
def test_a_vip_is_handed_over_at_the_first_let_down(tier: str, signals: Signals) -> None:
    decision = after(signals, tier=tier)

    assert decision.rule == "vip_let_down"
    assert decision.priority is Priority.high
    assert decision.skills_preferred == ("senior",)


@pytest.mark.parametrize(("tier", "priority"), [("gold", Priority.high), ("silver", Priority.normal)])
def test_being_a_vip_raises_but_hands_nothing_over(tier: str, priority: Priority) -> None:
    decision = after(HOURS, tier=tier)

    assert decision.handoff is False
    assert decision.priority is priority


@pytest.mark.parametrize(
    ("turns", "rule"),
    [
        ([NOT_UNDERSTOOD, NOT_UNDERSTOOD], "not_understood_twice"),
        ([NOT_UNDERSTOOD, HOURS, NOT_UNDERSTOOD], None),
        ([HOURS, HOURS, HOURS], "asked_three_times"),
        ([HOURS, THANKS, HOURS, HOURS], "asked_three_times"),
        ([HOURS, HOURS], None),
        ([DISPLEASED, DISPLEASED], "displeased_twice"),
        ([DISPLEASED, THANKS, DISPLEASED], None),
        ([PHOTO], None),
        ([PHOTO, PHOTO], "attachment_without_words"),
        ([PHOTO, HOURS, PHOTO], None),
        ([Signals(attachments=3), Signals(attachments=1)], None),
        ([NOT_UNDERSTOOD, PHOTO], None),
        ([NOT_UNDERSTOOD, PHOTO, NOT_UNDERSTOOD], "not_understood_twice"),
        ([DISPLEASED, PHOTO, DISPLEASED], "displeased_twice"),
        ([HOURS, HOURS, PHOTO], None),
    ],
)
def test_trouble_that_goes_on_is_handed_over(turns: list[Signals], rule: str | None) -> None:
    assert after(*turns).rule == rule


def test_the_safety_advice_is_said_in_both_languages_also_when_a_person_was_asked_for() -> None:
    decision = decided(topic="fraud", asks_human=True)

    assert decision.rule == "asks_for_person"
    assert "冻结" in decision.messages["zh"]
    assert "验证码" in decision.messages["zh"]
    assert "Freeze" in decision.messages["en"]
    assert "verification code" in decision.messages["en"]
    # A blank line would be split into two bubbles by some channels.
    assert not any("\n\n" in text for text in decision.messages.values())


def test_one_displeased_turn_means_the_same_in_rules_and_streaks() -> None:
    thresholds = {word.strip("}, ") for word in DEFAULT_RULES_TEXT.split("sentiment: {lte: ")[1:]}
    found = {float(text.split("}")[0]) for text in thresholds}

    assert found == {-0.8, DISPLEASED_AT}


def test_the_shipped_rules_are_those_of_the_documentation_with_one_for_each_topic() -> None:
    assert [rule.id for rule in DEFAULT_RULES.rules] == [
        "asks_for_person",
        "not_solved_after_all",
        "fraud_or_lost_card",
        "threat_or_strong_displeasure",
        "refund_unsettled",
        "complaint_unsettled",
        "loan_unsettled",
        "loan_needs_advice",
        "vip_let_down",
        "vip",
        "not_understood_twice",
        "asked_three_times",
        "displeased_twice",
        "attachment_without_words",
    ]
