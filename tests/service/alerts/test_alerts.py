"""Alerts: raised with the turn, once, for supervisors, until somebody has seen to it."""

from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.auth.dependencies import Principal
from handoff_service.context import Context
from handoff_service.conversations import ownership
from handoff_service.models import Alert, AuditEntry, Conversation, StreamEvent
from handoff_service.rules import editing
from handoff_service.rules.file import parse
from handoff_service.stream.repository import Event
from handoff_service.stream.visibility import View
from tests.service.callers import Agents
from tests.service.desk import Desk

RULES = """
version: 1
rules:
  - id: asks
    when: {asks_human: true}
    then: {hand_over: true}
  - id: threat
    when: {threat: true}
    then: {alert: {zh: 有客户威胁投诉, en: A customer threatens us}}
  - id: press
    name: {zh: 媒体, en: Press}
    when: {sentiment: {lte: -0.5}}
    then: {alert: true, priority: high}
"""


@pytest.fixture
def desk(context: Context) -> Desk:
    with context.work("operator") as unit:
        editing.put(unit, parse(RULES), None, None)
    return Desk(context)


def alerts(context: Context) -> list[Alert]:
    with context.database.reading() as session:
        return list(session.scalars(select(Alert).order_by(Alert.seq, Alert.rule)))


def events(context: Context) -> list[Event]:
    with context.database.reading() as session:
        rows = session.scalars(select(StreamEvent).order_by(StreamEvent.number))
        return [Event(row.number, row.type, row.payload) for row in rows]


def test_a_rule_alerts_without_handing_over(desk: Desk) -> None:
    answer = desk.turn("rest:1", threat=True)

    assert answer["decision"] == "stay"
    [alert] = alerts(desk.context)
    assert alert.text == {"zh": "有客户威胁投诉", "en": "A customer threatens us"}
    assert (alert.rule, alert.turn_id, alert.rules_version) == ("threat", answer["turn_id"], 2)
    assert alert.conversation_id == answer["conversation_id"]
    assert alert.acknowledged_at is None
    with desk.context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "alert.raise")).one()
    assert (entry.conversation_id, entry.details["rule"]) == (alert.conversation_id, "threat")


def test_without_words_of_its_own_it_says_what_matched(desk: Desk) -> None:
    desk.turn("rest:1", sentiment=-0.6)

    assert alerts(desk.context)[0].text == {
        "zh": "情绪 -0.6（规则 press“媒体”）",
        "en": "the mood is -0.6 (rule press “Press”)",
    }


def test_every_matching_rule_alerts_beside_a_handoff(desk: Desk) -> None:
    assert desk.asks("rest:1", threat=True, sentiment=-1.0)["decision"] == "handoff"

    assert [alert.rule for alert in alerts(desk.context)] == ["press", "threat"]


def test_once_per_rule_and_conversation_until_it_was_returned(desk: Desk) -> None:
    desk.turn("rest:1", threat=True)
    desk.turn("rest:1", threat=True)
    desk.turn("rest:2", threat=True)
    assert len(alerts(desk.context)) == 2

    desk.asks("rest:1")
    with desk.context.work() as unit:
        held = unit.session.scalars(select(Conversation).filter_by(sender_id="rest:1")).one()
        ownership.give_back(unit, held, outcome="returned", note=None)
    desk.turn("rest:1", threat=True)

    assert len(alerts(desk.context)) == 3


def test_a_repeated_turn_alerts_once(desk: Desk) -> None:
    for _ in range(2):
        desk.turn("rest:1", message_id="m1", threat=True)

    assert len(alerts(desk.context)) == 1


def test_only_supervisors_hear_of_it(desk: Desk) -> None:
    desk.turn("rest:1", threat=True)

    [added] = [event for event in events(desk.context) if event.type == "alert.added"]
    lin, vera = (Principal("a", "A", "a@example.com", role) for role in ("agent", "supervisor"))
    assert View(lin).show(added) is None
    shown = View(vera).show(added)
    assert shown is not None
    assert shown[1]["alert"]["text"]["en"] == "A customer threatens us"


class TestEndpoint:
    def test_listing_and_acknowledging(self, desk: Desk, as_agent: Agents) -> None:
        vera, tom = as_agent("vera", role="supervisor"), as_agent("tom", role="supervisor")
        for n in range(3):
            desk.turn(f"rest:{n}", threat=True)

        listed: list[dict[str, Any]] = []
        cursor = None
        while cursor is not None or not listed:
            page = vera.get("/alerts", params={"limit": 2, "open": True, "cursor": cursor or ""}).json()
            listed, cursor = [*listed, *page["items"]], page["next_cursor"]
        assert len({alert["id"] for alert in listed}) == 3

        path = f"/alerts/{listed[0]['id']}/acknowledge"
        first, again = vera.post(path), tom.post(path)
        assert first.status_code == again.status_code == 200
        assert first.json()["acknowledged_by"] == again.json()["acknowledged_by"] == vera.id
        assert len(vera.get("/alerts", params={"open": True}).json()["items"]) == 2
        assert len(vera.get("/alerts", params={"open": False}).json()["items"]) == 1
        assert len(vera.get("/alerts").json()["items"]) == 3
        of_one = {"conversation_id": listed[1]["conversation_id"]}
        assert [a["id"] for a in vera.get("/alerts", params=of_one).json()["items"]] == [listed[1]["id"]]
        assert [event.type for event in events(desk.context)].count("alert.updated") == 1

    def test_to_agents_they_are_not_there(self, desk: Desk, as_agent: Agents) -> None:
        lin = as_agent("lin")
        desk.turn("rest:1", threat=True)

        assert lin.get("/alerts").status_code == 404
        assert lin.post(f"/alerts/{alerts(desk.context)[0].id}/acknowledge").status_code == 404

    def test_one_that_does_not_exist(self, as_agent: Agents) -> None:
        assert as_agent("vera", role="supervisor").post("/alerts/none/acknowledge").status_code == 404
