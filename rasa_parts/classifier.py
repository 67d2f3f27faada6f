"""The intent classifier: logistic regression that weighs each word by how much it tells.

Rasa's own classifier takes bare counts. Weighed by rarity and brought to length one, a long sentence counts
as much as a short one, and few examples go further: `scripts/measure_nlu.py` says how far.
"""

from __future__ import annotations

from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

# What a stored TfidfTransformer is made of besides the types that skops trusts by itself.
_TRUSTED = ["scipy.sparse._csr.csr_matrix"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TfidfClassifier(LogisticRegressionClassifier):
    """Rasa's LogisticRegressionClassifier with tf-idf in front of it. `strength` is the C of scikit-learn."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's, with the solver that is fastest for so many features, and few ever seen twice."""
        return {**LogisticRegressionClassifier.get_default_config(), "solver": "saga", "strength": 20.0}

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        super().__init__(config, name, model_storage, resource)
        # The parent trains, stores, loads and asks whatever stands here.
        self.clf = make_pipeline(
            TfidfTransformer(sublinear_tf=True),
            LogisticRegression(
                C=self.config["strength"],
                solver=self.config["solver"],
                max_iter=self.config["max_iter"],
                tol=self.config["tol"],
                random_state=self.config["random_state"],
                class_weight="balanced",
            ),
        )

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
