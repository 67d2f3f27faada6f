"""`/rules`: what decides now, every version that did, and the draft of the next."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from handoff_service.auth.dependencies import CorrelationId, InContext, Principal, SignedIn, Supervising
from handoff_service.decision.fields import FIELDS
from handoff_service.models import RuleVersion
from handoff_service.paging import Cursor, Limit, decode_cursor, encode_cursor
from handoff_service.rules import editing, repository
from handoff_service.rules.schemas import (
    ActivateDraftIn,
    ActivateVersionIn,
    DraftIn,
    DraftOut,
    FieldOut,
    RulesOut,
    RulesText,
    VersionOut,
)
from handoff_service.rules.service import active_version
from handoff_service.rules.view import draft_view, rules_view, version_views
from handoff_service.schemas import Page
from handoff_service.unit import Unit

router = APIRouter(prefix="/rules", tags=["rules"])

VersionNumber = Annotated[int, Path(ge=1, lt=2**31)]


def _actor(who: Principal) -> str:
    return f"agent:{who.id}"


def _shown(unit: Unit, version: RuleVersion) -> RulesOut:
    return rules_view(unit.session, version, unit.settings.rules_file)


@router.get("")
def get_rules(_who: SignedIn, context: InContext, correlation_id: CorrelationId) -> RulesOut:
    """The rules in force."""
    with context.work("service", correlation_id) as unit:  # takes up an operator's file that was just edited
        return _shown(unit, active_version(unit))


@router.put("")
def put_rules(
    given: RulesText, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> RulesOut:
    """Check a rule set, keep it as a new version and put it in force, all at once. It decides from the next
    turn on. A text that a version has already is that version again.

    422 lists every mistake with its place (`rules[3].when.any[1].sentiment.lte`); what was in force stays.
    """
    source = editing.checked(given.text)
    with context.work(_actor(who), correlation_id) as unit:
        return _shown(unit, editing.put(unit, source, given.note, given.base_version))


@router.get("/fields")
def list_rule_fields(_who: SignedIn) -> list[FieldOut]:
    """Everything that a rule may test, for whoever writes forms."""
    return [
        FieldOut.model_validate(
            {
                "name": name,
                "kind": field.kind.name,
                "low": field.low,
                "high": field.high,
                "choices": list(field.choices),
            }
        )
        for name, field in FIELDS.items()
    ]


@router.get("/versions")
def list_rule_versions(
    _who: SignedIn, context: InContext, cursor: Cursor = None, limit: Limit = 50
) -> Page[VersionOut]:
    """Every version that was ever kept, newest first."""
    place = decode_cursor(cursor, int)
    with context.database.reading() as session:
        found = repository.page(session, int(place[0]) if place else None, limit + 1)
        items = version_views(session, found[:limit])
    return Page(items=items, next_cursor=encode_cursor(items[-1].version) if len(found) > limit else None)


@router.get("/versions/{version}")
def get_rule_version(version: VersionNumber, _who: SignedIn, context: InContext) -> RulesOut:
    """One version with its text."""
    with context.database.reading() as session:
        found = repository.get(session, version)
        if found is None:
            raise editing.NoSuchVersion()
        return rules_view(session, found, context.settings.rules_file)


@router.post("/versions/{version}/activate")
def post_rule_version_activate(
    version: VersionNumber,
    who: Supervising,
    context: InContext,
    correlation_id: CorrelationId,
    given: ActivateVersionIn | None = None,
) -> RulesOut:
    """Put a version in force again: the way back after a change that turned out wrong."""
    wanted = given or ActivateVersionIn()
    with context.work(_actor(who), correlation_id) as unit:
        return _shown(unit, editing.activate(unit, version, wanted.note, wanted.base_version))


@router.get("/draft")
def get_rule_draft(_who: Supervising, context: InContext) -> DraftOut:
    """The rules that supervisors are working on; all of them share one draft. 404 when there is none."""
    with context.database.reading() as session:
        draft = repository.draft(session)
        if draft is None:
            raise editing.NoDraft()
        return draft_view(session, draft)


@router.put("/draft")
def put_rule_draft(
    given: DraftIn, who: Supervising, context: InContext, correlation_id: CorrelationId
) -> DraftOut:
    """Keep a rule set as the draft; it decides nothing. Checked like `PUT /rules`."""
    source = editing.checked(given.text)
    with context.work(_actor(who), correlation_id) as unit:
        draft = editing.save_draft(unit, source, given.note, given.base_version, given.revision)
        return draft_view(unit.session, draft)


@router.delete("/draft", status_code=204)
def delete_rule_draft(
    who: Supervising, context: InContext, correlation_id: CorrelationId, revision: int | None = None
) -> Response:
    """Drop the draft; `revision` guards a change that you have not seen (409)."""
    with context.work(_actor(who), correlation_id) as unit:
        editing.drop_draft(unit, revision)
    return Response(status_code=204)


@router.post("/draft/activate")
def post_rule_draft_activate(
    who: Supervising,
    context: InContext,
    correlation_id: CorrelationId,
    given: ActivateDraftIn | None = None,
) -> RulesOut:
    """The draft becomes a version in force. 409 when other rules were activated since it was saved."""
    wanted = given or ActivateDraftIn()
    with context.work(_actor(who), correlation_id) as unit:
        return _shown(unit, editing.activate_draft(unit, wanted.note, wanted.revision))
