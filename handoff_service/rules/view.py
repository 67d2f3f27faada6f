"""How versions and the draft are shown."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from handoff_service.models import Agent, RuleActivation, RuleDraft, RuleVersion
from handoff_service.rules import repository
from handoff_service.rules.document import read_yaml
from handoff_service.rules.schemas import DraftOut, RulesOut, VersionOut


def version_views(session: Session, versions: Sequence[RuleVersion]) -> list[VersionOut]:
    active = repository.active(session)
    activations = repository.last_activations(session, [version.version for version in versions])
    return [
        _version(session, version, activations.get(version.version), active is not None and active == version)
        for version in versions
    ]


def rules_view(session: Session, version: RuleVersion, file: Path | None) -> RulesOut:
    [shown] = version_views(session, [version])
    return RulesOut(
        **dict(shown),
        source=version.source,
        rules=read_yaml(version.source)["rules"],
        file=str(file) if file else None,
    )


def draft_view(session: Session, draft: RuleDraft) -> DraftOut:
    return DraftOut(
        revision=draft.revision,
        base_version=draft.base_version,
        source=draft.source,
        rules=read_yaml(draft.source)["rules"],
        note=draft.note,
        updated_at=draft.updated_at,
        updated_by=draft.updated_by,
        updated_by_name=name_of(session, draft.updated_by),
    )


def name_of(session: Session, actor: str | None) -> str | None:
    """The agent's name; None for whoever is no agent."""
    kind, _, agent_id = (actor or "").partition(":")
    agent = session.get(Agent, agent_id) if kind == "agent" else None
    return agent.name if agent else None


def _version(
    session: Session, version: RuleVersion, activation: RuleActivation | None, active: bool
) -> VersionOut:
    return VersionOut(
        version=version.version,
        active=active,
        created_at=version.created_at,
        created_by=version.created_by,
        created_by_name=name_of(session, version.created_by),
        note=version.note,
        activated_at=activation.at if activation else None,
        activated_by=activation.by if activation else None,
        activated_by_name=name_of(session, activation.by) if activation else None,
        activation_note=activation.note if activation else None,
    )
