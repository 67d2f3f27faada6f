"""`tune`: thresholds that fit what agents said better, as a draft."""

import argparse
from pathlib import Path

from handoff_service.backtest import repository
from handoff_service.backtest.drafts import active
from handoff_service.backtest.report import tune_report
from handoff_service.backtest.service import window_of
from handoff_service.backtest.tune import Tuned, tune
from handoff_service.cli.backtest import add_window
from handoff_service.cli.language import add_language
from handoff_service.cli.opening import Commands, opened
from handoff_service.cli.progress import Progress
from handoff_service.context import Context
from handoff_service.rules.editing import save_draft
from handoff_service.rules.file import parse
from handoff_service.startup import StartProblem

NO_DRAFT = 0  # the revision that stands for "there is none"


def add_commands(commands: Commands) -> None:
    parser = commands.add_parser(
        "tune",
        help="propose thresholds for the rules in force from agents' marks, with the backtest of them",
        description="Proposes thresholds from agents' marks. Nothing is switched on by itself.",
    )
    add_window(parser)
    parser.add_argument(
        "--rule", action="append", default=[], dest="rules", metavar="ID", help="change only this; repeatable"
    )
    parser.add_argument(
        "--beta",
        type=_beta,
        default=1.0,
        help="above 1 weighs missed handoffs more than needless ones, below 1 less; default: 1",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the proposed rules there (YAML)")
    parser.add_argument("--save-draft", action="store_true", help="keep the proposed rules as the draft")
    add_language(parser)
    parser.set_defaults(run=_tune)


def _beta(text: str) -> float:
    try:
        beta = float(text)
    except ValueError:
        beta = 0
    if not 0.1 <= beta <= 10:
        raise argparse.ArgumentTypeError("expected a number between 0.1 and 10")
    return beta


def _tune(given: argparse.Namespace) -> None:
    with opened() as context:
        with context.database.reading() as session:
            repository.snapshot(session)
            window = window_of(session, given.since, given.until)
            progress = Progress(repository.count_turns(session, window))
            try:
                tuned = tune(
                    session,
                    context.settings,
                    active(session),
                    window,
                    only=given.rules,
                    beta=given.beta,
                    progress=progress,
                )
            finally:
                progress.end()
        _keep(context, given, tuned)
    print(tune_report(tuned.result, given.language), end="")


def _keep(context: Context, given: argparse.Namespace, tuned: Tuned) -> None:
    if tuned.text is None:
        return
    if given.save_draft:
        with context.work() as unit:
            save_draft(unit, parse(tuned.text), "tune", base_version=None, revision=NO_DRAFT)
    if given.out is not None:
        try:
            given.out.write_text(tuned.text, encoding="utf-8")
        except OSError as error:
            raise StartProblem(f"{given.out} cannot be written: {error.strerror}.") from error
