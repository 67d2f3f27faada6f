"""All SQL about the versions of the rules."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from handoff_service.models import RuleVersion


def newest(session: Session) -> RuleVersion | None:
    return session.scalar(select(RuleVersion).order_by(RuleVersion.version.desc()).limit(1))


def by_content(session: Session, sha256: str) -> RuleVersion | None:
    return session.scalar(select(RuleVersion).where(RuleVersion.sha256 == sha256))
