"""How good a model is on dialogues that it has not seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handoff_service.learned.dialogue import Dialogue
from handoff_service.learned.features import Floats
from handoff_service.learned.metrics import Figures, figures
from handoff_service.learned.model import Model
from handoff_service.learned.training import SEED, Progress, fold_of, silent, train


def measured(model: Model, dialogues: Sequence[Dialogue]) -> Figures:
    scores = [model.scores(dialogue.turns) for dialogue in dialogues]
    return figures(scores, [one >= model.threshold for one in scores], [one.labels for one in dialogues])


def cross_validated(
    dialogues: Sequence[Dialogue],
    folds: int,
    *,
    seed: int = SEED,
    progress: Progress = silent,
) -> Figures:
    """Each dialogue is judged by a model, its threshold included, that was trained on the other folds."""
    fold = fold_of(len(dialogues), folds, seed)
    scores: list[Floats] = [np.zeros(0)] * len(dialogues)
    chosen: list[NDArray[np.bool_]] = [np.zeros(0, dtype=bool)] * len(dialogues)
    for number in range(folds):
        progress("fold", number=number + 1, folds=folds)
        model = train([one for one, own in zip(dialogues, fold, strict=True) if own != number], seed=seed)
        for place in map(int, np.flatnonzero(fold == number)):
            scores[place] = model.scores(dialogues[place].turns)
            chosen[place] = scores[place] >= model.threshold
    return figures(scores, chosen, [one.labels for one in dialogues])
