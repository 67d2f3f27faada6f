"""The counts of the pipeline's featurizers, as `config.yml` sets them."""

from pathlib import Path

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_parts.featurizer import SentenceFeaturizer
from rasa_parts.tokenizer import BilingualTokenizer

ROOT = Path(__file__).parents[2]
PIPELINE = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
COUNTED = [entry for entry in PIPELINE if entry["name"] == "rasa_parts.featurizer.SentenceFeaturizer"]
TRAINED = ["我的订单到哪了", "where is my order 10023", "退款什么时候到", "refund my order"]


def cut(texts: list[str]) -> list[Message]:
    resource, context = Resource("tokenizer"), ExecutionContext(GraphSchema({}))
    tokenizer = BilingualTokenizer.create(BilingualTokenizer.get_default_config(), None, resource, context)
    return tokenizer.process([Message({TEXT: text}) for text in texts])


@pytest.fixture
def counted(tmp_path):
    """A function that trains a featurizer with some settings and counts texts with what it stored."""
    storage, resource = LocalModelStorage(tmp_path), Resource("featurizer")
    context = ExecutionContext(GraphSchema({}), node_name="featurizer")

    def count(kind: type[CountVectorsFeaturizer], settings: dict, texts: list[str]) -> list[Message]:
        config = {**kind.get_default_config(), **settings}
        kind.create(config, storage, resource, context).train(TrainingData(cut(TRAINED)))
        return kind.load(config, storage, resource, context).process(cut(texts))

    return count


@pytest.mark.parametrize("settings", COUNTED, ids=["words", "pieces"])
def test_it_counts_in_a_sentence_what_rasas_featurizer_counts(counted, settings):
    texts = ["我的订单什么时候到", "WHERE is refund 20041 and my refund"]
    ours, theirs = (counted(kind, settings, texts) for kind in (SentenceFeaturizer, CountVectorsFeaturizer))
    for mine, other in zip(ours, theirs, strict=True):
        (tokens, sentence), (_, expected) = mine.get_sparse_features(TEXT), other.get_sparse_features(TEXT)
        assert tokens is None
        assert sentence.features.toarray().tolist() == expected.features.toarray().tolist()
        assert expected.features.nnz > 0


@pytest.mark.parametrize("settings", COUNTED, ids=["words", "pieces"])
@pytest.mark.parametrize("text", ["魑魅魍魉", " ", "😀", "щ"])
def test_nothing_is_counted_in_a_text_of_unknown_words_and_pieces(counted, settings, text):
    """Not even the blanks around its words, which every text has."""
    (message,) = counted(SentenceFeaturizer, settings, [text])
    _, sentence = message.get_sparse_features(TEXT)
    assert sentence.features.shape[0] == 1
    assert sentence.features.nnz == 0
