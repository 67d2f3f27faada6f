"""`tune`: thresholds that fit what agents said better, as a draft."""

import argparse
from pathlib import Path

from handoff_service.backtest import repository
from handoff_service.backtest.drafts import active
from handoff_service.backtest.report import tune_report
from handoff_service.backtest.service import window_of
from handoff_service.backtest.tune import tune
from handoff_service.cli.backtest import add_window
from handoff_service.cli.language import add_language
from handoff_service.cli.opening import ACTOR, Commands, opened
from handoff_service.cli.progress import Progress
from handoff_service.context import Context
from handoff_service.rules import repository as stored_rules
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
            base = stored_rules.active(session)
            assert base is not None  # `opened` saw to it
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
        print(tune_report(tuned.result, given.language), end="")
        if tuned.text is not None:
            _keep(context, given, tuned.text, base.version)


def _keep(context: Context, given: argparse.Namespace, text: str, base_version: int) -> None:
    """The draft comes last: it may be refused, because there is one or other rules have been activated in
    the meantime, and the work of minutes should not be lost by that."""
    if given.out is not None:
        try:
            given.out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StartProblem(f"{given.out} cannot be written: {error.strerror}.") from error
    if given.save_draft:
        source = parse(text)
        with context.work(ACTOR) as unit:
            save_draft(unit, source, "tune", base_version, NO_DRAFT)
