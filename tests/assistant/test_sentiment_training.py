"""The texts that sentiment is learnt from, and the training."""

from collections import Counter
from pathlib import Path

import pytest

from actions.signals.reading import read
from actions.signals.sentiment_classifier import chances
from actions.signals.sentiment_features import features
from scripts import sentiment_texts
from scripts.sentiment_training import train

ROOT = Path(__file__).resolve().parents[2]
SMALL = [
    ("太慢了", "negative"),
    ("很好", "positive"),
    ("运费多少", "neutral"),
    ("so slow", "negative"),
    ("lovely", "positive"),
    ("where is it", "neutral"),
]


def every_text() -> list[sentiment_texts.Labelled]:
    paths = [*sentiment_texts.files(ROOT), *sentiment_texts.files(ROOT, held_out=True)]
    return [labelled for path in paths for labelled in sentiment_texts.read(path)]


def test_no_text_stands_twice_also_not_among_those_held_out():
    times = Counter(" ".join(labelled.text.lower().split()) for labelled in every_text())

    assert [text for text, count in times.items() if count > 1] == []


def test_texts_held_out_are_not_trained_on():
    trained = sentiment_texts.files(ROOT)
    held_out = sentiment_texts.files(ROOT, held_out=True)

    assert trained
    assert held_out
    assert not set(trained) & set(held_out)


def test_a_text_without_a_label_is_refused_with_its_place(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("# Reviews.\n\n太慢了\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"texts\.txt:3"):
        list(sentiment_texts.read(path))


def test_labels_and_comments_are_read(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("# Reviews.\n[negative]\n太慢了\n#fail\n[positive]\n很好\n", encoding="utf-8")

    assert [(labelled.text, labelled.label) for labelled in sentiment_texts.read(path)] == [
        ("太慢了", "negative"),
        ("#fail", "negative"),
        ("很好", "positive"),
    ]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("what a shambolic visit", "leans blame"),
        ("it was not shambolic", "leans no blame"),
        ("no, shambolic", "leans blame"),
        ("deliciousss", "leans praise"),
        ("my zip jammed :(", "sides blame trouble"),
        ("do you replace shattered glasses", "sides trouble, asks False True"),
        ("your glasses shattered?", "sides trouble, asks True False"),
    ],
)
def test_english_shows_what_its_words_lean_to_and_whether_it_asks(text, seen):
    with read(text, {}) as reading:
        assert seen in features(reading, 0.0)


def test_nothing_seen_in_one_language_alone_is_seen_in_the_other():
    with read("太慢了!", {}) as reading:
        chinese = features(reading, -0.5)
    with read("too slow!", {}) as reading:
        english = features(reading, -0.5)

    assert set(chinese) & set(english) == {"!"}


def test_training_twice_gives_the_same_model():
    with read("运费太慢 so lovely", {}) as reading:
        seen = features(reading, 0.0)

    assert chances(train(SMALL, passes=2), [seen]) == chances(train(SMALL, passes=2), [seen])


def test_it_learns():
    model = train(SMALL, passes=30)

    for text, label in SMALL:
        with read(text, {}) as reading:
            found = chances(model, [features(reading, 0.0)])[0]
        assert max(found._asdict(), key=found._asdict().get) == label
