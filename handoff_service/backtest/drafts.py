"""The rules to try: the stored draft, a version that was kept, or a text of the caller's."""

from sqlalchemy.orm import Session

from handoff_service.rules import repository
from handoff_service.rules.editing import NoDraft, NoSuchVersion, checked
from handoff_service.rules.file import Source


def stored_draft(session: Session) -> Source:
    """What supervisors are working on. Raises `NoDraft`."""
    draft = repository.draft(session)
    if draft is None:
        raise NoDraft("Save one first, or name the rules to try.")
    return checked(draft.source)


def active(session: Session) -> Source:
    """The rules in force."""
    version = repository.active(session)
    if version is None:
        raise NoSuchVersion("There are no rules yet; the service stores them when it starts.")
    return checked(version.source)


def stored_version(session: Session, number: int) -> Source:
    """Raises `NoSuchVersion`."""
    version = repository.get(session, number)
    if version is None:
        raise NoSuchVersion()
    return checked(version.source)
