"""Which rules decide now.

The database is the truth; what is in force is looked up on each use, so that every replica decides by the
same rules from the next turn on. The first version is the set that Baton ships with. Where the operator has
set HANDOFF_RULES_FILE, that file is looked at on use (one `stat`), and each new content of it is put in
force; a file that is refused changes nothing.
"""

import functools
from dataclasses import replace
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from handoff_service.decision.rules import RuleSet
from handoff_service.models import RuleActivation, RuleVersion
from handoff_service.rules import repository
from handoff_service.rules.errors import RuleError
from handoff_service.rules.file import Source, last_good, parse
from handoff_service.rules.parsing import parse_rules
from handoff_service.unit import Unit

SHIPPED_FILE = Path(__file__).parent / "default.yml"
SHIPPED = "shipped"
FROM_FILE = "file"

log = structlog.get_logger(__name__)


class NoRules(Exception):
    """There never was a valid rule set; the message says in one sentence what is wrong."""


def active_rules(unit: Unit) -> RuleSet:
    """The rules in force."""
    return _readable(unit.session, active_version(unit))


def active_version(unit: Unit) -> RuleVersion:
    """The row of the rules in force, after a look at the operator's file if there is one."""
    found = repository.active(unit.session)
    if unit.settings.rules_file is not None:
        return _follow(unit, unit.settings.rules_file, found)
    return found or _put_in_force(unit, _shipped(), SHIPPED)


def take_up_shipped(unit: Unit) -> None:
    """At the start: a newer shipped set replaces the one before it, unless somebody has chosen another."""
    if unit.settings.rules_file is not None:
        return
    last = repository.last_activation(unit.session)
    source = _shipped()
    if last is None or (last.by == SHIPPED and not repository.by_content(unit.session, source.sha256)):
        _put_in_force(unit, source, SHIPPED)


def rule_set(version: RuleVersion) -> RuleSet:
    """What a stored version means. Its number is the stored one, whatever the text calls itself.

    Raises `RuleError` where a newer Baton wrote what this one cannot read.
    """
    return _parsed(version.version, version.source)


def store(unit: Unit, source: Source, by: str, note: str | None = None) -> RuleVersion:
    """The version with this text: the one that has it already, else a new one."""
    known = repository.by_content(unit.session, source.sha256)
    if known is not None:
        return known
    version = RuleVersion(
        version=repository.newest_number(unit.session) + 1,
        sha256=source.sha256,
        source=source.text,
        created_at=unit.now,
        created_by=by,
        note=note,
    )
    unit.session.add(version)
    unit.session.flush()
    unit.audit("rules.store", version=version.version, sha256=version.sha256, by=by, note=note)
    return version


def put_in_force(unit: Unit, version: RuleVersion, by: str, note: str | None = None) -> None:
    """Decides from the next turn on, in every replica."""
    before = repository.active(unit.session)
    unit.session.add(
        RuleActivation(
            number=unit.next_number("rule_activation"),
            version=version.version,
            at=unit.now,
            by=by,
            note=note,
        )
    )
    unit.session.flush()
    unit.audit("rules.activate", version=version.version, before=before and before.version, by=by, note=note)
    unit.publish("rules.updated", {"version": version.version})


def _put_in_force(unit: Unit, source: Source, by: str) -> RuleVersion:
    """What nobody asked for by name: the service does it, whoever's call it was that noticed."""
    actor, unit.actor = unit.actor, "service"
    version = store(unit, source, by)
    put_in_force(unit, version, by)
    unit.actor = actor
    return version


def _follow(unit: Unit, file: Path, found: RuleVersion | None) -> RuleVersion:
    source, error = last_good(file)
    if source is None:
        if found is None:
            raise NoRules(f"The rules in {file} cannot be used ({error}), and there are none from before.")
        return found
    return found if found and found.sha256 == source.sha256 else _put_in_force(unit, source, FROM_FILE)


def _readable(session: Session, version: RuleVersion) -> RuleSet:
    """Rules, come what may: a turn must not fail because a newer replica, or the version before a downgrade,
    has put rules in force that this code cannot read."""
    try:
        return rule_set(version)
    except RuleError as error:
        log.error("rules.unreadable", version=version.version, reason=str(error))
    for earlier in repository.in_force_so_far(session):
        try:
            return rule_set(earlier)
        except RuleError:
            continue
    raise NoRules(
        f"Version {version.version} of the rules cannot be read, and none that was in force before."
    )


def _shipped() -> Source:
    return parse(SHIPPED_FILE.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=16)
def _parsed(version: int, source: str) -> RuleSet:
    return replace(parse_rules(source), version=version)
