"""Raising alerts and acknowledging them."""

from collections.abc import Iterable

from handoff_service.alerts import repository
from handoff_service.alerts.schemas import AlertOut
from handoff_service.decision.facts import Facts
from handoff_service.decision.rules import RuleSet
from handoff_service.errors import NotFound
from handoff_service.explaining.decisions import alert_texts
from handoff_service.models import Alert, Conversation, Turn
from handoff_service.unit import Unit


class NoSuchAlert(NotFound):
    title = "There is no such alert"


def raise_alerts(
    unit: Unit, conversation: Conversation, turn: Turn, facts: Facts, rules: RuleSet, wanted: Iterable[str]
) -> None:
    """Tell supervisors what the `wanted` rules matched; each rule once since the last return. The turn must
    be in the database."""
    told = repository.rules_told(unit.session, conversation.id, conversation.returned_seq)
    by_id = {rule.id: rule for rule in rules.rules}
    for rule_id in wanted:
        if rule_id in told:
            continue
        alert = Alert(
            conversation_id=conversation.id,
            turn_id=turn.id,
            seq=turn.seq,
            rule=rule_id,
            rules_version=rules.version,
            text=alert_texts(by_id[rule_id], facts),
            at=unit.now,
        )
        unit.session.add(alert)
        unit.session.flush()
        unit.audit("alert.raise", conversation.id, alert_id=alert.id, rule=rule_id, turn_id=turn.id)
        _publish(unit, "alert.added", alert)


def acknowledge(unit: Unit, alert_id: str, *, agent_id: str) -> Alert:
    """Somebody has seen to it; the first who says so is kept."""
    alert = repository.get(unit.session, alert_id)
    if alert is None:
        raise NoSuchAlert()
    if alert.acknowledged_at is None:
        alert.acknowledged_at = unit.now
        alert.acknowledged_by = agent_id
        unit.session.flush()
        unit.audit("alert.acknowledge", alert.conversation_id, alert_id=alert.id)
        _publish(unit, "alert.updated", alert)
    return alert


def _publish(unit: Unit, kind: str, alert: Alert) -> None:
    shown = AlertOut.model_validate(alert, from_attributes=True).model_dump(mode="json")
    unit.publish(kind, {"alert": shown}, alert.conversation_id)
