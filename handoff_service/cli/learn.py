"""`learn`: the learned score. Trained, measured, kept by version; put in force only when told so.

numpy and scikit-learn are loaded where they are needed: the other commands start without them.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from handoff_service.cli.language import add_language
from handoff_service.cli.opening import ACTOR, Commands, opened
from handoff_service.learned import repository, service
from handoff_service.learned.dialogue import labels_of, read_dialogues
from handoff_service.learned.marked import marked_dialogues
from handoff_service.learned.texts import Language, say

if TYPE_CHECKING:
    from handoff_service.learned.metrics import Figures
    from handoff_service.learned.training import Progress

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
    add_language(parser)
    parser.set_defaults(run=_learn, usage_error=parser.error)


def _learn(given: argparse.Namespace) -> None:
    other = given.cv or given.list or given.activate is not None or given.deactivate
    if given.train and other:
        given.usage_error("--train goes only with --test")
    if given.test and not given.train:
        given.usage_error("--test needs --train")
    language: Language = given.language
    if given.cv:
        _cross_validate(given)
    elif given.list:
        _list(language)
    elif given.activate is not None:
        with opened() as context, context.work(ACTOR) as unit:
            service.activate(unit, given.activate)
        print(say("in_force", language, version=given.activate))
    elif given.deactivate:
        with opened() as context, context.work(ACTOR) as unit:
            version = service.deactivate(unit)
        print(say("none_in_force" if version is None else "no_longer", language, version=version))
    elif given.test:
        _train_and_test(given.train, given.test, language)
    else:
        _train_and_keep(given.train, language)


def _cross_validate(given: argparse.Namespace) -> None:
    from handoff_service.learned.evaluation import cross_validated
    from handoff_service.learned.training import enough

    folds, path = given.cv
    if not folds.isdecimal() or not 2 <= int(folds) <= 20:
        given.usage_error("--cv: FOLDS must be a whole number from 2 to 20")
    dialogues = read_dialogues(Path(path))
    enough(dialogues, int(folds))
    found = cross_validated(dialogues, int(folds), progress=_progress(given.language))
    print(told(found, given.language))


def _train_and_test(train_on: Path, test_on: Path, language: Language) -> None:
    from handoff_service.learned.evaluation import measured
    from handoff_service.learned.training import enough, train

    learned, unseen = read_dialogues(train_on), read_dialogues(test_on)
    enough(learned)
    print(told(measured(train(learned, progress=_progress(language)), unseen), language))


def _train_and_keep(path: Path | None, language: Language) -> None:
    from handoff_service.learned.evaluation import cross_validated
    from handoff_service.learned.training import enough, train

    with opened() as context:
        if path is None:
            with context.database.reading() as session:
                dialogues = marked_dialogues(session)
        else:
            dialogues = read_dialogues(path)
        enough(dialogues, FOLDS)
        figures = cross_validated(dialogues, FOLDS, progress=_progress(language))
        model = train(dialogues, progress=_progress(language))
        with context.work(ACTOR) as unit:
            version = service.store(
                unit,
                model,
                source=path.name if path else "marks",
                dialogues=len(dialogues),
                figures=figures,
            )
    print(told(figures, language))
    labels = labels_of(dialogues)
    print(
        say(
            "learned_from",
            language,
            dialogues=len(dialogues),
            turns=len(labels),
            positive=sum(labels),
            threshold=f"{model.threshold:.2f}",
        )
    )
    print(say("kept", language, version=version))


def _list(language: Language) -> None:
    with opened() as context, context.database.reading() as session:
        versions = repository.all_versions(session)
    if not versions:
        print(say("no_model", language))
    for one in versions:
        figures = one.figures
        listed = say(
            "listed",
            language,
            dialogues=one.dialogues,
            f1=f"{figures['f1']:.3f}",
            gt=f"{figures['gt'][2]:.3f}",
            threshold=f"{figures['threshold']:.2f}",
        )
        mark = "*" if one.active else " "
        print(f"{one.version:>4}{mark} {one.created_at:%Y-%m-%d %H:%M}  {one.source}  {listed}")
    if any(one.active for one in versions):
        print(say("mark", language))


def told(figures: "Figures", language: Language) -> str:
    """The figures as one line for people."""
    return say(
        "figures",
        language,
        f1=f"{figures.f1:.3f}",
        macro_f1=f"{figures.macro_f1:.3f}",
        auc=say("no_auc", language) if figures.auc is None else f"{figures.auc:.3f}",
        places=" / ".join(f"{one:.3f}" for one in figures.gt),
    )


def _progress(language: Language) -> "Progress":
    def tell(step: str, **values: int) -> None:
        if sys.stderr.isatty():
            print(f"  {say(f'step.{step}', language, **values)} …", file=sys.stderr, flush=True)

    return tell
