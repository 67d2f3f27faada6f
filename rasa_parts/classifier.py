"""The intent classifier: one logistic regression per intent, over words weighed by how much they tell.

Rasa's own classifier takes bare counts. Weighed by rarity and brought to length one, a long sentence counts
as much as a short one, and few examples go further: `scripts/measure_nlu.py` says how far.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE as SENTENCE
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

OUT_OF_SCOPE = "out_of_scope"
# What a stored TfidfTransformer is made of besides the types that skops trusts by itself.
_TRUSTED = ["scipy.sparse._csr.csr_matrix"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TfidfClassifier(LogisticRegressionClassifier):
    """Rasa's LogisticRegressionClassifier with tf-idf in front of it, and regressions that do not share.

    Each intent is learned against all the others: faster than all at once, and able to find that none fits.

    - `strength`: the C of scikit-learn.
    - `out_of_scope_weight`: how many times likelier a sentence is out of scope than of any one intent. In the
      training all count the same, but what is out of scope is as wide as the rest of the world.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's, with the values that cross-validation on the examples chose."""
        return {
            **LogisticRegressionClassifier.get_default_config(),
            "strength": 150.0,
            "tol": 0.3,
            "max_iter": 30,
            "out_of_scope_weight": 7.0,
        }

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        super().__init__(config, name, model_storage, resource)
        # The parent trains and stores whatever stands here.
        self.clf = make_pipeline(
            TfidfTransformer(sublinear_tf=True),
            LogisticRegression(
                C=self.config["strength"],
                solver="liblinear",
                # Examples are fewer than features; this way takes seconds where the other takes minutes.
                dual=True,
                max_iter=self.config["max_iter"],
                tol=self.config["tol"],
                random_state=self.config["random_state"],
                class_weight="balanced",
            ),
        )

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message; the confidences of all intents add up to one.

        A message of which nothing was ever seen means none of them: it has no intent and an empty ranking.
        """
        intents = self.clf.classes_
        counts = self._create_X(messages)
        scores = self.clf.decision_function(counts)
        scores[:, intents == OUT_OF_SCOPE] += np.log(self.config["out_of_scope_weight"])
        for message, seen, confidences in zip(
            messages, counts.getnnz(axis=1), softmax(scores, axis=1), strict=True
        ):
            best = np.argsort(-confidences, kind="stable")[: self.config["ranking_length"] if seen else 0]
            ranking = [{"name": str(intents[i]), "confidence": float(confidences[i])} for i in best]
            intent = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", intent, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _create_X(self, messages: list[Message]) -> csr_matrix:  # noqa: N802 - the parent's name
        """One row of counts for each message, the featurizers' side by side.

        The same as the parent's, which puts each message together by itself and takes thirty times as long.
        """
        bags = [
            [bag.features for bag in message.features if (bag.attribute, bag.type) == (TEXT, SENTENCE)]
            for message in messages
        ]
        return hstack([vstack(bag) for bag in zip(*bags, strict=True)], format="csr")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TfidfClassifier:
        """Load the trained pipeline. Fails when there is none, where the parent goes on untrained."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.clf = skops.io.load(folder / f"{resource.name}.skops", trusted=_TRUSTED)
        return component
