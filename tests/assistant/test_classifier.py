"""The intent classifier, with words as features and no pipeline around it."""

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from rasa_parts.classifier import OUT_OF_SCOPE, TfidfClassifier

WORDS = ("parcel", "late", "money", "back", "weather", "song")
EXAMPLES = {
    "delivery": ["parcel", "parcel late", "late late parcel", "parcel money"],
    "refund": ["money", "money back", "back money money", "money parcel back"],
    OUT_OF_SCOPE: ["weather", "song", "weather song", "song late"],
}


def message(text: str, intent: str | None = None) -> Message:
    counts = csr_matrix([[text.split().count(word) for word in WORDS]], dtype=float)
    features = Features(counts, FEATURE_TYPE_SENTENCE, TEXT, "words")
    return Message({TEXT: text, **({INTENT: intent} if intent else {})}, features=[features])


def examples(given: dict[str, list[str]]) -> TrainingData:
    return TrainingData([message(text, intent) for intent, texts in given.items() for text in texts])


@pytest.fixture
def trained(tmp_path):
    """A function that trains a classifier with some settings and loads what it stored."""
    storage, resource = LocalModelStorage(tmp_path), Resource("classifier")
    context = ExecutionContext(GraphSchema({}), node_name="classifier")

    def train(data: TrainingData, **settings: float) -> TfidfClassifier:
        config = {**TfidfClassifier.get_default_config(), **settings}
        TfidfClassifier.create(config, storage, resource, context).train(data)
        return TfidfClassifier.load(config, storage, resource, context)

    return train


def asked(classifier: TfidfClassifier, text: str) -> list[tuple[str, float]]:
    (answered,) = classifier.process([message(text)])
    ranking = [(entry["name"], entry["confidence"]) for entry in answered.get("intent_ranking")]
    assert answered.get(INTENT) == answered.get("intent_ranking")[0]
    return ranking


@pytest.mark.parametrize(
    ("text", "intent"),
    [("late parcel", "delivery"), ("money back", "refund"), ("song weather", OUT_OF_SCOPE)],
)
def test_the_intent_whose_words_were_seen_comes_first(trained, text, intent):
    ranking = asked(trained(examples(EXAMPLES)), text)
    assert ranking[0][0] == intent
    assert {name for name, _ in ranking} == set(EXAMPLES)
    confidences = [confidence for _, confidence in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)


def test_out_of_scope_weighs_as_often_as_it_is_told_to(trained):
    plain = dict(asked(trained(examples(EXAMPLES), out_of_scope_weight=1.0), "money song"))
    weighed = dict(asked(trained(examples(EXAMPLES), out_of_scope_weight=3.0), "money song"))
    assert weighed[OUT_OF_SCOPE] / weighed["refund"] == pytest.approx(
        3 * plain[OUT_OF_SCOPE] / plain["refund"]
    )
    assert weighed["delivery"] / weighed["refund"] == pytest.approx(plain["delivery"] / plain["refund"])


def test_a_text_of_which_nothing_was_seen_has_no_intent(trained):
    """Whatever the intents' leanings, none of them is meant; FallbackClassifier then asks again."""
    unknown, known = trained(examples(EXAMPLES)).process([message("xyz"), message("late xyz")])
    assert unknown.get(INTENT) == {"name": None, "confidence": 0.0}
    assert unknown.get("intent_ranking") == []
    assert known.get(INTENT)["name"] in EXAMPLES


def test_the_ranking_is_short_however_many_intents_there_are(trained):
    many = {f"intent {n}": [" ".join([WORDS[n % 6]] * (n // 6 + 1))] * 2 for n in range(18)}
    assert len(asked(trained(examples(many)), "parcel money song")) == 10


def test_the_same_examples_give_the_same_confidences(trained):
    first, second = (asked(trained(examples(EXAMPLES)), "late money") for _ in range(2))
    assert first == second


def test_confidences_can_be_stored_as_json(trained):
    """numpy's numbers cannot."""
    ((name, confidence), *_) = asked(trained(examples(EXAMPLES)), "late money")
    assert type(name) is str
    assert type(confidence) is float
    assert np.isfinite(confidence)
