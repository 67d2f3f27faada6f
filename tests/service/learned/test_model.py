"""The model: what it learns, that it never looks ahead, and its bytes."""

import dataclasses
import io
import pickle

import numpy as np
import pytest

from handoff_service.learned.dialogue import said
from handoff_service.learned.evaluation import cross_validated, measured
from handoff_service.learned.storing import BadModel, from_bytes, to_bytes
from handoff_service.learned.training import TooFew, enough, train
from tests.service.learned.dialogues import made_up


def test_it_learns_when_a_person_is_wanted(model):
    assert measured(model, made_up(seed=2)).f1 > 0.9


def test_each_dialogue_is_judged_by_a_model_that_has_not_seen_it():
    shuffled = [
        dataclasses.replace(
            one, labels=tuple(int((number * 7 + place) % 5 == 0) for place in range(len(one.turns)))
        )
        for number, one in enumerate(made_up())
    ]
    assert cross_validated(made_up(), 2).f1 > 0.9
    assert cross_validated(shuffled, 2).f1 < 0.6, "labels without a pattern cannot be foretold"


def test_later_turns_do_not_change_earlier_scores(model):
    for dialogue in made_up(6, seed=3):
        scores = model.scores(dialogue.turns)
        for end in range(1, len(dialogue.turns) + 1):
            assert model.scores(dialogue.turns[:end]) == pytest.approx(scores[:end], abs=0)
            assert model.score(dialogue.turns[:end]) == scores[end - 1]


@pytest.mark.parametrize(
    "turns",
    [
        [said("user", "")],
        [said("bot", "")] * 3,
        [said("user", "😀")],
        [said("user", "x" * 10_000)],
        [said("user", "從未見過的話"), said("bot", "nie gehört"), said("user", "从未见过")],
        [said("user", "转人工")] * 40,
    ],
)
def test_whatever_is_said_has_a_score(model, turns):
    assert ((model.scores(turns) >= 0) & (model.scores(turns) <= 1)).all()


def test_training_again_gives_the_same_model(model):
    assert to_bytes(train(made_up())) == to_bytes(model)


def test_a_model_read_back_scores_the_same(model):
    again = from_bytes(to_bytes(model))
    assert again.threshold == model.threshold
    for dialogue in made_up(8, seed=4):
        assert (again.scores(dialogue.turns) == model.scores(dialogue.turns)).all()


def test_its_bytes_hold_none_of_the_words(model):
    with np.load(io.BytesIO(to_bytes(model)), allow_pickle=False) as stored:
        assert {stored[name].dtype.kind for name in stored.files} <= set("iuf")


class _Evil:
    def __reduce__(self):
        return pytest.fail, ("a pickle was run",)


def _changed(model, **changes):
    with np.load(io.BytesIO(to_bytes(model))) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    packed = io.BytesIO()
    np.savez_compressed(packed, **{name: array for name, array in arrays.items() if array is not None})
    return packed.getvalue()


@pytest.mark.parametrize(
    "changes",
    [
        {"trees.left": lambda a: np.zeros_like(a)},  # a loop
        {"trees.right": lambda a: a + 1_000_000},
        {"trees.feature": lambda a: a + 1_000},
        {"trees.value": lambda a: a + 2},
        {"trees.threshold": lambda a: a * np.nan},
        {"trees.roots": lambda a: a[:0]},
        {"networks.hidden": lambda a: a[:, :-1]},
        {"networks.hidden_bias": lambda a: a[:-1]},
        {"networks.outward": lambda a: a[:, :-1]},
        {"networks.outward_bias": lambda a: a * np.inf},
        {"networks.centre": lambda a: a[:-1]},
        {"networks.scale": lambda a: a * 0},
        {"present.keys": lambda a: a[::-1]},
        {"present.whole": lambda a: a[:-1]},
        {"directions": lambda a: a[:, :-1]},
        {"bins": lambda a: a[:, :-1]},
        {"edges": lambda a: a.astype(np.float32)},
        {"format": lambda a: a + 1},
        {"intercepts": lambda a: None},
        {"threshold": lambda a: np.array([_Evil()], dtype=object)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_model_that_was_tampered_with_is_refused(model, changes):
    with np.load(io.BytesIO(to_bytes(model))) as stored:
        changed = {name: change(stored[name]) for name, change in changes.items()}
    with pytest.raises(BadModel):
        from_bytes(_changed(model, **changed))


@pytest.mark.parametrize("payload", [b"", b"no model", pickle.dumps(_Evil()), b"PK\x03\x04" + b"\0" * 40])
def test_foreign_bytes_are_refused(payload):
    with pytest.raises(BadModel):
        from_bytes(payload)


def test_a_damaged_model_is_refused_wherever_the_damage_is(model):
    whole = to_bytes(model)
    read = set()
    for place in range(0, len(whole), len(whole) // 100):
        payload = bytearray(whole)
        payload[place] ^= 0xFF
        try:
            read.add(to_bytes(from_bytes(bytes(payload))))
        except BadModel:
            continue
    assert read <= {whole}, "damage that does no harm, as to a file's date, is the only that may pass"


def test_too_few_dialogues_are_refused_with_the_reason():
    with pytest.raises(TooFew, match="20 dialogues, 10 with a turn"):
        enough(made_up(20))
    happy = [dataclasses.replace(one, labels=(0,) * len(one.turns)) for one in made_up()]
    with pytest.raises(TooFew, match="0 with a turn to hand over"):
        enough(happy)
