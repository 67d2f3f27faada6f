"""Counts words or pieces of words, for whole sentences only."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceFeaturizer(CountVectorsFeaturizer):
    """Rasa's CountVectorsFeaturizer without the features of each single token.

    Nothing in the pipeline reads those, and counting and fingerprinting them took most of the training. All
    sentences are counted at once. One without tokens counts as zeros.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message that has a text the counts of its words or pieces."""
        written = [message for message in messages if message.get(TOKENS_NAMES[TEXT]) is not None]
        texts = [
            " ".join(self._get_processed_message_tokens_by_attribute(message, TEXT)) for message in written
        ]
        counts = self.vectorizers[TEXT].transform(texts)
        for message, row in zip(written, counts, strict=True):
            self.add_features_to_message(None, row, TEXT, message)
        return messages
