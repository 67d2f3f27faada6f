"""`learn`: the learned score. Trained, measured, kept by version; put in force only when told so.

numpy and scikit-learn are loaded where they are needed: the other commands start without them.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from handoff_service.cli.opening import ACTOR, Commands, opened
from handoff_service.learned import repository, service
from handoff_service.learned.dialogue import Dialogue, labels_of, read_dialogues
from handoff_service.learned.marked import marked_dialogues

if TYPE_CHECKING:
    from handoff_service.learned.metrics import Figures

FOLDS = 5

_DESCRIPTION = """\
A model that says of each turn how probably it should be handed over, from the dialogue so far.

Without options it learns from the stored conversations whose handoffs agents have marked; with --train from
a file. Either way it is judged by cross-validation and kept as a new version. Nothing is switched on by
itself: --activate puts a version in force, and rules may test it as learned_score.

A file holds one dialogue a line:
{"id": "1", "turns": [{"role": "user" or "bot", "text": "..." or "tokens": [...], "label": 0 or 1}]}
"""


def add_commands(commands: Commands) -> None:
    parser = commands.add_parser(
        "learn",
        help="train, measure and put in force the learned score",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--train", type=Path, metavar="FILE", help="learn from this file (JSONL)")
    parser.add_argument(
        "--test", type=Path, metavar="FILE", help="with --train: only measure on this file; nothing is kept"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--cv",
        nargs=2,
        metavar=("FOLDS", "FILE"),
        help="only measure by cross-validation inside this file; nothing is kept",
    )
    what.add_argument(
        "--list", action="store_true", help="the versions, their figures, and which is in force"
    )
    what.add_argument("--activate", type=int, metavar="N", help="put version N in force")
    what.add_argument("--deactivate", action="store_true", help="no learned score from now on")
    parser.set_defaults(run=_learn, usage_error=parser.error)


def _learn(given: argparse.Namespace) -> None:
    other = given.cv or given.list or given.activate is not None or given.deactivate
    if given.train and other:
        given.usage_error("--train goes only with --test")
    if given.test and not given.train:
        given.usage_error("--test needs --train")
    if given.cv:
        _cross_validate(given)
    elif given.list:
        _list()
    elif given.activate is not None:
        with opened() as context, context.work(ACTOR) as unit:
            service.activate(unit, given.activate)
        print(f"Version {given.activate} is in force from the next turn on.")
    elif given.deactivate:
        with opened() as context, context.work(ACTOR) as unit:
            version = service.deactivate(unit)
        print("No model was in force." if version is None else f"Version {version} is no longer in force.")
    elif given.test:
        _train_and_test(given.train, given.test)
    else:
        _train_and_keep(given.train)


def _cross_validate(given: argparse.Namespace) -> None:
    from handoff_service.learned.evaluation import cross_validated
    from handoff_service.learned.training import enough

    folds, path = given.cv
    if not folds.isdecimal() or not 2 <= int(folds) <= 20:
        given.usage_error("--cv: FOLDS must be a whole number from 2 to 20")
    dialogues = read_dialogues(Path(path))
    enough(dialogues, int(folds))
    print(told(cross_validated(dialogues, int(folds), progress=_progress)))


def _train_and_test(train_on: Path, test_on: Path) -> None:
    from handoff_service.learned.evaluation import measured
    from handoff_service.learned.training import enough, train

    learned, unseen = read_dialogues(train_on), read_dialogues(test_on)
    enough(learned)
    print(told(measured(train(learned, progress=_progress), unseen)))


def _train_and_keep(path: Path | None) -> None:
    from handoff_service.learned.evaluation import cross_validated
    from handoff_service.learned.training import enough, train

    with opened() as context:
        if path is None:
            with context.database.reading() as session:
                dialogues = marked_dialogues(session)
        else:
            dialogues = read_dialogues(path)
        enough(dialogues, FOLDS)
        figures = cross_validated(dialogues, FOLDS, progress=_progress)
        model = train(dialogues, progress=_progress)
        with context.work(ACTOR) as unit:
            version = service.store(
                unit,
                model,
                source=path.name if path else "marks",
                dialogues=len(dialogues),
                figures=figures,
            )
    print(told(figures))
    print(f"Learned from {_counted(dialogues)}; hand over from a score of {model.threshold:.2f} on.")
    print(f"Kept as version {version}, not in force: ./handoff learn --activate {version}")


def _list() -> None:
    with opened() as context, context.database.reading() as session:
        versions = repository.all_versions(session)
    if not versions:
        print("There is no model yet.")
    for one in versions:
        figures = one.figures
        print(
            f"{one.version:>4}{'*' if one.active else ' '} {one.created_at:%Y-%m-%d %H:%M}  {one.source}"
            f"  {one.dialogues} dialogues  F1 {figures['f1']:.3f}  GT-III {figures['gt'][2]:.3f}"
            f"  threshold {figures['threshold']:.2f}"
        )
    if any(one.active for one in versions):
        print("* in force")


def told(figures: "Figures") -> str:
    """The figures as one line for people."""
    auc = "none" if figures.auc is None else f"{figures.auc:.3f}"
    places = " / ".join(f"{one:.3f}" for one in figures.gt)
    return f"F1 {figures.f1:.3f}  macro-F1 {figures.macro_f1:.3f}  AUC {auc}  GT-I/II/III {places}"


def _counted(dialogues: Sequence[Dialogue]) -> str:
    labels = labels_of(dialogues)
    return f"{len(dialogues)} dialogues, {len(labels)} turns, {sum(labels)} of them to hand over"


def _progress(step: str) -> None:
    if sys.stderr.isatty():
        print(f"  {step} …", file=sys.stderr, flush=True)
