"""`GET /rules`. They are changed by editing the file."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import CorrelationId, InContext, Supervising
from handoff_service.rules.document import read_yaml
from handoff_service.rules.schemas import RulesOut
from handoff_service.rules.service import active_version

router = APIRouter(tags=["rules"])


@router.get("/rules")
def get_rules(_who: Supervising, context: InContext, correlation_id: CorrelationId) -> RulesOut:
    """The rules in force. A file that has just been edited is taken up by this look, too."""
    with context.work("service", correlation_id) as unit:
        version = active_version(unit)
        number, source = version.version, version.source
    return RulesOut(version=number, source=source, rules=read_yaml(source)["rules"])
