"""What becomes of each handoff under other rules."""

import datetime as dt

import hypothesis.strategies as st
import pytest
from hypothesis import given

from handoff_service.backtest.history import Window
from handoff_service.backtest.replay import DRAFT, REAL, Observation
from handoff_service.decision.running import FORGET_AFTER
from tests.service.backtest.histories import MINUTE, NINE, TWICE, History, history, replayed, rules, told

ONCE = rules("fallback: true", "once")
THRICE = rules("consecutive_fallbacks: {gte: 3}", "thrice")
NEVER = rules("topic: weather", "never")
GREETED = rules("intent: greet", "greeted")


@pytest.mark.parametrize(
    ("words", "draft", "expected"),
    [
        ("", ONCE, []),
        (". . .", ONCE, []),
        (". f .", TWICE, []),
        # same, earlier, not by then, gained
        (". f H", TWICE, [("same", "t3", "t3")]),
        (". f H", ONCE, [("earlier", "t3", "t2")]),
        (". f H", THRICE, [("not_by_then", "t3", None)]),
        (". f .", ONCE, [("gained", None, "t2")]),
        # only the first handoff of a stretch: nobody knows how it would have gone on
        ("f . f . f", ONCE, [("gained", None, "t1")]),
        # after a return a new stretch begins: one fallback from before it does not count
        ("f H f", TWICE, [("same", "t2", "t2")]),
        ("f H f H", TWICE, [("same", "t2", "t2"), ("same", "t4", "t4")]),
        ("f H f H", THRICE, [("not_by_then", "t2", None), ("not_by_then", "t4", None)]),
        # later: not by the real handoff, but soon after the return
        ("f H .", GREETED, [("later", "t2", "t3")]),
        ("f H gap .", GREETED, [("not_by_then", "t2", None), ("gained", None, "t3")]),
        ("f H f H .", GREETED, [("not_by_then", "t2", None), ("later", "t4", "t5")]),
        ("f H . H", GREETED, [("not_by_then", "t2", None), ("earlier", "t4", "t3")]),
        # by hand: rules cannot lose it, only come before it
        (". f c", TWICE, [("by_hand", None, None)]),
        (". f c", ONCE, [("earlier", None, "t2")]),
        ("c", ONCE, [("by_hand", None, None)]),
        ("f c f", TWICE, [("by_hand", None, None)]),
        # a silence of more than a day: what was before it is forgotten, and a gained handoff would be over
        ("f gap f", TWICE, []),
        ("f gap f", ONCE, [("gained", None, "t1"), ("gained", None, "t2")]),
        ("f gap f H", ONCE, [("gained", None, "t1"), ("earlier", "t3", "t2")]),
    ],
)
def test_what_becomes_of_each_handoff(words: str, draft, expected) -> None:
    assert told(replayed(history(words), draft)) == expected


def test_a_silence_of_exactly_the_time_that_is_remembered_ends_nothing() -> None:
    made = History()
    made.turn(fallback=True)
    made.at = NINE + FORGET_AFTER
    made.turn(fallback=True)

    assert told(replayed(made, TWICE)) == [("gained", None, "t2")]


def test_the_desk_is_asked_for_what_the_rules_of_either_side_want() -> None:
    draft = rules("fallback: true", "once")
    (case,) = replayed(history("f H"), draft)

    assert case.real is not None
    assert case.draft is not None
    assert (case.real.rule, case.draft.rule) == ("twice", "once")
    assert case.real.required == case.draft.required == ("zh",)
    assert case.real.place - case.draft.place == 1
    assert case.real.at - case.draft.at == MINUTE


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (NINE, NINE + dt.timedelta(hours=1), ["same", "gained"]),
        (NINE + MINUTE, NINE + dt.timedelta(hours=1), ["gained"]),  # the first stretch began before
        (NINE, NINE + MINUTE, []),  # the handoff on the second turn does not exist yet
        (NINE, NINE + 2 * MINUTE, ["same"]),
    ],
)
def test_a_stretch_counts_where_it_began_and_the_past_ends_at_until(since, until, expected) -> None:
    made = history("f H f f")
    window = Window(since, until)
    made.turns = [turn for turn in made.turns if turn.sent_at < until]  # as the repository reads them

    assert [case.category for case in replayed(made, TWICE, window=window)] == expected


def test_turns_that_come_out_again_as_they_went_are_no_deviation() -> None:
    seen: list[Observation] = []
    replayed(history("f H"), TWICE, observe=seen.append)

    assert [(each.again.handoff, each.turn.handed_over) for each in seen if each.again] == [
        (False, False),
        (True, True),
    ]


def test_a_deviation_from_the_stored_decision_is_told() -> None:
    seen: list[Observation] = []
    replayed(history(". H"), TWICE, observe=seen.append)

    assert [each.again.handoff == each.turn.handed_over for each in seen if each.again] == [True, False]


def test_without_the_rules_of_the_time_the_draft_is_replayed_all_the_same() -> None:
    seen: list[Observation] = []
    cases = replayed(history("f H"), ONCE, then=None, observe=seen.append)

    assert told(cases) == [("earlier", "t2", "t1")]
    assert [each.again for each in seen] == [None, None]


words = st.lists(st.sampled_from(["f", ".", "H", "c", "gap"]), max_size=15).map(" ".join)


@given(words)
def test_no_handoff_is_forgotten_and_none_counted_twice(text: str) -> None:
    made = history(text)
    for draft in (ONCE, TWICE, THRICE, NEVER, GREETED):
        cases = replayed(made, draft)
        real = [case for case in cases if case.category in REAL]
        kept = [case for case in cases if case.category in DRAFT]

        assert sorted(case.stored.id for case in real if case.stored) == sorted(h.id for h in made.handoffs)
        turns = [case.draft.turn_id for case in kept if case.draft and case.draft.turn_id]
        assert len(turns) == len(set(turns))


@given(words)
def test_rules_that_never_hand_over_leave_only_what_people_took(text: str) -> None:
    made = history(text)

    assert {case.category for case in replayed(made, NEVER)} <= {"not_by_then", "by_hand"}
