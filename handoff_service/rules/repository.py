"""All SQL about the rules' versions, which of them is in force, and the draft."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handoff_service.models import RuleActivation, RuleDraft, RuleVersion

_THE_DRAFT = 1
_ACTIVE = (  # asked at each turn, so built once
    select(RuleVersion)
    .join(RuleActivation, RuleActivation.version == RuleVersion.version)
    .order_by(RuleActivation.number.desc())
    .limit(1)
)


def active(session: Session) -> RuleVersion | None:
    """The version in force."""
    return session.scalar(_ACTIVE)


def in_force_so_far(session: Session) -> Iterator[RuleVersion]:
    """The versions as they were in force, the latest first."""
    yield from session.scalars(
        select(RuleVersion)
        .join(RuleActivation, RuleActivation.version == RuleVersion.version)
        .order_by(RuleActivation.number.desc())
    )


def last_activation(session: Session, version: int | None = None) -> RuleActivation | None:
    """The newest of all, or of one version."""
    query = select(RuleActivation).order_by(RuleActivation.number.desc()).limit(1)
    return session.scalar(query if version is None else query.where(RuleActivation.version == version))


def last_activations(session: Session, versions: Sequence[int]) -> dict[int, RuleActivation]:
    """The newest of each of the versions that ever was in force."""
    newest = (
        select(func.max(RuleActivation.number))
        .where(RuleActivation.version.in_(versions))
        .group_by(RuleActivation.version)
    )
    found = session.scalars(select(RuleActivation).where(RuleActivation.number.in_(newest)))
    return {activation.version: activation for activation in found}


def get(session: Session, version: int) -> RuleVersion | None:
    return session.get(RuleVersion, version)


def by_content(session: Session, sha256: str) -> RuleVersion | None:
    return session.scalar(select(RuleVersion).where(RuleVersion.sha256 == sha256))


def newest_number(session: Session) -> int:
    """0 before the first."""
    return session.scalar(select(func.max(RuleVersion.version))) or 0


def page(session: Session, before: int | None, limit: int) -> Sequence[RuleVersion]:
    """Newest first, those older than the version `before`."""
    query = select(RuleVersion).order_by(RuleVersion.version.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(RuleVersion.version < before)).all()


def draft(session: Session) -> RuleDraft | None:
    return session.get(RuleDraft, _THE_DRAFT)


def new_draft() -> RuleDraft:
    """Not yet filled in or added."""
    return RuleDraft(id=_THE_DRAFT)
