"""Which rules decide now: those of the file, each distinct content kept as a numbered version.

The file is looked at on use, which costs one `stat`. A file that is refused changes nothing: the rules that
decided before go on deciding. A content that was there before is its old version again.
"""

import functools
from dataclasses import replace

from sqlalchemy.orm import Session

from handoff_service.decision.rules import RuleSet
from handoff_service.models import RuleVersion
from handoff_service.rules import repository
from handoff_service.rules.file import last_good
from handoff_service.rules.parsing import parse_rules
from handoff_service.settings import Settings
from handoff_service.unit import Unit


class NoRules(Exception):
    """There never was a valid rule set; the message says in one sentence what is wrong with the file."""


def active_rules(unit: Unit) -> RuleSet:
    """The rules in force. Content that is new to the database becomes a version within the unit."""
    return rule_set(active_version(unit))


def active_version(unit: Unit) -> RuleVersion:
    """Like `active_rules`, as the row that says how they were written."""
    found = find_active(unit.session, unit.settings)
    source, _ = last_good(unit.settings.rules_file)
    if source is None or (found is not None and found.sha256 == source.sha256):
        if found is None:
            raise NoRules(_complaint(unit.settings))
        return found
    newest = repository.newest(unit.session)
    version = RuleVersion(
        version=newest.version + 1 if newest else 1,
        sha256=source.sha256,
        source=source.text,
        created_at=unit.now,
    )
    unit.session.add(version)
    unit.session.flush()
    unit.audit("rules.load", version=version.version, sha256=version.sha256)
    unit.publish("rules.updated", {"version": version.version})
    return version


def find_active(session: Session, settings: Settings) -> RuleVersion | None:
    """The version in force as far as it is stored; for readers."""
    source, _ = last_good(settings.rules_file)
    return (repository.by_content(session, source.sha256) if source else None) or repository.newest(session)


def rule_set(version: RuleVersion) -> RuleSet:
    """What a stored version means. Its number is the stored one, whatever the file calls itself."""
    return _parsed(version.version, version.source)


@functools.lru_cache(maxsize=16)
def _parsed(version: int, source: str) -> RuleSet:
    return replace(parse_rules(source), version=version)


def _complaint(settings: Settings) -> str:
    _, error = last_good(settings.rules_file)
    return f"The rules in {settings.rules_file} cannot be used ({error}), and there are none from before."
