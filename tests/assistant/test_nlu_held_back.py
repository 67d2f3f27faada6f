"""The held-back set is whole, and nothing of it is trained or developed on."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests.assistant.nlu_files import HELD_BACK, LANGUAGES, ROOT, TRAINING, comparable, sentences

DOMAIN = yaml.safe_load(Path(ROOT, "domain.yml").read_text(encoding="utf-8"))
INTENTS = [intent for intent in DOMAIN["intents"] if intent != "send_attachment"]  # never said in words
HELD_BACK_SENTENCES = sentences(HELD_BACK)
TRAINED = sentences(TRAINING)
DEVELOPMENT = yaml.safe_load(Path(ROOT, "tests/assistant/nlu_heldout.yml").read_text(encoding="utf-8"))
PER_INTENT = 12


def distinct(texts: list[str]) -> set[str]:
    return set(map(comparable, texts))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", INTENTS)
def test_an_intent_has_enough_sentences(language, intent):
    assert len(distinct(HELD_BACK_SENTENCES[language][intent])) >= PER_INTENT


@pytest.mark.parametrize(("language", "least"), [("zh", 300), ("en", 100)])
def test_enough_sentences_are_out_of_scope(language, least):
    assert len(distinct(HELD_BACK_SENTENCES[language]["out_of_scope"])) >= least


@pytest.mark.parametrize("others", [TRAINED, DEVELOPMENT], ids=["trained on", "developed on"])
def test_no_sentence_is_seen_before(others):
    seen = {comparable(text) for intents in others.values() for texts in intents.values() for text in texts}
    held_back = [
        text for intents in HELD_BACK_SENTENCES.values() for texts in intents.values() for text in texts
    ]
    assert [text for text in held_back if comparable(text) in seen] == []


def test_no_sentence_stands_twice():
    texts = [text for intents in HELD_BACK_SENTENCES.values() for found in intents.values() for text in found]
    seen = sorted(map(comparable, texts))
    assert [one for one, next_one in pairwise(seen) if one == next_one] == []


@pytest.mark.parametrize(
    ("text", "same"),
    [("Where's my parcel?", "wheres my parcel"), ("訂單到哪了？", "订单 到哪了"), ("ＯＫ", "ok")],
)
def test_spelling_that_does_not_make_another_sentence(text, same):
    assert comparable(text) == comparable(same)
    assert comparable(text) != comparable(f"{same} no")
