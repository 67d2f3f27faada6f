from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_service.decision.facts import PastTurn, Running, Signals
from handoff_service.decision.questions import Question
from handoff_service.decision.running import DISPLEASED_AT, FORGET_AFTER, running_values

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REFUND = Signals(intent="return_refund", topic="refund", question=Question("return_refund"))
HOURS = Signals(intent="opening_hours", question=Question("opening_hours"))
THANKS = Signals(intent="thank")
FORM_ANSWER = Signals(intent="inform_order_number")
NOT_UNDERSTOOD = Signals(fallback=True)
PHOTO = Signals(intent="send_attachment", confidence=1.0, attachments=1, without_words=True)
DISPLEASED = Signals(sentiment=DISPLEASED_AT)


def running(*turns: Signals) -> Running:
    """The running values of the last of these turns, one minute apart."""
    past = [PastTurn(s, NOON + i * timedelta(minutes=1)) for i, s in enumerate(turns[:-1])]
    return running_values(past, turns[-1])


def test_a_first_question_is_asked_once() -> None:
    assert running(REFUND) == Running(0, 1, 0, 0.0, "refund")


@pytest.mark.parametrize(
    ("turns", "count"),
    [
        ([REFUND, REFUND], 2),
        ([REFUND, REFUND, REFUND], 3),
        ([REFUND, THANKS, REFUND], 2),
        ([REFUND, FORM_ANSWER, REFUND, THANKS, REFUND], 3),
        ([REFUND, HOURS, REFUND], 2),
        ([REFUND, HOURS], 1),
        ([REFUND, REFUND, THANKS], 0),
        ([REFUND, REFUND, FORM_ANSWER], 0),
        ([THANKS, FORM_ANSWER, THANKS], 0),
    ],
)
def test_repetition_counts_only_the_same_question(turns: list[Signals], count: int) -> None:
    assert running(*turns).repeat_count == count


@pytest.mark.parametrize(
    ("turns", "count"),
    [
        ([NOT_UNDERSTOOD], 1),
        ([NOT_UNDERSTOOD, NOT_UNDERSTOOD], 2),
        ([NOT_UNDERSTOOD, REFUND], 0),
        ([NOT_UNDERSTOOD, NOT_UNDERSTOOD, THANKS, NOT_UNDERSTOOD], 1),
    ],
)
def test_any_understood_turn_ends_a_run_of_fallbacks(turns: list[Signals], count: int) -> None:
    assert running(*turns).consecutive_fallbacks == count


@pytest.mark.parametrize(
    ("turns", "count"),
    [
        ([DISPLEASED], 1),
        ([Signals(sentiment=DISPLEASED_AT + 0.01)], 0),
        ([DISPLEASED, Signals(sentiment=-1.0)], 2),
        ([DISPLEASED, THANKS, DISPLEASED], 1),
        ([DISPLEASED, DISPLEASED, THANKS], 0),
    ],
)
def test_displeasure_counts_while_it_lasts(turns: list[Signals], count: int) -> None:
    assert running(*turns).displeased_streak == count


def test_recent_sentiment_is_the_mean_of_the_last_three_turns() -> None:
    turns = [Signals(sentiment=s) for s in (-1.0, 0.5, -0.5, 0.75)]

    assert running(*turns).recent_sentiment == pytest.approx(0.25)
    assert running(*turns[:2]).recent_sentiment == pytest.approx(-0.25)


@pytest.mark.parametrize(
    ("turns", "topic"),
    [
        ([REFUND, Signals(rejects_answer=True)], "refund"),
        ([REFUND, Signals(rejects_answer=True, question=Question("reject"))], "refund"),
        ([REFUND, Signals(rejects_answer=True, question=Question("reject")), DISPLEASED], "refund"),
        ([REFUND, THANKS, DISPLEASED], "refund"),
        ([REFUND, Signals(needs_advice=True, question=Question("text"))], "refund"),
        ([REFUND, HOURS], None),
        ([REFUND, HOURS, DISPLEASED], None),
        ([REFUND, Signals(topic="loan", question=Question("loan_conditions"))], "loan"),
        ([THANKS], None),
    ],
)
def test_a_turn_without_a_topic_is_about_the_last_one_until_something_else_is_asked(
    turns: list[Signals], topic: str | None
) -> None:
    assert running(*turns).recent_topic == topic


def test_with_a_time_given_yesterdays_turns_are_forgotten() -> None:
    past = [PastTurn(REFUND, NOON), PastTurn(REFUND, NOON + timedelta(hours=2))]

    assert running_values(past, REFUND, at=NOON + FORGET_AFTER).repeat_count == 3
    assert running_values(past, REFUND, at=NOON + FORGET_AFTER + timedelta(seconds=1)).repeat_count == 2


turn = st.builds(
    Signals,
    fallback=st.booleans(),
    sentiment=st.floats(-1, 1),
    topic=st.sampled_from([None, "refund", "loan"]),
    question=st.sampled_from([None, Question("a"), Question("b")]),
)


@given(st.lists(turn, min_size=1, max_size=12), st.integers(0, 11))
def test_a_thank_you_in_between_never_changes_the_repeat_count(turns: list[Signals], place: int) -> None:
    with_thanks = [*turns[: min(place, len(turns) - 1)], THANKS, *turns[min(place, len(turns) - 1) :]]

    assert running(*with_thanks).repeat_count == running(*turns).repeat_count


@given(st.lists(turn, min_size=1, max_size=12))
def test_no_running_value_counts_more_turns_than_there_were(turns: list[Signals]) -> None:
    values = running(*turns)

    assert max(values.consecutive_fallbacks, values.repeat_count, values.displeased_streak) <= len(turns)
    assert -1 <= values.recent_sentiment <= 1


def test_files_without_words_are_counted_and_change_nothing_else() -> None:
    before = running(REFUND, NOT_UNDERSTOOD, DISPLEASED)
    with_photo = running(REFUND, PHOTO, NOT_UNDERSTOOD, PHOTO, PHOTO, DISPLEASED)
    photo = running(REFUND, DISPLEASED, NOT_UNDERSTOOD, PHOTO, PHOTO)

    assert with_photo == before
    assert (photo.attachments_without_words, photo.consecutive_fallbacks, photo.displeased_streak) == (
        2,
        0,
        0,
    )
    assert photo.recent_topic == running(REFUND, DISPLEASED, NOT_UNDERSTOOD).recent_topic
