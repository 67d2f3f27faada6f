"""What supervisors do with the rules. Each function is one change, or a refusal by name.

Reading a long text takes its time; it is `checked` before the unit begins that holds up every other writer.
"""

from typing import Any

from handoff_service.errors import Conflict, NotFound, Unprocessable
from handoff_service.models import RuleDraft, RuleVersion
from handoff_service.rules import repository
from handoff_service.rules.errors import RuleError
from handoff_service.rules.file import Source, parse
from handoff_service.rules.service import active_version, put_in_force, rule_set, store
from handoff_service.unit import Unit

MAX_MISTAKES = 50
_MAX_WORDS = 300


class RulesRefused(Unprocessable):
    """`errors` lists the mistakes: `loc` holds the place as one text, `msg` the reason."""

    title = "These rules cannot be used"

    def __init__(self, error: RuleError) -> None:
        told = error.mistakes[:MAX_MISTAKES]
        more = len(error.mistakes) - len(told)
        super().__init__(
            f"{str(told[0])[:_MAX_WORDS]}" + (f" (and {len(error.mistakes) - 1} more)" if told[1:] else ""),
            errors=[{"loc": [m.path[:_MAX_WORDS]], "msg": m.reason[:_MAX_WORDS]} for m in told],
            **({"errors_left_out": more} if more else {}),
        )


class RulesInFile(Conflict):
    title = "The rules are those of a file"


class RulesChanged(Conflict):
    title = "Other rules have been activated since"


class DraftChanged(Conflict):
    title = "The draft has been changed since"


class NoSuchVersion(NotFound):
    title = "There is no such version of the rules"


class NoDraft(NotFound):
    title = "There is no draft of the rules"


def checked(text: str) -> Source:
    """Raises `RulesRefused`."""
    try:
        return parse(text)
    except RuleError as error:
        raise RulesRefused(error) from error


def put(unit: Unit, source: Source, note: str | None, base_version: int | None) -> RuleVersion:
    """Keep the rules and put them in force. `base_version`: the version in force that they were made from."""
    _expect_no_file(unit)
    _expect_base(unit, base_version)
    version = store(unit, source, unit.actor, note)
    _activate(unit, version, note)
    return version


def activate(unit: Unit, number: int, note: str | None, base_version: int | None) -> RuleVersion:
    """Put a stored version in force (again)."""
    _expect_no_file(unit)
    _expect_base(unit, base_version)
    version = repository.get(unit.session, number)
    if version is None:
        raise NoSuchVersion()
    try:
        rule_set(version)
    except RuleError as error:
        raise RulesRefused(error) from error
    _activate(unit, version, note)
    return version


def save_draft(
    unit: Unit, source: Source, note: str | None, base_version: int | None, revision: int | None
) -> RuleDraft:
    """Replace the draft. `revision`: that of the draft it replaces; 0 where there should be none."""
    _expect_base(unit, base_version)
    draft = repository.draft(unit.session)
    _expect_revision(draft, revision)
    draft = draft or repository.new_draft()
    draft.revision = unit.next_number("rule_draft")
    draft.base_version = active_version(unit).version
    draft.source = source.text
    draft.note = note
    draft.updated_at = unit.now
    draft.updated_by = unit.actor
    unit.session.add(draft)
    unit.session.flush()
    unit.audit("rules.draft", revision=draft.revision, base_version=draft.base_version, note=note)
    return draft


def drop_draft(unit: Unit, revision: int | None) -> None:
    draft = repository.draft(unit.session)
    if draft is None:
        raise NoDraft()
    _expect_revision(draft, revision)
    unit.session.delete(draft)
    unit.session.flush()
    unit.audit("rules.drop_draft", revision=draft.revision)


def activate_draft(unit: Unit, note: str | None, revision: int | None) -> RuleVersion:
    """The draft becomes a version in force, and is gone as a draft."""
    _expect_no_file(unit)
    draft = repository.draft(unit.session)
    if draft is None:
        raise NoDraft()
    _expect_revision(draft, revision)
    version = put(unit, checked(draft.source), note or draft.note, draft.base_version)
    unit.session.delete(draft)
    unit.session.flush()
    return version


def _activate(unit: Unit, version: RuleVersion, note: str | None) -> None:
    """A repeated call, and what is in force already, changes nothing."""
    if active_version(unit).version != version.version:
        put_in_force(unit, version, unit.actor, note)


def _expect_no_file(unit: Unit) -> None:
    file = unit.settings.rules_file
    if file is not None:
        raise RulesInFile(
            f"HANDOFF_RULES_FILE names {file}: edit that file, or unset the variable and restart to change "
            "the rules here. Drafts and backtests work all the same."
        )


def _expect_base(unit: Unit, base_version: int | None) -> None:
    active = active_version(unit).version
    if base_version is not None and base_version != active:
        raise RulesChanged(
            f"You set out from version {base_version}; version {active} is in force now. Compare the two and "
            f"send yours again with base_version {active}.",
            active_version=active,
        )


def _expect_revision(draft: RuleDraft | None, revision: int | None) -> None:
    found = draft.revision if draft else 0
    if revision is not None and revision != found:
        told: dict[str, Any] = {"revision": found}
        raise DraftChanged(
            f"You saw revision {revision}, it is {found} now. Read the draft again."
            if draft
            else "Somebody has activated or dropped it.",
            **told,
        )
