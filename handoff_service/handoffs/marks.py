"""How agents judge a handoff, looking back: was it needed, was it not, did it come too late."""

from handoff_service.auth.dependencies import Principal
from handoff_service.errors import NotFound
from handoff_service.models import Conversation, Handoff
from handoff_service.unit import Unit


class HandoffNotFound(NotFound):
    title = "There is no such handoff"


def mark(unit: Unit, handoff: Handoff, value: str, *, agent_id: str) -> None:
    """Judge the handoff; a later judgement replaces the earlier one, and the audit keeps both."""
    before = handoff.mark
    handoff.mark = value
    handoff.marked_by = agent_id
    handoff.marked_at = unit.now
    unit.touched.add(unit.session.get_one(Conversation, handoff.conversation_id))
    unit.audit("handoff.mark", handoff.conversation_id, handoff_id=handoff.id, before=before, mark=value)


def mark_as(unit: Unit, who: Principal, handoff_id: str, value: str) -> Handoff:
    """For the agent who held it last, and for supervisors; for others it does not exist."""
    handoff = unit.session.get(Handoff, handoff_id)
    if handoff is None or not (who.supervises or handoff.agent_id == who.id):
        raise HandoffNotFound()
    mark(unit, handoff, value, agent_id=who.id)
    return handoff
