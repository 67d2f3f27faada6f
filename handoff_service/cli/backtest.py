"""`backtest`: what other rules would have done with the conversations that were."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from handoff_service.backtest import repository
from handoff_service.backtest.drafts import stored_draft, stored_version
from handoff_service.backtest.export import Export, exported
from handoff_service.backtest.report import report
from handoff_service.backtest.service import backtest, window_of
from handoff_service.cli.language import add_language
from handoff_service.cli.moments import moment
from handoff_service.cli.opening import Commands, opened
from handoff_service.cli.progress import Progress
from handoff_service.rules.errors import RuleError
from handoff_service.rules.file import Source, parse
from handoff_service.startup import StartProblem


def add_commands(commands: Commands) -> None:
    parser = commands.add_parser(
        "backtest",
        help="replay stored turns under other rules and show what would change",
        description="Replays stored turns under a draft of the rules. Reads only; nothing is switched on.",
    )
    tried = parser.add_mutually_exclusive_group()
    tried.add_argument(
        "--rules", type=Path, metavar="FILE", help="the rules to try (YAML); default: the draft"
    )
    tried.add_argument("--version", type=int, metavar="N", help="a stored version instead")
    add_window(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every case and the result there")
    add_language(parser)
    parser.set_defaults(run=_backtest)


def add_window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="default: 30 days before --until; UTC without an offset"
    )
    parser.add_argument(
        "--until", type=moment, metavar="TIME", help="the past as it was then; default: the newest turn"
    )


def read_rules(path: Path) -> Source:
    """Raises `StartProblem` with the place and the reason."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except RuleError as error:
        raise StartProblem(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise StartProblem(f"{path}: not UTF-8") from None
    except OSError as error:
        raise StartProblem(f"{path} cannot be read: {error.strerror}.") from None


def _backtest(given: argparse.Namespace) -> None:
    draft = read_rules(given.rules) if given.rules else None
    with opened() as context, context.database.reading() as session, _export(given.json) as export:
        repository.snapshot(session)
        draft = draft or _stored(session, given.version)
        window = window_of(session, given.since, given.until)
        progress = Progress(repository.count_turns(session, window))
        try:
            result: dict[str, Any] = backtest(
                session,
                context.settings,
                draft,
                window,
                progress=progress,
                sink=export.case if export else lambda case: None,
            )
        finally:
            progress.end()
        if export:
            export.result(result)
    print(report(result, given.language), end="")


def _stored(session: Session, version: int | None) -> Source:
    return stored_draft(session) if version is None else stored_version(session, version)


@contextlib.contextmanager
def _export(path: Path | None) -> Iterator[Export | None]:
    if path is None:
        yield None
        return
    try:
        with exported(path) as export:
            yield export
    except OSError as error:
        raise StartProblem(f"{path} cannot be written: {error.strerror}.") from error
