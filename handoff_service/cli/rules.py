"""`rules`: show, check, draft, put in force, look back."""

import argparse
import difflib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from handoff_service.cli.opening import ACTOR, Commands, opened
from handoff_service.context import Context
from handoff_service.models import RuleVersion
from handoff_service.rules import editing, repository
from handoff_service.rules.errors import RuleError
from handoff_service.rules.file import parse
from handoff_service.rules.service import active_version
from handoff_service.rules.view import rules_view, version_views
from handoff_service.startup import StartProblem

PAGE = 200


def add_commands(commands: Commands) -> None:
    rules = commands.add_parser(
        "rules", help="the rules that decide when to hand over: show, check, draft, put in force, look back"
    )
    parts = rules.add_subparsers(dest="part", required=True, metavar="PART")

    show = _part(parts, "show", _show, "the rules in force, who made them and when")
    show.add_argument("--version", type=int, metavar="N", help="another version than the one in force")
    show.add_argument("--draft", action="store_true", help="the draft")
    show.add_argument("--json", action="store_true", help="as the API gives them")

    export = _part(parts, "export", _export, "the YAML text as it was written, for a file")
    export.add_argument("--version", type=int, metavar="N", help="another version than the one in force")
    export.add_argument("--draft", action="store_true", help="the draft")

    check = _part(parts, "check", _check, "every mistake in a file, with its place; needs no database")
    check.add_argument("file", type=Path, help="rules as YAML; - reads them from the input")

    draft = _part(parts, "draft", _draft, "keep a file as the draft; it decides nothing yet")
    draft.add_argument("file", type=Path, help="rules as YAML; - reads them from the input")
    draft.add_argument("--note", help="why")
    draft.add_argument("--replace", action="store_true", help="also when there is a draft already")

    activate = _part(parts, "activate", _activate, "put rules in force; they decide from the next turn on")
    what = activate.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", help="rules as YAML; - reads them from the input")
    what.add_argument("--draft", action="store_true", help="the draft")
    what.add_argument("--version", type=int, metavar="N", help="a version from before")
    activate.add_argument("--note", required=True, help="why; kept with the version and in the audit")

    _part(parts, "history", _history, "every version, newest first: when, who, why")

    diff = _part(parts, "diff", _diff, "what changed from one version to another")
    for name in ("a", "b"):
        diff.add_argument(name, metavar=name.upper(), help="the number of a version, active, or draft")


def _part(
    parts: Commands, name: str, run: Callable[[argparse.Namespace], None], help_: str
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=help_, description=f"{help_[0].upper()}{help_[1:]}.")
    parser.set_defaults(run=run)
    return parser


def _show(given: argparse.Namespace) -> None:
    if given.draft:
        print(_source("draft"), end="")
        return
    with opened() as context, context.work(ACTOR) as unit:
        view = rules_view(unit.session, _version(unit.session, given.version) or active_version(unit), None)
    if given.json:
        print(json.dumps(view.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    who = view.created_by_name or view.created_by
    print(f"# version {view.version}, {'in force' if view.active else 'not in force'}")
    print(f"# made {view.created_at:%Y-%m-%d %H:%M} UTC by {who}{f': {view.note}' if view.note else ''}")
    print(view.source, end="")


def _export(given: argparse.Namespace) -> None:
    version = "active" if given.version is None else str(given.version)
    print(_source("draft" if given.draft else version), end="")


def _check(given: argparse.Namespace) -> None:
    text = _read(given.file)
    try:
        rules = parse(text).rules
    except RuleError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        count = len(error.mistakes)
        raise StartProblem(f"{count} mistake{'s' if count > 1 else ''} in {given.file}.") from error
    print(f"{given.file} is in order: {len(rules.rules)} rules.")


def _draft(given: argparse.Namespace) -> None:
    source = editing.checked(_read(given.file))
    with opened() as context, context.work(ACTOR) as unit:
        found = repository.draft(unit.session)
        if found is not None and not given.replace:
            raise StartProblem(
                "There is a draft already; see it with show --draft, replace it with --replace."
            )
        draft = editing.save_draft(unit, source, given.note, None, None)
        print(f"The draft is kept. It sets out from version {draft.base_version}.")


def _activate(given: argparse.Namespace) -> None:
    source = editing.checked(_read(given.file)) if given.file else None
    with opened() as context, context.work(ACTOR) as unit:
        if given.draft:
            version = editing.activate_draft(unit, given.note, None)
        elif source is not None:
            version = editing.put(unit, source, given.note, None)
        else:
            version = editing.activate(unit, given.version, given.note, None)
        print(f"Version {version.version} is in force from the next turn on.")


def _history(_given: argparse.Namespace) -> None:
    with opened() as context, context.database.reading() as session:
        before: int | None = None
        while versions := repository.page(session, before, PAGE):
            for each in version_views(session, versions):
                who = each.activated_by_name or each.activated_by or each.created_by_name or each.created_by
                at = each.activated_at or each.created_at
                mark = "*" if each.active else " "
                why = each.activation_note or each.note or ""
                print(f"{mark}{each.version:>5}  {at:%Y-%m-%d %H:%M}  {who:<12}  {why}".rstrip())
            before = versions[-1].version


def _diff(given: argparse.Namespace) -> None:
    old, new = _source(given.a), _source(given.b)
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), given.a, given.b, n=3
    )
    for line in lines:
        print(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n", end="")


def _source(name: str) -> str:
    """The text of a version by number, of the one that is `active`, or of the `draft`."""
    with opened() as context:
        return _source_in(context, name)


def _source_in(context: Context, name: str) -> str:
    with context.work(ACTOR) as unit:
        if name == "draft":
            draft = repository.draft(unit.session)
            if draft is None:
                raise editing.NoDraft()
            return draft.source
        if name == "active":
            return active_version(unit).source
        if not name.isdecimal():
            raise StartProblem(f"{name} is no version: give its number, active, or draft.")
        found = _version(unit.session, int(name))
        assert found is not None
        return found.source


def _version(session: Session, number: int | None) -> RuleVersion | None:
    """None without a number. Raises `NoSuchVersion`."""
    if number is None:
        return None
    found = repository.get(session, number) if 0 < number < 2**31 else None
    if found is None:
        raise editing.NoSuchVersion(
            f"There is no version {number} of the rules; see ./handoff rules history."
        )
    return found


def _read(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise StartProblem(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StartProblem(f"{file} is not UTF-8.") from error
