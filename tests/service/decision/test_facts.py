import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_service.decision.facts import Customer, Facts, Running, Signals
from handoff_service.decision.questions import Question

COMPLETE = {
    "version": "4",
    "language": "en",
    "intent": "return_refund",
    "confidence": 0.91,
    "fallback": True,
    "sentiment": -0.25,
    "asks_human": True,
    "gives_up": True,
    "topic": "refund",
    "rejects_answer": True,
    "threat": True,
    "needs_advice": True,
    "question": {
        "key": "invoice",
        "terms": ["?how", "invoice"],
        "about": {"number": ["10023"]},
        "again": True,
    },
    "attachments": 2,
    "without_words": True,
    "why": {"asks_human": "a real person"},
    "failed": ["topic"],
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=5,
)


def test_every_signal_of_the_turn_is_read() -> None:
    signals = Signals.from_dict(COMPLETE)

    assert signals.to_dict() == COMPLETE
    assert set(COMPLETE) == set(Signals.__slots__)


def test_missing_and_extra_keys_leave_neutral_signals() -> None:
    assert Signals.from_dict({"mood": "sunny"}) == Signals()
    assert Signals.from_dict({}) == Signals()


@pytest.mark.parametrize("d", [None, [], "signals", 7])
def test_what_is_no_mapping_is_neutral(d: object) -> None:
    assert Signals.from_dict(d) == Signals()


@pytest.mark.parametrize(
    "name", ["fallback", "asks_human", "gives_up", "rejects_answer", "threat", "needs_advice"]
)
@pytest.mark.parametrize("value", ["true", 1, None, [True]])
def test_only_true_is_true(name: str, value: object) -> None:
    assert getattr(Signals.from_dict({name: value}), name) is False


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("sentiment", -7, -1.0),
        ("sentiment", 3.5, 1.0),
        ("sentiment", "-0.9", 0.0),
        ("sentiment", math.nan, 0.0),
        ("sentiment", -math.inf, 0.0),
        ("sentiment", True, 0.0),
        ("sentiment", 10**400, 0.0),
        ("confidence", -1, 0.0),
        ("language", "fr", None),
        ("language", ["zh"], None),
        ("topic", "", None),
        ("topic", {"refund": 1}, None),
        ("question", 5, None),
        ("question", {"key": 5}, None),
        ("question", {"terms": ["invoice"]}, None),
        ("question", {"key": "invoice", "terms": "x", "about": ["y"], "again": 1}, Question("invoice")),
        ("question", "invoice:10023", Question("invoice", about={"number": frozenset(["10023"])})),
        ("question", "text:who are you", Question("text", frozenset(["who", "are", "you"]))),
        ("failed", "topic", ()),
        ("failed", ["topic", 3, ""], ("topic",)),
        ("version", 2, "1"),
        ("why", {"threat": 3, 4: "x", "topic": "refund"}, {"topic": "refund"}),
        ("why", "because", {}),
    ],
)
def test_odd_values_become_neutral_or_are_held_within_range(name: str, value: object, read: object) -> None:
    assert getattr(Signals.from_dict({name: value}), name) == read


@given(st.dictionaries(st.sampled_from(sorted(COMPLETE)), anything))
def test_no_input_breaks_reading_and_what_was_read_is_stable(d: dict[str, object]) -> None:
    signals = Signals.from_dict(d)

    assert Signals.from_dict(json.loads(json.dumps(signals.to_dict()))) == signals


def test_facts_survive_being_stored() -> None:
    facts = Facts(
        signals=Signals.from_dict(COMPLETE),
        running=Running(2, 3, 1, -0.5, "loan"),
        customer=Customer("gold", frozenset({"press", "churn"})),
        agents_online=4,
        channel="wechat",
        business_hours=False,
        just_resolved=True,
        agents_available=2,
        learned_score=0.75,
        learned_version=3,
    )

    assert Facts.from_dict(json.loads(json.dumps(facts.to_dict()))) == facts


@given(st.dictionaries(st.sampled_from(sorted(Facts.from_dict({}).to_dict())), anything))
def test_broken_stored_facts_are_read_as_neutral(d: dict[str, object]) -> None:
    facts = Facts.from_dict(d)

    assert facts.agents_online >= 0
    assert facts.running.repeat_count >= 0
    assert facts.learned_score is None or 0 <= facts.learned_score <= 1
