"""A model of the made-up dialogues, small and trained once."""

from collections.abc import Iterator

import pytest

from handoff_service.cli import learn
from handoff_service.learned import ensemble, training
from handoff_service.learned.model import Model
from tests.service.learned.dialogues import made_up


@pytest.fixture(autouse=True, scope="package")
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensemble, "TREES", 10)
        patch.setattr(ensemble, "NETWORKS", 2)
        patch.setattr(training, "INNER_FOLDS", 2)
        patch.setattr(learn, "FOLDS", 2)
        yield


@pytest.fixture(scope="package")
def model(_small: None) -> Model:
    return training.train(made_up())
